// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone {
class Executor;
}

namespace halftone::infer {

/// A view on packed weights: `rows` rows of `columns` weights each, row after row. Not owned.
struct PackedMatrix {
    quant::Type type = quant::Type::F32;
    const std::byte* data = nullptr;
    std::uint64_t rows = 0, columns = 0;
};

/// How the activations beside a weight type are held for its dot products: as 8-bit integers with one scale per 32 (legacy
/// types, IQ4_NL, MXFP4, NVFP4) or per 256 columns (k-quants, code books, IQ4_XS, ternary types), as inference engines do; as
/// floats beside float weights.
enum class ActivationFormat { F32, Blocks32, Blocks256 };
ActivationFormat activationFormat(quant::Type weights);
/// True for the types that multiply() takes: all that hold weights.
bool canMultiply(quant::Type weights);

/// 32 activations: x[i] is about scale * codes[i], codes in -127..127, ties rounded to even; the largest magnitude has
/// code +-127. Where no magnitude is above 1e-30, scale and codes are 0; where one is not finite, scale is NaN, so that
/// it shows in every result.
struct Block32 {
    float scale;
    float sum;  ///< of the codes, a whole number: what a weight's minimum or zero point multiplies
    float sums[2];  ///< of each 16 codes
    std::int8_t codes[32];
};
static_assert(sizeof(Block32) == 48);

/// 256 activations under one scale, otherwise as Block32.
struct Block256 {
    float scale;
    float sums[16];  ///< of each 16 codes
    std::int8_t codes[256];
};
static_assert(sizeof(Block256) == 324);

/// A batch of activation rows (tokens x columns), quantized once and used by every matrix that reads it. Keeps its
/// memory between uses. `x` of assign must stay valid while the object is used (F32 is a view).
class Activations {
public:
    void assign(std::span<const float> x, std::size_t columns);
    std::size_t tokens() const { return m_columns ? m_x.size() / m_columns : 0; }
    std::size_t columns() const { return m_columns; }
    std::span<const float> floats() const { return m_x; }
    /// The blocks of token after token. Quantizes on first request after assign(); columns must be a whole number of
    /// blocks. Not thread safe: request it before parallel work.
    std::span<const Block32> blocks32(const Executor& executor);
    std::span<const Block256> blocks256(const Executor& executor);

private:
    std::span<const float> m_x;
    std::size_t m_columns = 0;
    std::vector<Block32> m_blocks32;
    std::vector<Block256> m_blocks256;
    bool m_has32 = false, m_has256 = false;
};

/// out[t * weights.rows + r] = sum over c of weights[r][c] * x[t][c]. Parallel over rows. weights.columns must equal
/// x.columns() and be a whole number of blocks; throws Error{Usage} otherwise, Error{Unsupported} for another type.
///
/// Products of packed codes are summed as integers over each group of 16 or 32 columns that shares a scale, and the
/// groups' sums as floats with fused multiply-adds, always from the first column to the last; float weights in sixteen sums
/// of every sixteenth column, which are folded in the end. A result therefore has the same bits for any number of threads, alone or in a
/// batch, and on every processor that fuses.
void multiply(const PackedMatrix& weights, Activations& x, std::span<float> out, const Executor& executor);

}  // namespace halftone::infer
