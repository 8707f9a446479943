// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul_kernels.h"

#include "core/infer/matmul_reference.h"

#include <algorithm>
#include <span>

// SSE4 for old processors, AVX2, AVX-512 with integer dot products; what lies between gains nothing of its own. On ARM NEON alone.
#define HWY_WANT_AVX3_DL 1
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/infer/matmul_kernels.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

// Highway's string for this target leaves out the one extension that the kernels are about.
#if HWY_TARGET == HWY_AVX3_DL
#pragma push_macro("HWY_TARGET_STR")
#undef HWY_TARGET_STR
#define HWY_TARGET_STR HWY_TARGET_STR_AVX3 ",vpclmulqdq,avx512vbmi,avx512vbmi2,vaes,avxvnni,avx512bitalg,avx512vpopcntdq,avx512vnni"
#endif

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
#include "core/infer/float_rows-inl.h"
#include "core/infer/tile_accumulate-inl.h"
#include "core/infer/tile_levels-inl.h"
#include "core/infer/tile_points-inl.h"
#include "core/infer/tile_unpack-inl.h"
#endif

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using kernels::Product;

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

template <class Element>
void multiplyOneByOne(const Product& p, std::size_t perToken, std::size_t begin, std::size_t end)
{
    const auto* x = static_cast<const Element*>(p.x);
    for (std::size_t t = 0; t < p.tokens; ++t)
        for (std::size_t r = begin; r < end; ++r)
            p.out[t * p.weights.rows + r] =
                reference::dot(p.weights.type, p.weights.data + r * p.rowBytes, std::span<const Element>(x + t * perToken, perToken));
}

void multiplyRows(const Product& p, std::size_t begin, std::size_t end)
{
    switch (activationFormat(p.weights.type)) {
    case ActivationFormat::F32: return multiplyOneByOne<float>(p, p.weights.columns, begin, end);
    case ActivationFormat::Blocks32: return multiplyOneByOne<Block32>(p, p.weights.columns / 32, begin, end);
    case ActivationFormat::Blocks256: return multiplyOneByOne<Block256>(p, p.weights.columns / 256, begin, end);
    }
}

#else

template <const Packing& P>
struct PackedKernel {
    using Tile = Chunk;
    using Element = BlockOf<P>;
    static constexpr const Packing& kPacking = P;
    static constexpr bool kDirect = P.columns == 32;  ///< a single token needs no tile
    static constexpr std::size_t kColumns = Chunk::kColumns;
    static std::size_t perToken(std::size_t columns) { return columns / P.activations; }

    /// Columns from `column` on of the rows of a tile.
    static HWY_INLINE void unpack(Rows rows, std::size_t column, std::size_t columns, Tile& tile)
    {
        const std::size_t first = column / P.columns;
        for (std::size_t b = 0; b < columns / P.columns; ++b)
            Unpack<P>::block(rows.at((first + b) * P.bytes), b, tile);
    }
    template <std::size_t T>
    static HWY_INLINE void add(const Tile& tile, std::size_t column, std::size_t columns, const Element* x, std::size_t stride,
                               float* totals)
    {
        accumulate<P, T>(tile, columns / P.activations, x + column / P.activations, stride, totals);
    }
};

/// Rows of a matrix that one tile holds. The last tile of a matrix begins early rather than end beyond it.
struct TileRows {
    std::size_t first;  ///< row of lane 0
    std::size_t skip;  ///< lanes that an earlier tile has computed
};

HWY_INLINE TileRows tileAt(const Product& p, std::size_t row)
{
    const std::size_t first = HWY_MIN(row, p.weights.rows - kLanes);
    return {first, row - first};
}

HWY_INLINE Rows rowsOf(const Product& p, TileRows tile)
{
    return {reinterpret_cast<const std::uint8_t*>(p.weights.data) + tile.first * p.rowBytes, p.rowBytes};
}

HWY_INLINE void storeTotals(const Product& p, TileRows tile, std::size_t token, std::size_t count, const float* totals)
{
    for (std::size_t t = 0; t < count; ++t)
        std::copy(totals + t * kLanes + tile.skip, totals + (t + 1) * kLanes,
                  p.out + (token + t) * p.weights.rows + tile.first + tile.skip);
}

/// A tile reads sixteen rows side by side, which the processor's own prefetching follows badly: while a tile is used, the same
/// share of the next one is asked for, in its order in memory; behind the range too, because a thread mostly takes the next.
HWY_INLINE void prefetchNextTile(const Product& p, std::size_t row, std::size_t column, std::size_t columns)
{
    const std::size_t tileBytes = HWY_MIN(kLanes, p.weights.rows - HWY_MIN(row, p.weights.rows)) * p.rowBytes;
    const std::size_t from = tileBytes * column / p.weights.columns, to = tileBytes * (column + columns) / p.weights.columns;
    constexpr std::size_t kCacheLine = 64;
    const std::byte* next = p.weights.data + row * p.rowBytes;
    for (std::size_t at = from; at < to; at += kCacheLine)
        hwy::Prefetch(next + at);
}

/// Few tokens: each piece of weights is unpacked into the nearest cache, used, and forgotten.
template <class Kernel, std::size_t T>
void stream(const Product& p, std::size_t token, std::size_t begin, std::size_t end)
{
    const std::size_t columns = p.weights.columns, perToken = Kernel::perToken(columns);
    const auto* x = static_cast<const typename Kernel::Element*>(p.x) + token * perToken;
    typename Kernel::Tile tile;
    alignas(64) float totals[T * kLanes];
    for (std::size_t r = begin; r < end; r += kLanes) {
        const TileRows where = tileAt(p, r);
        const Rows rows = rowsOf(p, where);
        std::fill_n(totals, T * kLanes, 0.0f);
        for (std::size_t c = 0; c < columns; c += Kernel::kColumns) {
            const std::size_t count = HWY_MIN(Kernel::kColumns, columns - c);
            prefetchNextTile(p, r + kLanes, c, count);
            Kernel::unpack(rows, c, count, tile);
            Kernel::template add<T>(tile, c, count, x, perToken, totals);
        }
        storeTotals(p, where, token, T, totals);
    }
}

/// One token times blocks of 32.
template <const Packing& P>
void streamBlocks(const Product& p, std::size_t begin, std::size_t end)
{
    alignas(64) float totals[kLanes];
    for (std::size_t r = begin; r < end; r += kLanes) {
        const TileRows where = tileAt(p, r);
        const bool ask = r + 2 * kLanes <= p.weights.rows;
        const std::uint8_t* next = ask ? reinterpret_cast<const std::uint8_t*>(p.weights.data) + (r + kLanes) * p.rowBytes : nullptr;
        multiplyBlocks<P>(rowsOf(p, where), p.weights.columns / 32, static_cast<const Block32*>(p.x), next, totals);
        storeTotals(p, where, 0, 1, totals);
    }
}

/// T tokens times the unpacked tiles of one set of rows.
template <class Kernel, std::size_t T>
void multiplyTile(const Product& p, TileRows where, const typename Kernel::Tile* tiles, std::size_t token)
{
    const std::size_t columns = p.weights.columns, perToken = Kernel::perToken(columns);
    const auto* x = static_cast<const typename Kernel::Element*>(p.x) + token * perToken;
    alignas(64) float totals[T * kLanes] = {};
    for (std::size_t c = 0; c < columns; c += Kernel::kColumns)
        Kernel::template add<T>(tiles[c / Kernel::kColumns], c, HWY_MIN(Kernel::kColumns, columns - c), x, perToken, totals);
    storeTotals(p, where, token, T, totals);
}

/// Many tokens: a few tiles are unpacked as a whole into the second cache and used for all of them.
template <class Kernel>
void batch(const Product& p, std::size_t begin, std::size_t end)
{
    using Tile = typename Kernel::Tile;
    constexpr std::size_t kCacheBytes = 384 * 1024;
    const std::size_t columns = p.weights.columns, perTile = hwy::DivCeil(columns, Kernel::kColumns);
    const std::size_t atOnce = std::clamp<std::size_t>(kCacheBytes / (perTile * sizeof(Tile)), 1, hwy::DivCeil(end - begin, kLanes));
    const auto tiles = hwy::AllocateAligned<Tile>(perTile * atOnce);
    for (std::size_t group = begin; group < end; group += atOnce * kLanes) {
        const std::size_t groupEnd = HWY_MIN(group + atOnce * kLanes, end);
        for (std::size_t r = group; r < groupEnd; r += kLanes)
            for (std::size_t c = 0; c < columns; c += Kernel::kColumns)
                Kernel::unpack(rowsOf(p, tileAt(p, r)), c, HWY_MIN(Kernel::kColumns, columns - c),
                               tiles[(r - group) / kLanes * perTile + c / Kernel::kColumns]);
        for (std::size_t t = 0; t < p.tokens;) {
            const std::size_t left = p.tokens - t, take = left >= kTokens ? kTokens : left >= 2 ? 2 : 1;
            for (std::size_t r = group; r < groupEnd; r += kLanes) {
                const Tile* tile = tiles.get() + (r - group) / kLanes * perTile;
                if (take == kTokens)
                    multiplyTile<Kernel, kTokens>(p, tileAt(p, r), tile, t);
                else if (take == 2)
                    multiplyTile<Kernel, 2>(p, tileAt(p, r), tile, t);
                else
                    multiplyTile<Kernel, 1>(p, tileAt(p, r), tile, t);
            }
            t += take;
        }
    }
}

template <class Kernel>
void run(const Product& p, std::size_t begin, std::size_t end)
{
    if (p.tokens == 1) {
        if constexpr (Kernel::kDirect)
            return streamBlocks<Kernel::kPacking>(p, begin, end);
        return stream<Kernel, 1>(p, 0, begin, end);
    }
    if (p.tokens == 2)
        return stream<Kernel, 2>(p, 0, begin, end);
    batch<Kernel>(p, begin, end);
}

void runTyped(const Product& p, std::size_t begin, std::size_t end)
{
    using enum quant::Type;
    switch (p.weights.type) {
    case F32: return multiplyFloatRows<FloatWeights>(p, begin, end);
    case F16: return multiplyFloatRows<HalfWeights>(p, begin, end);
    case BF16: return multiplyFloatRows<BfloatWeights>(p, begin, end);
    case Q8_0: return run<PackedKernel<kQ8_0>>(p, begin, end);
    case Q4_0: return run<PackedKernel<kQ4_0>>(p, begin, end);
    case Q4_1: return run<PackedKernel<kQ4_1>>(p, begin, end);
    case Q5_0: return run<PackedKernel<kQ5_0>>(p, begin, end);
    case Q5_1: return run<PackedKernel<kQ5_1>>(p, begin, end);
    case Q2_K: return run<PackedKernel<kQ2_K>>(p, begin, end);
    case Q3_K: return run<PackedKernel<kQ3_K>>(p, begin, end);
    case Q4_K: return run<PackedKernel<kQ4_K>>(p, begin, end);
    case Q5_K: return run<PackedKernel<kQ5_K>>(p, begin, end);
    case Q6_K: return run<PackedKernel<kQ6_K>>(p, begin, end);
    case IQ4_NL: return run<PackedKernel<kIQ4_NL>>(p, begin, end);
    case IQ4_XS: return run<PackedKernel<kIQ4_XS>>(p, begin, end);
    case MXFP4: return run<PackedKernel<kMXFP4>>(p, begin, end);
    case NVFP4: return run<PackedKernel<kNVFP4>>(p, begin, end);
    case Q1_0: return run<PackedKernel<kQ1_0>>(p, begin, end);
    case Q2_0: return run<PackedKernel<kQ2_0>>(p, begin, end);
    case TQ1_0: return run<PackedKernel<kTQ1_0>>(p, begin, end);
    case TQ2_0: return run<PackedKernel<kTQ2_0>>(p, begin, end);
    case IQ2_XXS: return run<PackedKernel<kIQ2_XXS>>(p, begin, end);
    case IQ2_XS: return run<PackedKernel<kIQ2_XS>>(p, begin, end);
    case IQ2_S: return run<PackedKernel<kIQ2_S>>(p, begin, end);
    case IQ3_XXS: return run<PackedKernel<kIQ3_XXS>>(p, begin, end);
    case IQ3_S: return run<PackedKernel<kIQ3_S>>(p, begin, end);
    case IQ1_S: return run<PackedKernel<kIQ1_S>>(p, begin, end);
    case IQ1_M: return run<PackedKernel<kIQ1_M>>(p, begin, end);
    default: return;
    }
}

/// A matrix of fewer rows than a tile gets rows of zeros.
void runPadded(const Product& p)
{
    const auto rows = hwy::AllocateAligned<std::byte>(kLanes * p.rowBytes);
    const auto out = hwy::AllocateAligned<float>(kLanes * p.tokens);
    std::fill(std::copy_n(p.weights.data, p.weights.rows * p.rowBytes, rows.get()), rows.get() + kLanes * p.rowBytes, std::byte{0});
    Product padded = p;
    padded.weights.data = rows.get();
    padded.weights.rows = kLanes;
    padded.out = out.get();
    runTyped(padded, 0, kLanes);
    for (std::size_t t = 0; t < p.tokens; ++t)
        std::copy_n(out.get() + t * kLanes, p.weights.rows, p.out + t * p.weights.rows);
}

void multiplyRows(const Product& p, std::size_t begin, std::size_t end)
{
    if (p.weights.rows < kLanes && floatBytes(p.weights.type) == 0)
        runPadded(p);
    else
        runTyped(p, begin, end);
}

#endif

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_TARGET == HWY_AVX3_DL
#pragma pop_macro("HWY_TARGET_STR")
#endif

#if HWY_ONCE
namespace halftone::infer {

HWY_EXPORT(multiplyRows);

void kernels::multiplyRows(const Product& product, std::size_t begin, std::size_t end)
{
    HWY_DYNAMIC_DISPATCH(multiplyRows)(product, begin, end);
}

}  // namespace halftone::infer
#endif
