// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::quant {

/// The code book of an i-quant: some points of a lattice, and for each lattice point that is missing the points near it. A lattice point
/// is a word: the levels of 8 weights (0..2) in 2 bits each, or of 4 weights (0..7) in 3 bits each, the first weight lowest.
/// Immutable; computed at first use (some hundredths of a second), from any thread.
class CodeBook {
public:
    static const CodeBook& iq2xxs();
    static const CodeBook& iq2xs();
    static const CodeBook& iq2s();
    static const CodeBook& iq3xxs();
    static const CodeBook& iq3s();
    static const CodeBook& iq1();

    /// The lattice point of every index.
    std::span<const std::uint16_t> points() const { return m_points; }
    /// Index of a lattice point, or -1.
    int indexOf(std::uint16_t point) const { return m_places[point].index; }
    /// The indices of the nearest points of the book to one that is not in it: all those at the least one, two or three distances
    /// (the reference's choice), nearest first, then by index. Never empty.
    std::span<const std::uint16_t> neighbours(std::uint16_t point) const
    {
        const Place& place = m_places[point];
        return std::span(m_neighbours).subspan(place.first, place.count);
    }

private:
    struct Lattice {
        int weights, bits, levels;
    };
    struct Place {
        std::int32_t index = -1;
        std::uint32_t first = 0, count = 0;  ///< in m_neighbours
    };
    CodeBook(Lattice lattice, std::span<const std::uint16_t> points, int distances);
    void addNeighbours(Lattice lattice, std::uint16_t point, int distances);

    std::span<const std::uint16_t> m_points;
    std::vector<Place> m_places;  ///< of every word
    std::vector<std::uint16_t> m_neighbours;
};

}  // namespace halftone::quant
