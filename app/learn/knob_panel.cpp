// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/knob_panel.h"

#include "app/widgets/texts.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {

Knob::Knob(const QString& name, int low, int high, int value, Format format, QWidget* parent)
    : QWidget(parent),
      m_name(mutedLabel(name, this)),
      m_value(strongLabel({}, this)),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_format(std::move(format))
{
    m_slider->setAccessibleName(name);
    m_name->setWordWrap(true);
    m_value->setAlignment(Qt::AlignRight | Qt::AlignBottom);
    auto* texts = new QHBoxLayout;
    texts->addWidget(m_name, 1);
    texts->addWidget(m_value);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(texts);
    layout->addWidget(m_slider);
    reset(low, high, value);
    connect(m_slider, &QSlider::valueChanged, this, [this] {
        showValue();
        Q_EMIT changed();
    });
}

int Knob::value() const
{
    return m_slider->value();
}

void Knob::setValue(int value)
{
    m_slider->setValue(value);
}

void Knob::reset(int low, int high, int value)
{
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(low, high);
    m_slider->setPageStep(std::max(1, (high - low) / 10));
    m_slider->setValue(value);
    showValue();
}

QString Knob::name() const
{
    return m_name->text();
}

QString Knob::valueText() const
{
    return m_value->text();
}

void Knob::showValue()
{
    m_value->setText(m_format ? m_format(value()) : QLocale().toString(value()));
    m_slider->setAccessibleDescription(m_value->text());
}

KnobPanel::KnobPanel(QWidget* parent) : QWidget(parent), m_knobs(new QVBoxLayout), m_facts(new FactTable)
{
    m_knobs->setSpacing(10);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addLayout(m_knobs);
    layout->addWidget(m_facts);
    layout->addStretch();
}

Knob* KnobPanel::addKnob(const QString& name, int low, int high, int value, Knob::Format format)
{
    auto* knob = new Knob(name, low, high, value, std::move(format), this);
    m_knobs->addWidget(knob);
    connect(knob, &Knob::changed, this, &KnobPanel::changed);
    return knob;
}

QComboBox* KnobPanel::addChoice(const QString& name, const QStringList& items)
{
    auto* row = new QWidget(this);
    auto* choice = new QComboBox(row);
    choice->setAccessibleName(name);
    choice->addItems(items);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(mutedLabel(name, row));
    layout->addWidget(choice);
    m_knobs->addWidget(row);
    connect(choice, &QComboBox::currentIndexChanged, this, &KnobPanel::changed);
    return choice;
}

}  // namespace halftone::app
