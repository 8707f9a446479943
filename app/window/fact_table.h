// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/type.h"

#include <QList>
#include <QWidget>

#include <optional>

class QGridLayout;

namespace halftone::app {

/// Two columns: what it is, muted, and what it measures, at the right. The value may be a chip.
class FactTable : public QWidget {
    Q_OBJECT
public:
    struct Fact {
        QString name;
        QString value;
        std::optional<quant::Type> chip = {};   ///< shown instead of the value
        QString toolTip = {};
    };

    explicit FactTable(QWidget* parent = nullptr);
    void setFacts(const QList<Fact>& facts);
    /// The value beside `name`, for tests and for reading aloud.
    QString value(const QString& name) const;

private:
    QGridLayout* m_layout;
    QList<Fact> m_facts;
};

}  // namespace halftone::app
