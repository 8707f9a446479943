// SPDX-License-Identifier: Apache-2.0
#include "core/quant/code_book.h"

#include "core/quant/code_book_points.h"

#include <algorithm>

namespace halftone::quant {
namespace {

int squaredDistance(unsigned a, unsigned b, int weights, int bits)
{
    int sum = 0;
    const unsigned mask = (1u << bits) - 1;
    for (int i = 0; i < weights; ++i, a >>= bits, b >>= bits) {
        const int difference = int(a & mask) - int(b & mask);
        sum += difference * difference;
    }
    return sum;
}

bool withinLevels(unsigned point, int weights, int bits, int levels)
{
    for (int i = 0; i < weights; ++i, point >>= bits)
        if (int(point & ((1u << bits) - 1)) >= levels)
            return false;
    return true;
}

}  // namespace

CodeBook::CodeBook(Lattice lattice, std::span<const std::uint16_t> points, int distances)
    : m_points(points),
      m_places(std::size_t{1} << (lattice.weights * lattice.bits))
{
    for (std::size_t i = 0; i < points.size(); ++i)
        m_places[points[i]].index = std::int32_t(i);
    for (std::size_t point = 0; point < m_places.size(); ++point)
        if (m_places[point].index < 0 && withinLevels(unsigned(point), lattice.weights, lattice.bits, lattice.levels))
            addNeighbours(lattice, std::uint16_t(point), distances);
}

void CodeBook::addNeighbours(Lattice lattice, std::uint16_t point, int distances)
{
    constexpr int kMost = 4 * 7 * 7 + 1;  // beyond the largest squared distance of either lattice
    std::vector<std::uint16_t> at[kMost];
    for (std::size_t i = 0; i < m_points.size(); ++i)
        at[squaredDistance(point, m_points[i], lattice.weights, lattice.bits)].push_back(std::uint16_t(i));
    Place& place = m_places[point];
    place.first = std::uint32_t(m_neighbours.size());
    for (int distance = 0; distance < kMost && distances > 0; ++distance) {
        m_neighbours.insert(m_neighbours.end(), at[distance].begin(), at[distance].end());
        distances -= !at[distance].empty();
    }
    place.count = std::uint32_t(m_neighbours.size()) - place.first;
}

const CodeBook& CodeBook::iq2xxs()
{
    static const CodeBook book({8, 2, 3}, kPointsIQ2_XXS, 2);
    return book;
}

const CodeBook& CodeBook::iq2xs()
{
    static const CodeBook book({8, 2, 3}, kPointsIQ2_XS, 2);
    return book;
}

const CodeBook& CodeBook::iq2s()
{
    static const CodeBook book({8, 2, 3}, kPointsIQ2_S, 1);
    return book;
}

const CodeBook& CodeBook::iq3xxs()
{
    static const CodeBook book({4, 3, 8}, kPointsIQ3_XXS, 2);
    return book;
}

const CodeBook& CodeBook::iq3s()
{
    static const CodeBook book({4, 3, 8}, kPointsIQ3_S, 3);
    return book;
}

const CodeBook& CodeBook::iq1()
{
    static const CodeBook book({8, 2, 3}, kPointsIQ1, 3);
    return book;
}

}  // namespace halftone::quant
