// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace halftone::evaluate {
struct Evaluation;
}

namespace halftone::app {

enum class EvaluationFormat { Csv, Json, Html };

/// Writes the whole file or none. Empty on success, otherwise a translated sentence.
QString saveEvaluation(const evaluate::Evaluation& evaluation, EvaluationFormat format, const QString& path);

/// Asks for a name first, and says what went wrong.
void exportEvaluation(QWidget* parent, const evaluate::Evaluation& evaluation, EvaluationFormat format);

}  // namespace halftone::app
