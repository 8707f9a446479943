// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/fact_table.h"

#include "app/widgets/chip.h"
#include "app/widgets/texts.h"

#include <QGridLayout>

namespace halftone::app {

FactTable::FactTable(QWidget* parent) : QWidget(parent), m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setHorizontalSpacing(12);
    m_layout->setVerticalSpacing(6);
    m_layout->setColumnStretch(1, 1);
}

void FactTable::setFacts(const QList<Fact>& facts)
{
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_facts = facts;
    for (int row = 0; row < facts.size(); ++row) {
        const Fact& fact = facts[row];
        auto* name = mutedLabel(fact.name, this);
        m_layout->addWidget(name, row, 0, Qt::AlignTop | Qt::AlignLeft);
        name->setToolTip(fact.toolTip);
        if (fact.chip) {
            auto* chip = new Chip(this);
            chip->setType(fact.chip);
            m_layout->addWidget(chip, row, 1, Qt::AlignRight);
        } else {
            auto* value = new QLabel(fact.value, this);
            value->setTextFormat(Qt::PlainText);
            value->setWordWrap(true);
            value->setAlignment(Qt::AlignRight);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setToolTip(fact.toolTip);
            value->setAccessibleName(fact.name + QStringLiteral(": ") + fact.value);
            m_layout->addWidget(value, row, 1);
        }
    }
}

QString FactTable::value(const QString& name) const
{
    for (const Fact& fact : m_facts)
        if (fact.name == name)
            return fact.chip ? QString::fromUtf8(quant::name(*fact.chip).data()) : fact.value;
    return {};
}

}  // namespace halftone::app
