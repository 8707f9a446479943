// SPDX-License-Identifier: Apache-2.0
#include "core/quant/lattice_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lattice_lanes.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"
#include "core/quant/neighbours-inl.h"

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

LatticeFit searchBlock(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start)
{
    return quant::searchLattice(block, search, book, largest, start);
}

#else

using UintTag = hn::RebindToUnsigned<Tag>;

constexpr std::size_t kMostTrials = 32;

/// Scales tried at once, padded to whole vectors, and the points chosen under each.
struct Trials {
    std::size_t count;
    HWY_ALIGN float inverse[kMostTrials];
    float scale[kMostTrials];
    HWY_ALIGN std::uint32_t points[LatticeBlock::kMostGroups][kMostTrials];
    unsigned off[kMostTrials];  ///< a bit for each group whose nearest lattice point is not in the book
    HWY_ALIGN float product[kMostTrials];
    HWY_ALIGN float square[kMostTrials];
};

/// Levels of `bits` bits for `count` weights a group.
template <std::size_t count, int bits>
class Lattice {
public:
    static constexpr int kTop = bits == 2 ? 2 : 7;

    Lattice(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book)
        : m_block(block),
          m_search(search),
          m_book(book),
          m_groups(block.length / count),
          m_levels(levels())
    {
    }

    LatticeFit run(float largest, float start)
    {
        Trials trials;
        trials.count = 0;
        for (int step = -m_search.tries; step <= m_search.tries; ++step)
            addTrial(trials, (float(2 * kTop + 1) + float(step) * m_search.step) / largest);
        for (std::size_t group = 0; group < m_groups; ++group)
            choosePoints(trials, group);
        addUp(trials);
        LatticeFit best;
        best.scale = start;
        unsigned off = m_search.again == LatticeSearch::Again::AllIfAnyIsOff ? ~0u : 0u;
        float score = 0;
        for (std::size_t t = 0; t < trials.count; ++t)
            if (trials.square[t] > 0 && trials.product[t] * trials.product[t] > score * trials.square[t]) {
                best.scale = trials.product[t] / trials.square[t];
                score = best.scale * trials.product[t];
                take(trials, t, best);
                off = trials.off[t];
            }
        chooseAgain(best, off);
        return best;
    }

private:
    static Table<1 << bits> levels()
    {
        float values[1 << bits];
        for (int level = 0; level < 1 << bits; ++level)
            values[level] = float(2 * level + 1);
        return tableOf(values);
    }

    static void addTrial(Trials& trials, float inverse)
    {
        trials.inverse[trials.count] = inverse;
        trials.scale[trials.count] = 1 / inverse;
        trials.off[trials.count++] = 0;
    }

    /// The point of one group under every scale.
    HWY_INLINE void choosePoints(Trials& trials, std::size_t group) const
    {
        const Tag d;
        const float* x = m_block.x.data() + group * count;
        for (std::size_t t = 0; t < trials.count; t += hn::Lanes(d)) {
            const auto inverse = hn::Load(d, trials.inverse + t);
            auto point = hn::Zero(IntTag());
            for (std::size_t i = count; i-- > 0;) {
                const auto shifted = hn::Sub(hn::Mul(inverse, hn::Set(d, x[i])), hn::Set(d, 1.0f));
                point = hn::Or(hn::ShiftLeft<bits>(point), nearestIn(hn::Mul(hn::Set(d, 0.5f), shifted), 0, kTop));
            }
            hn::Store(hn::BitCast(UintTag(), point), UintTag(), trials.points[group] + t);
        }
        for (std::size_t t = 0; t < trials.count; ++t)
            moveToBook(trials, group, t);
    }

    HWY_INLINE void moveToBook(Trials& trials, std::size_t group, std::size_t t) const
    {
        std::uint32_t& point = trials.points[group][t];
        if (m_book.indexOf(std::uint16_t(point)) >= 0)
            return;
        trials.off[t] |= 1u << group;
        point = bestNeighbour<int(count), bits>(m_book.paddedNeighbours(std::uint16_t(point)), m_block.x.data() + group * count,
                                                m_block.roots.data() + group * count, m_levels.scaled(hn::Set(Tag(), trials.scale[t])));
    }

    /// The sums of each trial's least-squares fit, weight by weight.
    HWY_INLINE void addUp(Trials& trials) const
    {
        const Tag d;
        const UintTag du;
        for (std::size_t t = 0; t < trials.count; t += hn::Lanes(d)) {
            auto product = hn::Zero(d), square = hn::Zero(d);
            for (std::size_t group = 0; group < m_groups; ++group) {
                auto point = hn::Load(du, trials.points[group] + t);
                for (std::size_t i = group * count; i < (group + 1) * count; ++i) {
                    const auto twice = hn::And(hn::Add(point, point), hn::Set(du, 2 * kMask));
                    const auto level = hn::ConvertTo(d, hn::BitCast(IntTag(), hn::Or(twice, hn::Set(du, 1u))));
                    const auto weighted = hn::Mul(hn::Set(d, m_block.weights[i] * m_block.x[i]), level);
                    product = hn::Add(product, weighted);
                    square = hn::Add(square, hn::Mul(hn::Mul(hn::Set(d, m_block.weights[i]), level), level));
                    point = hn::ShiftRight<bits>(point);
                }
            }
            hn::Store(product, d, trials.product + t);
            hn::Store(square, d, trials.square + t);
        }
    }

    void take(const Trials& trials, std::size_t t, LatticeFit& fit) const
    {
        for (std::size_t group = 0; group < m_groups; ++group)
            fit.points[group] = std::uint16_t(trials.points[group][t]);
    }

    void chooseAgain(LatticeFit& fit, unsigned off) const
    {
        using Again = LatticeSearch::Again;
        if ((m_search.again != Again::Always && off == 0) || !(fit.scale > 0))
            return;
        Trials one;
        one.count = 0;
        addTrial(one, 1 / fit.scale);
        one.scale[0] = fit.scale;
        for (std::size_t group = 0; group < m_groups; ++group)
            if (m_search.again != Again::ThoseThatAreOff || (off >> group) & 1)
                choosePoints(one, group);
            else
                one.points[group][0] = fit.points[group];
        addUp(one);
        take(one, 0, fit);
        if (one.square[0] > 0)
            fit.scale = one.product[0] / one.square[0];
    }

    static constexpr std::uint32_t kMask = (1u << bits) - 1;
    const LatticeBlock& m_block;
    const LatticeSearch& m_search;
    const CodeBook& m_book;
    std::size_t m_groups;
    Table<1 << bits> m_levels;
};

LatticeFit searchBlock(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start)
{
    if (search.bits == 2)
        return Lattice<8, 2>(block, search, book).run(largest, start);
    return Lattice<4, 3>(block, search, book).run(largest, start);
}

#endif

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchBlock);

LatticeFit searchLatticeLanes(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start)
{
    return HWY_DYNAMIC_DISPATCH(searchBlock)(block, search, book, largest, start);
}

}  // namespace halftone::quant
#endif
