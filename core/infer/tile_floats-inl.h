// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): rows of floats to tiles.
#if defined(HALFTONE_TILE_FLOATS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_FLOATS_INL_H
#undef HALFTONE_TILE_FLOATS_INL_H
#else
#define HALFTONE_TILE_FLOATS_INL_H
#endif

#include "core/infer/tile_unpack-inl.h"

#include <hwy/highway.h>

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// 16 bytes of a row hold kColumns weights; lane `row` of v[i] holds bytes 4i..4i+3 of it.
struct FloatWeights {
    static constexpr std::size_t kBytes = 4, kColumns = 4;
    static HWY_INLINE void widen(const U (&v)[4], float* out)
    {
        for (std::size_t i = 0; i < 4; ++i)
            hn::Store(hn::BitCast(DF(), v[i]), DF(), out + i * kLanes);
    }
};

struct HalfWeights {
    static constexpr std::size_t kBytes = 2, kColumns = 8;
    static HWY_INLINE void widen(const U (&v)[4], float* out)
    {
        for (std::size_t i = 0; i < 4; ++i) {
#if HWY_TARGET == HWY_AVX3_DL
            hn::Store(F{_mm512_cvtph_ps(_mm512_cvtepi32_epi16(v[i].raw))}, DF(), out + 2 * i * kLanes);
            hn::Store(F{_mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(v[i].raw, 16)))}, DF(), out + (2 * i + 1) * kLanes);
#else
            hn::Store(lowHalf(v[i]), DF(), out + 2 * i * kLanes);
            hn::Store(highHalf(v[i]), DF(), out + (2 * i + 1) * kLanes);
#endif
        }
    }
};

struct BfloatWeights {
    static constexpr std::size_t kBytes = 2, kColumns = 8;
    static HWY_INLINE void widen(const U (&v)[4], float* out)
    {
        for (std::size_t i = 0; i < 4; ++i) {
            hn::Store(hn::BitCast(DF(), hn::ShiftLeft<16>(v[i])), DF(), out + 2 * i * kLanes);
            hn::Store(hn::BitCast(DF(), bits(v[i], 0xffff0000u)), DF(), out + (2 * i + 1) * kLanes);
        }
    }
};

/// `columns` weights of each row to out[column][row]. What is left of the last 16 bytes of a row goes through a copy, so
/// that nothing past the row is read; out has room for whole pieces.
template <class Weights>
HWY_INLINE void unpackFloats(Rows rows, std::size_t columns, float* out)
{
    constexpr std::size_t step = Weights::kColumns;
    U v[4];
    std::size_t c = 0;
    for (; c + step <= columns; c += step) {
        transpose(rows.at(c * Weights::kBytes), v);
        Weights::widen(v, out + c * kLanes);
    }
    if (c == columns)
        return;
    std::uint8_t rest[16 * kLanes] = {};
    for (std::size_t r = 0; r < kLanes; ++r)
        std::memcpy(rest + 16 * r, rows.first + r * rows.stride + c * Weights::kBytes, (columns - c) * Weights::kBytes);
    transpose({rest, 16}, v);
    Weights::widen(v, out + c * kLanes);
}

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
