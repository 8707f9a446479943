// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/flow_layout.h"

#include <QWidget>

#include <algorithm>
#include <utility>
#include <vector>

namespace halftone::app {

FlowLayout::~FlowLayout()
{
    qDeleteAll(m_items);
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items)
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize().expandedTo(item->sizeHint().boundedTo(item->maximumSize())));
    return size;
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool move) const
{
    std::vector<std::pair<QLayoutItem*, QRect>> line;
    int x = rect.x(), y = rect.y(), height = 0;
    const auto endLine = [&] {
        // As tall as the tallest beside it, so that their edges meet: to the widget itself, as a layout item keeps a fixed height.
        for (auto& [item, place] : line)
            if (move && item->widget())
                item->widget()->setGeometry(
                    QRect(place.topLeft(), QSize(place.width(), std::min(height, item->widget()->maximumHeight()))));
        line.clear();
    };
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;  // a hidden widget leaves no gap
        const QSize size = item->sizeHint().boundedTo(item->maximumSize()).expandedTo(item->minimumSize());
        if (x > rect.x() && x + size.width() > rect.x() + rect.width()) {
            endLine();
            x = rect.x();
            y += height + spacing();
            height = 0;
        }
        line.emplace_back(item, QRect(QPoint(x, y), size));
        x += size.width() + spacing();
        height = std::max(height, size.height());
    }
    endLine();
    return y + height - rect.y();
}

}  // namespace halftone::app
