// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/joined_selection.h"

#include <algorithm>
#include <vector>

namespace halftone::app {
namespace {

/// Asked for once: a filtered model has to look its parents up.
struct Place {
    QModelIndex parent;
    int column, row;
    bool operator<(const Place& other) const
    {
        return parent != other.parent ? parent < other.parent : column != other.column ? column < other.column : row < other.row;
    }
    bool isFollowedBy(const Place& next) const { return parent == next.parent && column == next.column && next.row - row <= 1; }
};

}  // namespace

QItemSelection joinedSelection(const QModelIndexList& cells, int lastColumn)
{
    std::vector<Place> places;
    places.reserve(std::size_t(cells.size()));
    for (const QModelIndex& cell : cells)
        places.push_back({cell.parent(), cell.column(), cell.row()});
    std::sort(places.begin(), places.end());
    QItemSelection selection;
    for (auto first = places.begin(); first != places.end();) {
        const auto last = std::adjacent_find(first, places.end(), [](const Place& a, const Place& b) { return !a.isFollowedBy(b); });
        const Place& end = last == places.end() ? places.back() : *last;
        const auto* model = cells.front().model();
        selection.select(model->index(first->row, first->column, first->parent),
                         model->index(end.row, lastColumn < 0 ? end.column : lastColumn, end.parent));
        first = last == places.end() ? last : std::next(last);
    }
    return selection;
}

}  // namespace halftone::app
