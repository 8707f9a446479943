// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/bit_chips.h"

#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>

namespace halftone::app {
namespace {

constexpr int kWidths[] = {2, 3, 4, 5, 6, 8, 16};

class Chip : public QAbstractButton {
public:
    Chip(int bits, QWidget* parent) : QAbstractButton(parent), m_bits(bits)
    {
        const quant::Type type = *typeForBits(bits);
        setText(chipText(type));
        setToolTip(BitChips::tr("Paint with %1").arg(typeText(type)));
        setAccessibleName(toolTip());
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
    }

    int bits() const { return m_bits; }
    QSize sizeHint() const override { return {std::max(30, fontMetrics().horizontalAdvance(text()) + 16), fontMetrics().height() + 8}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(isChecked() ? QPen(theme.accent, 2) : hasFocus() ? QPen(theme.accent, 1, Qt::DotLine) : QPen(Qt::NoPen));
        painter.setBrush(Qt::NoBrush);
        if (isChecked() || hasFocus())
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.bits(m_bits));
        painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), 4, 4);
        painter.setPen(theme.onBits(m_bits));
        painter.setFont(strongFont(font()));
        painter.drawText(rect(), Qt::AlignCenter, text());
    }

private:
    int m_bits;
};

}  // namespace

BitChips::BitChips(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (int bits : kWidths) {
        auto* chip = new Chip(bits, this);
        m_chips.append(chip);
        layout->addWidget(chip);
        connect(chip, &QAbstractButton::clicked, this, [this, bits](bool on) { setBits(on ? bits : 0); });
    }
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void BitChips::setBits(int bits)
{
    for (auto* chip : m_chips)
        chip->setChecked(static_cast<Chip*>(chip)->bits() == bits);
    if (m_bits == bits)
        return;
    m_bits = bits;
    Q_EMIT bitsChanged(bits);
}

QAbstractButton* BitChips::chip(int bits) const
{
    for (auto* chip : m_chips)
        if (static_cast<Chip*>(chip)->bits() == bits)
            return chip;
    return nullptr;
}

}  // namespace halftone::app
