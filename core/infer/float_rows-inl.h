// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): rows of float weights times tokens, consecutive columns in the lanes.
#if defined(HALFTONE_FLOAT_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_FLOAT_ROWS_INL_H
#undef HALFTONE_FLOAT_ROWS_INL_H
#else
#define HALFTONE_FLOAT_ROWS_INL_H
#endif

#include "core/infer/matmul_kernels.h"
#include "core/infer/packing.h"
#include "core/infer/tile_unpack-inl.h"

#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using kernels::Product;

/// A vector of weights as floats.
struct FloatWeights {
    static constexpr std::size_t kBytes = 4;
    static HWY_INLINE F load(const std::uint8_t* from) { return hn::LoadU(DF(), reinterpret_cast<const float*>(from)); }
};
struct HalfWeights {
    static constexpr std::size_t kBytes = 2;
    static HWY_INLINE F load(const std::uint8_t* from)
    {
        return hn::PromoteTo(DF(), hn::LoadU(hn::Rebind<hwy::float16_t, DF>(), reinterpret_cast<const hwy::float16_t*>(from)));
    }
};
struct BfloatWeights {
    static constexpr std::size_t kBytes = 2;
    static HWY_INLINE F load(const std::uint8_t* from)
    {
        const auto bits = hn::LoadU(hn::Rebind<std::uint16_t, DF>(), reinterpret_cast<const std::uint16_t*>(from));
        return hn::BitCast(DF(), hn::ShiftLeft<16>(hn::PromoteTo(DU(), bits)));
    }
};

/// Vectors that hold the partial sums of a row and a token.
inline constexpr std::size_t kVectors = kFloatSums / kLanes;
/// Rows and tokens at once, bounded by the number of registers; rows for a single token, which should not wait for one sum.
inline constexpr bool kManyRegisters = HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64;
inline constexpr std::size_t kFloatRows = HWY_TARGET == HWY_AVX3_DL ? 4 : 2;
inline constexpr std::size_t kFloatTokens = HWY_TARGET == HWY_AVX3_DL ? 6 : kManyRegisters || kLanes == 8 ? 3 : 1;
inline constexpr std::size_t kDecodeRows = 4;

/// Where R rows lie, and the T tokens beside them.
template <std::size_t R>
struct FloatPanel {
    const std::uint8_t* rows[R];
    const float* x;
    std::size_t stride;  ///< floats from token to token
};

/// Adds columns `from` to `to`, whole groups of kFloatSums, of T tokens.
template <class Weights, std::size_t R, std::size_t T>
HWY_INLINE void addWhole(const FloatPanel<R>& panel, std::size_t from, std::size_t to, std::size_t ahead, F (&sums)[R][T][kVectors])
{
    for (std::size_t c = from; c < to; c += kFloatSums) {
        if (ahead != 0)
            HALFTONE_UNROLL
        for (std::size_t r = 0; r < R; ++r)
            hwy::Prefetch(panel.rows[r] + c * Weights::kBytes + ahead);
        HALFTONE_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            F weights[R];
            HALFTONE_UNROLL
            for (std::size_t r = 0; r < R; ++r)
                weights[r] = Weights::load(panel.rows[r] + (c + v * kLanes) * Weights::kBytes);
            HALFTONE_UNROLL
            for (std::size_t t = 0; t < T; ++t) {
                const F x = hn::LoadU(DF(), panel.x + t * panel.stride + c + v * kLanes);
                HALFTONE_UNROLL
                for (std::size_t r = 0; r < R; ++r)
                    sums[r][t][v] = hn::MulAdd(weights[r], x, sums[r][t][v]);
            }
        }
    }
}

/// Columns that are not a whole group any more, beside zeros.
template <class Weights, std::size_t R, std::size_t T>
HWY_INLINE void addRest(const FloatPanel<R>& panel, std::size_t from, std::size_t to, F (&sums)[R][T][kVectors])
{
    std::uint8_t weights[R][kFloatSums * Weights::kBytes] = {};
    float x[T * kFloatSums] = {};
    FloatPanel<R> rest{.rows = {}, .x = x, .stride = kFloatSums};
    for (std::size_t r = 0; r < R; ++r) {
        std::memcpy(weights[r], panel.rows[r] + from * Weights::kBytes, (to - from) * Weights::kBytes);
        rest.rows[r] = weights[r];
    }
    for (std::size_t t = 0; t < T; ++t)
        std::copy_n(panel.x + t * panel.stride + from, to - from, x + t * kFloatSums);
    addWhole<Weights, R, T>(rest, 0, kFloatSums, 0, sums);
}

/// Adds columns to the partial sums [row][token][kFloatSums]. `ahead`, if not 0, is how many bytes ahead weights are asked for.
template <class Weights, std::size_t R, std::size_t T>
HWY_NOINLINE void addColumns(const FloatPanel<R>& panel, std::size_t from, std::size_t to, std::size_t ahead, float* partial)
{
    F sums[R][T][kVectors];
    HALFTONE_UNROLL
    for (std::size_t i = 0; i < R * T * kVectors; ++i)
        sums[i / (T * kVectors)][i / kVectors % T][i % kVectors] = hn::Load(DF(), partial + i * kLanes);
    const std::size_t whole = from + (to - from) / kFloatSums * kFloatSums;
    addWhole<Weights, R, T>(panel, from, whole, ahead, sums);
    if (whole < to)
        addRest<Weights, R, T>(panel, whole, to, sums);
    HALFTONE_UNROLL
    for (std::size_t i = 0; i < R * T * kVectors; ++i)
        hn::Store(sums[i / (T * kVectors)][i / kVectors % T][i % kVectors], DF(), partial + i * kLanes);
}

using D4 = hn::CappedTag<float, 4>;

/// The partial sums folded twice.
HWY_INLINE hn::Vec<D4> foldToFour(const float* partial)
{
    const D4 d;
    return hn::Add(hn::Add(hn::Load(d, partial), hn::Load(d, partial + 8)), hn::Add(hn::Load(d, partial + 4), hn::Load(d, partial + 12)));
}

/// Folds the sums of up to four rows and stores those of the first `count`; `stride` floats from row to row.
template <std::size_t R>
HWY_INLINE void storeFolded(const float* partial, std::size_t stride, std::size_t count, float* out)
{
    const D4 d;
    const auto row = [&](std::size_t r) HWY_ATTR { return r < R ? foldToFour(partial + r * stride) : hn::Zero(d); };
    const auto a = row(0), b = row(1), e = row(2), f = row(3);
    const auto left = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
    const auto right = hn::Add(hn::InterleaveLower(d, e, f), hn::InterleaveUpper(d, e, f));
    alignas(16) float folded[4];
    hn::Store(hn::Add(hn::ConcatLowerLower(d, right, left), hn::ConcatUpperUpper(d, right, left)), d, folded);
    std::copy_n(folded, count, out);
}

/// Rows `row` to `row` + R - 1, those behind `end` being the last one again.
template <std::size_t R>
HWY_INLINE FloatPanel<R> panelAt(const std::uint8_t* rows, std::size_t rowBytes, std::size_t row, std::size_t end, const float* x,
                                 std::size_t stride)
{
    FloatPanel<R> panel{.rows = {}, .x = x, .stride = stride};
    for (std::size_t r = 0; r < R; ++r)
        panel.rows[r] = rows + HWY_MIN(row + r, end - 1) * rowBytes;
    return panel;
}

/// One or two tokens: rows are read once, from memory.
template <class Weights, std::size_t T>
void streamFloats(const Product& p, std::size_t begin, std::size_t end)
{
    constexpr std::size_t R = kDecodeRows;
    const auto* weights = reinterpret_cast<const std::uint8_t*>(p.weights.data);
    const auto* x = static_cast<const float*>(p.x);
    for (std::size_t row = begin; row < end; row += R) {
        alignas(64) float partial[R * T * kFloatSums] = {};
        const auto panel = panelAt<R>(weights, p.rowBytes, row, end, x, p.weights.columns);
        addColumns<Weights, R, T>(panel, 0, p.weights.columns, R * p.rowBytes, partial);
        for (std::size_t t = 0; t < T; ++t)
            storeFolded<R>(partial + t * kFloatSums, T * kFloatSums, HWY_MIN(R, end - row), p.out + t * p.weights.rows + row);
    }
}

/// Rows as floats that the second cache holds.
struct WideRows {
    const float* data;
    std::size_t first, count;  ///< rows of the product
};

/// T tokens times some rows, a stretch of columns after the other, so that the tokens stay in the nearest cache.
template <std::size_t T>
void multiplyWide(const Product& p, const WideRows& rows, std::size_t token, float* partial)
{
    constexpr std::size_t R = kFloatRows, kStretch = 1024, kPartial = R * T * kFloatSums;
    const std::size_t columns = p.weights.columns;
    const float* x = static_cast<const float*>(p.x) + token * columns;
    std::fill_n(partial, hwy::DivCeil(rows.count, R) * kPartial, 0.0f);
    for (std::size_t c = 0; c < columns; c += kStretch)
        for (std::size_t r = 0; r < rows.count; r += R) {
            const auto panel =
                panelAt<R>(reinterpret_cast<const std::uint8_t*>(rows.data), columns * sizeof(float), r, rows.count, x, columns);
            addColumns<FloatWeights, R, T>(panel, c, HWY_MIN(c + kStretch, columns), 0, partial + r / R * kPartial);
        }
    for (std::size_t r = 0; r < rows.count; r += R)
        for (std::size_t t = 0; t < T; ++t)
            storeFolded<R>(partial + r / R * kPartial + t * kFloatSums, T * kFloatSums, HWY_MIN(R, rows.count - r),
                           p.out + (token + t) * p.weights.rows + rows.first + r);
}

template <class Weights>
void widenRow(const std::uint8_t* from, std::size_t columns, float* out)
{
    std::size_t c = 0;
    for (; c + kLanes <= columns; c += kLanes)
        hn::StoreU(Weights::load(from + c * Weights::kBytes), DF(), out + c);
    std::uint8_t rest[kLanes * Weights::kBytes] = {};
    alignas(64) float wide[kLanes];
    std::memcpy(rest, from + c * Weights::kBytes, (columns - c) * Weights::kBytes);
    hn::Store(Weights::load(rest), DF(), wide);
    std::copy_n(wide, columns - c, out + c);
}

/// Many tokens: some rows become floats in the second cache and are used for all of them.
template <class Weights>
void batchFloats(const Product& p, std::size_t begin, std::size_t end)
{
    constexpr std::size_t kCacheBytes = 384 * 1024;
    const std::size_t columns = p.weights.columns;
    const std::size_t most = std::clamp<std::size_t>(kCacheBytes / (columns * sizeof(float)) / kFloatRows * kFloatRows, kFloatRows, 256);
    const std::size_t atOnce = HWY_MIN(most, hwy::RoundUpTo(end - begin, kFloatRows));
    const auto wide = hwy::AllocateAligned<float>(atOnce * columns);
    const auto partial = hwy::AllocateAligned<float>(atOnce * kFloatTokens * kFloatSums);
    for (std::size_t first = begin; first < end; first += atOnce) {
        const WideRows rows{wide.get(), first, HWY_MIN(atOnce, end - first)};
        for (std::size_t r = 0; r < rows.count; ++r)
            widenRow<Weights>(reinterpret_cast<const std::uint8_t*>(p.weights.data) + (first + r) * p.rowBytes, columns,
                              wide.get() + r * columns);
        std::size_t t = 0;
        for (; t + kFloatTokens <= p.tokens; t += kFloatTokens)
            multiplyWide<kFloatTokens>(p, rows, t, partial.get());
        for (; t < p.tokens; ++t)
            multiplyWide<1>(p, rows, t, partial.get());
    }
}

template <class Weights>
void multiplyFloatRows(const Product& p, std::size_t begin, std::size_t end)
{
    if (p.tokens == 1)
        streamFloats<Weights, 1>(p, begin, end);
    else if (p.tokens == 2)
        streamFloats<Weights, 2>(p, begin, end);
    else
        batchFloats<Weights>(p, begin, end);
}

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
