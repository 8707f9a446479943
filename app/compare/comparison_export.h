// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison.h"

#include <QString>

#include <vector>

class QWidget;

namespace halftone::app {

/// A comparison as it stands on the page.
struct ComparisonReport {
    struct Column {
        QString title;
        QString facts;  ///< size, quality and speed in words
        std::vector<ColumnToken> tokens;
        int firstDifference = -1;  ///< token from which it differs from the original; -1: none
    };
    QString model, prompt;
    std::vector<Column> columns;
};

enum class ComparisonFormat { Markdown, Html };

/// A section for each column; the first difference is bold. Nothing in a text is read as markup.
QString toMarkdown(const ComparisonReport& report);
/// One file that needs no other: the columns side by side, each token shaded as in the window, its probability in a tool tip.
QString toHtml(const ComparisonReport& report);

/// Writes the whole file or none. Empty on success, otherwise a translated sentence.
QString saveComparison(const ComparisonReport& report, ComparisonFormat format, const QString& path);

/// Asks for a name first, and says what went wrong.
void exportComparison(QWidget* parent, const ComparisonReport& report, ComparisonFormat format);

}  // namespace halftone::app
