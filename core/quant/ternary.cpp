// SPDX-License-Identifier: Apache-2.0
// TQ1_0 and TQ2_0: -1, 0 and 1 times one scale, for models trained for them (BitNet b1.58, TriLM). Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/rounding.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace halftone::quant {
namespace {

/// Trits 0..2 of a super-block, and its scale.
struct Trits {
    std::array<std::uint8_t, kSuperBlock> codes;
    float scale;
};

Trits roundToTrits(const float* x)
{
    Trits trits;
    float top = 0;
    for (std::size_t i = 0; i < kSuperBlock; ++i)
        top = std::max(top, std::abs(x[i]));
    const float inverse = top > 0 ? 1.0f / top : 0.0f;
    // Where the inverse overflows the sum wraps; only its low byte is ever used.
    for (std::size_t i = 0; i < kSuperBlock; ++i)
        trits.codes[i] = std::uint8_t(std::uint32_t(truncate(std::round(x[i] * inverse))) + 1u);
    trits.scale = top;
    return trits;
}

/// A run of bytes of TQ1_0: byte i holds weights first + i + k * bytes, k < trits.
struct Run {
    std::size_t first, bytes, trits, offset;
};

/// `offset` counts from the start of the block, where the bytes of five trits and of four follow each other.
constexpr std::array kRuns = {Run{0, 32, 5, 0}, Run{160, 16, 5, 32}, Run{240, 4, 4, 48}};

std::uint8_t packTrits(const std::uint8_t* codes, const Run& run)
{
    unsigned number = 0;
    for (std::size_t k = 0; k < 5; ++k)
        number = number * 3 + (k < run.trits ? codes[k * run.bytes] : 0);
    return std::uint8_t(((number & 255u) * 256 + 242) / 243);
}

/// The trit that is highest after `power`, a power of three, has moved the others out.
int tritOf(std::uint8_t byte, unsigned power)
{
    return int(((byte * power) & 255u) * 3 >> 8);
}

}  // namespace

void dequantizeTQ1_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kSuperBlock; ++b, out += kSuperBlock) {
        const auto block = loadBlock<BlockTQ1_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (const Run& run : kRuns) {
            const std::uint8_t* bytes = run.offset < sizeof block.q ? block.q + run.offset : block.high;
            unsigned power = 1;
            for (std::size_t k = 0; k < run.trits; ++k, power *= 3)
                for (std::size_t i = 0; i < run.bytes; ++i)
                    out[run.first + k * run.bytes + i] = float(tritOf(bytes[i], power) - 1) * d;
        }
    }
}

void dequantizeTQ2_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kSuperBlock; ++b, out += kSuperBlock) {
        const auto block = loadBlock<BlockTQ2_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (std::size_t part = 0; part < 8; ++part)  // 32 weights have the same bits of 32 bytes
            for (std::size_t i = 0; i < 32; ++i)
                out[part * 32 + i] = float(((block.q[part / 4 * 32 + i] >> (part % 4 * 2)) & 3) - 1) * d;
    }
}

void quantizeTQ1_0(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b) {
        const Trits trits = roundToTrits(x + b * kSuperBlock);
        BlockTQ1_0 block{};
        for (const Run& run : kRuns) {
            std::uint8_t* bytes = run.offset < sizeof block.q ? block.q + run.offset : block.high;
            for (std::size_t i = 0; i < run.bytes; ++i)
                bytes[i] = packTrits(trits.codes.data() + run.first + i, run);
        }
        block.d = floatToHalf(trits.scale);
        storeBlock(block, out, b);
    }
}

void quantizeTQ2_0(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b) {
        const Trits trits = roundToTrits(x + b * kSuperBlock);
        BlockTQ2_0 block{};
        for (std::size_t i = 0; i < kSuperBlock; ++i) {
            std::uint8_t& byte = block.q[i / 128 * 32 + i % 32];
            byte = std::uint8_t(byte | (trits.codes[i] & 3) << (i / 32 % 4 * 2));
        }
        block.d = floatToHalf(trits.scale);
        storeBlock(block, out, b);
    }
}

}  // namespace halftone::quant
