// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tensor_delegate.h"

#include "app/widgets/chip.h"
#include "app/widgets/theme.h"
#include "app/window/tensor_tree_model.h"

#include <QPainter>

namespace halftone::app {
namespace {

using Tree = TensorTreeModel;

void paintName(QPainter& painter, const QRect& rect, const QModelIndex& index, const QFont& font)
{
    const Theme& theme = Theme::current();
    const bool group = !index.parent().isValid();
    const QFont nameFont = group ? strongFont(font) : font;
    const QFontMetrics metrics(nameFont);
    QString note = index.data(Tree::NoteRole).toString();
    if (index.data(Tree::PinnedRole).toBool())
        note = note.isEmpty() ? QObject::tr("pinned") : note + QStringLiteral(" · ") + QObject::tr("pinned");
    const QString name = metrics.elidedText(index.data().toString(), Qt::ElideMiddle, rect.width());
    painter.setFont(nameFont);
    painter.setPen(theme.text);
    painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, name);
    if (note.isEmpty())
        return;
    painter.setFont(font);
    painter.setPen(theme.muted);
    const int x = metrics.horizontalAdvance(name) + 6;
    painter.drawText(rect.adjusted(x, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(note, Qt::ElideRight, rect.width() - x));
}

/// A thin bar along the lower edge: the longer, the more the tensor suffers from fewer bits.
void paintSensitivity(QPainter& painter, const QRect& rect, const QModelIndex& index)
{
    if (const double share = index.data(Tree::SensitivityRole).toDouble(); share > 0)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, share * rect.width(), 1.5), Theme::current().error);
}

void paintChosen(QPainter& painter, const QRect& rect, const QModelIndex& index)
{
    const Theme& theme = Theme::current();
    const QVariant bits = index.data(Tree::BitsRole);
    const QString text = index.data(Tree::ChipRole).toString();
    const QRect chip(rect.right() - 44, rect.center().y() - 8, 34, 18);
    if (bits.isValid())
        paintChip(painter, chip, bits.toInt(), text);
    else {
        painter.setPen(theme.muted);
        painter.drawText(chip, Qt::AlignCenter, text);
    }
    if (index.data(Tree::FallbackRole).toBool()) {
        painter.setPen(theme.warning);
        painter.setFont(strongFont(painter.font()));
        painter.drawText(QRect(chip.left() - 12, rect.top(), 10, rect.height()), Qt::AlignCenter, QStringLiteral("!"));
    }
}

}  // namespace

void TensorDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, theme.selection);
    const QRect rect = option.rect.adjusted(2, 0, 0, 0);
    switch (index.column()) {
    case Tree::NameColumn:
        paintName(*painter, rect, index, option.font);
        if (index.parent().isValid())
            paintSensitivity(*painter, rect, index);
        break;
    case Tree::TypeColumn:
        painter->setFont(monospaceFont());
        painter->setPen(theme.muted);
        painter->drawText(rect.adjusted(0, 0, -4, 0), Qt::AlignRight | Qt::AlignVCenter, index.data().toString());
        break;
    default:
        painter->setFont(option.font);
        paintChosen(*painter, rect, index);
    }
    if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange) {
        painter->setPen(theme.accent);
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    }
    painter->restore();
}

QSize TensorDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {40, std::max(23, QFontMetrics(option.font).height() + 6)};
}

}  // namespace halftone::app
