// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace halftone::token {

/// What two neighbours become, and when: smaller orders merge first, of equal ones the leftmost.
template <class Symbol>
struct Merge {
    double order;
    Symbol merged;
};

/// Byte-pair merging in O(n log n): joins neighbours of `symbols` in the order that `join(left, right)` states, until
/// no two neighbours join; the list then holds what remains. `join` returns std::optional<Merge<Symbol>>.
template <class Symbol, class Join>
void mergeNeighbours(std::vector<Symbol>& symbols, const Join& join)
{
    // A linked list by index, so that joining costs no moves. `version` counts the changes of a place: an offer made
    // for an earlier content of either place is stale.
    struct Place { std::int64_t previous, next; std::uint32_t version = 0; };
    struct Offer { double order; std::int64_t left, right; std::uint32_t leftVersion, rightVersion; Symbol merged; };
    struct Later {
        bool operator()(const Offer& a, const Offer& b) const { return a.order != b.order ? a.order > b.order : a.left > b.left; }
    };

    const auto count = std::int64_t(symbols.size());
    std::vector<Place> places;
    places.reserve(symbols.size());
    for (std::int64_t i = 0; i < count; ++i)
        places.push_back({i - 1, i + 1 < count ? i + 1 : -1});

    std::priority_queue<Offer, std::vector<Offer>, Later> offers;
    const auto offer = [&](std::int64_t left, std::int64_t right) {
        if (left < 0 || right < 0)
            return;
        if (const std::optional<Merge<Symbol>> merge = join(symbols[std::size_t(left)], symbols[std::size_t(right)]))
            offers.push({merge->order, left, right, places[std::size_t(left)].version, places[std::size_t(right)].version, merge->merged});
    };
    for (std::int64_t i = 1; i < count; ++i)
        offer(i - 1, i);

    while (!offers.empty()) {
        const Offer best = offers.top();
        offers.pop();
        Place& left = places[std::size_t(best.left)];
        Place& right = places[std::size_t(best.right)];
        if (left.version != best.leftVersion || right.version != best.rightVersion)
            continue;
        symbols[std::size_t(best.left)] = best.merged;
        left.next = right.next;
        if (right.next >= 0)
            places[std::size_t(right.next)].previous = best.left;
        ++left.version;
        ++right.version;
        offer(left.previous, best.left);
        offer(best.left, left.next);
    }

    std::size_t kept = 0;
    for (std::int64_t i = count > 0 ? 0 : -1; i >= 0; i = places[std::size_t(i)].next)
        symbols[kept++] = symbols[std::size_t(i)];
    symbols.resize(kept);
}

}  // namespace halftone::token
