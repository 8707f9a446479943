// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/fact_table.h"

#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>

class QComboBox;
class QLabel;
class QSlider;
class QVBoxLayout;

namespace halftone::app {

/// A whole number to be turned: its name, a slider, and what it stands for now.
class Knob : public QWidget {
    Q_OBJECT
public:
    using Format = std::function<QString(int)>;

    Knob(const QString& name, int low, int high, int value, Format format, QWidget* parent = nullptr);

    int value() const;
    void setValue(int value);  ///< clamped; emits changed if it is another one
    /// Emits nothing.
    void reset(int low, int high, int value);
    QString name() const;
    QString valueText() const;

Q_SIGNALS:
    void changed();

private:
    void showValue();

    QLabel* m_name;
    QLabel* m_value;
    QSlider* m_slider;
    Format m_format;
};

/// The knobs of a lesson, and below them the facts that follow.
class KnobPanel : public QWidget {
    Q_OBJECT
public:
    explicit KnobPanel(QWidget* parent = nullptr);

    /// An empty format writes the number.
    Knob* addKnob(const QString& name, int low, int high, int value, Knob::Format format = {});
    /// A choice of one; emits changed too. Its name and itself are its parent widget.
    QComboBox* addChoice(const QString& name, const QStringList& items);
    void setFacts(const QList<FactTable::Fact>& facts) { m_facts->setFacts(facts); }
    QString fact(const QString& name) const { return m_facts->value(name); }

Q_SIGNALS:
    void changed();

private:
    QVBoxLayout* m_knobs;
    FactTable* m_facts;
};

}  // namespace halftone::app
