// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/size_list.h"

#include "app/plan/size_rows.h"
#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kLeastRow = 22;

class SizeDelegate : public QStyledItemDelegate {
public:
    SizeDelegate(SizeRowsModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        // Few rows spread over the card, many keep a readable height and scroll.
        const auto* list = qobject_cast<const QListView*>(option.widget);
        const int room = list ? list->viewport()->height() / std::max(1, m_model.rowCount()) : kLeastRow;
        return {160, std::clamp(room, kLeastRow, 34)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const SizeRow& row = m_model.row(index.row());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool hot = option.state & QStyle::State_MouseOver, focused = (option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_Selected);
        if (hot || focused) {
            painter->setPen(focused ? QPen(theme.accent) : QPen(Qt::NoPen));
            painter->setBrush(theme.selection);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        }
        const int labelWidth = widthOf(option, true), valueWidth = widthOf(option, false);
        const QRect inner = option.rect.adjusted(6, 0, -6, 0);
        painter->setFont(row.own ? strongFont(option.font) : option.font);
        painter->setPen(theme.text);
        painter->drawText(QRect(inner.left(), inner.top(), labelWidth, inner.height()), Qt::AlignVCenter | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(row.label, Qt::ElideRight, labelWidth));
        painter->setPen(row.own ? theme.text : theme.muted);
        painter->drawText(QRect(inner.right() - valueWidth + 1, inner.top(), valueWidth, inner.height()), Qt::AlignVCenter | Qt::AlignRight, bytesText(row.bytes));
        paintBar(*painter, QRectF(inner.left() + labelWidth + 8, inner.top(), inner.width() - labelWidth - valueWidth - 20, inner.height()), row, theme);
        painter->restore();
    }

private:
    int widthOf(const QStyleOptionViewItem& option, bool label) const
    {
        const QFontMetrics metrics(strongFont(option.font));
        int width = 0;
        for (int i = 0; i < m_model.rowCount(); ++i)
            width = std::max(width, metrics.horizontalAdvance(label ? m_model.row(i).label : bytesText(m_model.row(i).bytes)) + 4);
        return std::min(width, option.rect.width() * 2 / 5);
    }

    void paintBar(QPainter& painter, const QRectF& area, const SizeRow& row, const Theme& theme) const
    {
        if (m_model.largest() == 0 || area.width() < 8)
            return;
        const double scale = area.width() / double(m_model.largest());
        const double height = std::min(14.0, area.height() - 6);
        QRectF bar(area.left(), area.center().y() - height / 2, double(row.bytes) * scale, height);
        if (row.before > 0) {
            painter.setPen(QPen(theme.line));
            painter.setBrush(theme.panel);
            painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(double(row.before) * scale, height)).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        }
        QPainterPath clip;
        clip.addRoundedRect(bar, 3, 3);
        painter.save();
        painter.setClipPath(clip, Qt::IntersectClip);
        painter.fillRect(bar, theme.line);   // metadata, where the row is a whole file
        double left = bar.left();
        for (const auto& [bits, bytes] : row.bytesByBits) {
            painter.fillRect(QRectF(left, bar.top(), double(bytes) * scale, bar.height()), theme.bits(bits));
            left += double(bytes) * scale;
        }
        painter.restore();
        if (m_model.own() > 0) {
            painter.setPen(QPen(theme.accent, row.own ? 2 : 1, row.own ? Qt::SolidLine : Qt::DashLine));
            const double x = area.left() + double(m_model.own()) * scale;
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
    }

    SizeRowsModel& m_model;
};

}  // namespace

SizeList::SizeList(SizeRowsModel& model, QWidget* parent) : QListView(parent)
{
    setModel(&model);
    setItemDelegate(new SizeDelegate(model, this));
    setFrameShape(QFrame::NoFrame);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setResizeMode(Adjust);
    setAccessibleName(tr("Sizes"));
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT rowPicked(index.row()); });
    changeEvent(nullptr);
}

void SizeList::keyPressEvent(QKeyEvent* event)
{
    const bool picks = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (picks && currentIndex().isValid())
        Q_EMIT rowPicked(currentIndex().row());
    else
        QListView::keyPressEvent(event);
}

void SizeList::changeEvent(QEvent* event)
{
    if (event)
        QListView::changeEvent(event);
    if (event && event->type() != QEvent::PaletteChange)
        return;
    // Setting a style sheet changes the palette in turn: only when it says something new.
    const QString sheet = QStringLiteral("QListView { background: %1; border: none; }").arg(Theme::current().surface.name());
    if (styleSheet() != sheet)
        setStyleSheet(sheet);
}

}  // namespace halftone::app
