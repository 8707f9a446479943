// SPDX-License-Identifier: Apache-2.0
#include "core/quant/lattice_search.h"

#include "core/quant/rounding.h"

#include <limits>

namespace halftone::quant {
namespace {

class Search {
public:
    Search(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book)
        : m_block(block),
          m_search(search),
          m_book(book),
          m_groups(block.length / search.groupWeights)
    {
    }

    LatticeFit run(float largest, float start)
    {
        LatticeFit best;
        best.scale = start;
        const bool unseen = m_search.again == LatticeSearch::Again::AllIfAnyIsOff;  // the reference counts these as off the book at first
        unsigned off = unseen ? ~0u : 0u;
        float score = 0;
        for (int step = -m_search.tries; step <= m_search.tries; ++step) {
            const float inverse = (float(2 * m_search.top + 1) + float(step) * m_search.step) / largest;
            LatticeFit trial;
            unsigned trialOff = 0;
            for (std::size_t group = 0; group < m_groups; ++group)
                trialOff |= unsigned(choosePoint(group, inverse, 1 / inverse, trial)) << group;
            const Sums sums = sumsOf(trial);
            if (sums.square > 0 && sums.product * sums.product > score * sums.square) {
                trial.scale = sums.product / sums.square;
                score = trial.scale * sums.product;
                best = trial;
                off = trialOff;
            }
        }
        chooseAgain(best, off);
        return best;
    }

private:
    struct Sums {
        float product = 0, square = 0;
    };

    int levelOf(std::uint16_t point, std::size_t i) const { return (point >> (int(i) * m_search.bits)) & ((1 << m_search.bits) - 1); }

    /// The point of one group; true if the nearest lattice point is not in the book and a neighbour was taken.
    bool choosePoint(std::size_t group, float inverse, float scale, LatticeFit& fit) const
    {
        std::uint16_t point = 0;
        for (std::size_t i = 0; i < m_search.groupWeights; ++i) {
            const float x = m_block.x[group * m_search.groupWeights + i];
            point = std::uint16_t(point | nearestIn(0.5f * (inverse * x - 1), 0, m_search.top) << (int(i) * m_search.bits));
        }
        const bool off = m_book.indexOf(point) < 0;
        fit.points[group] = off ? bestNeighbour(group, point, scale) : point;
        return off;
    }

    /// Where no error is a finite number the nearest point is taken; the reference ends the process there.
    std::uint16_t bestNeighbour(std::size_t group, std::uint16_t point, float scale) const
    {
        const auto neighbours = m_book.neighbours(point);
        std::uint16_t best = m_book.points()[neighbours.front()];
        float least = std::numeric_limits<float>::max();
        for (const std::uint16_t index : neighbours) {
            const std::uint16_t candidate = m_book.points()[index];
            float error = 0;
            for (std::size_t i = 0; i < m_search.groupWeights; ++i) {
                const std::size_t at = group * m_search.groupWeights + i;
                const float difference = scale * float(2 * levelOf(candidate, i) + 1) - m_block.x[at];
                error += m_block.roots[at] * difference * difference;
            }
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    Sums sumsOf(const LatticeFit& fit) const
    {
        Sums sums;
        for (std::size_t i = 0; i < m_block.length; ++i) {
            const float level = float(2 * levelOf(fit.points[i / m_search.groupWeights], i % m_search.groupWeights) + 1);
            sums.product += m_block.weights[i] * m_block.x[i] * level;
            sums.square += m_block.weights[i] * level * level;
        }
        return sums;
    }

    void chooseAgain(LatticeFit& fit, unsigned off) const
    {
        const bool wanted = m_search.again == LatticeSearch::Again::Always || off != 0;
        if (!wanted || !(fit.scale > 0))
            return;
        const float inverse = 1 / fit.scale;
        for (std::size_t group = 0; group < m_groups; ++group)
            if (m_search.again != LatticeSearch::Again::ThoseThatAreOff || (off >> group) & 1)
                choosePoint(group, inverse, fit.scale, fit);
        const Sums sums = sumsOf(fit);
        if (sums.square > 0)
            fit.scale = sums.product / sums.square;
    }

    const LatticeBlock& m_block;
    const LatticeSearch& m_search;
    const CodeBook& m_book;
    std::size_t m_groups;
};

}  // namespace

LatticeFit searchLattice(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start)
{
    return Search(block, search, book).run(largest, start);
}

}  // namespace halftone::quant
