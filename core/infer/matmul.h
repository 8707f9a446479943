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

/// How the activations beside a weight type are held for its dot products: as floats beside float weights, else as
/// 8-bit integers with one scale per 32 (legacy types) or per 256 columns (k-quants), as inference engines do.
enum class ActivationFormat { F32, Blocks32, Blocks256 };
ActivationFormat activationFormat(quant::Type weights);

/// A batch of activation rows (tokens x columns), quantized once and used by every matrix that reads it. Keeps its
/// memory between uses. `x` of assign must stay valid while the object is used (F32 is a view).
class Activations {
public:
    void assign(std::span<const float> x, std::size_t columns);
    std::size_t tokens() const { return m_columns ? m_x.size() / m_columns : 0; }
    std::size_t columns() const { return m_columns; }
    std::span<const float> floats() const { return m_x; }
    /// Quantizes on first request after assign(). Not thread safe: request it before parallel work.
    std::span<const std::byte> packed(ActivationFormat format, const Executor& executor);

private:
    std::span<const float> m_x;
    std::size_t m_columns = 0;
    std::vector<std::byte> m_blocks32, m_blocks256;
    bool m_has32 = false, m_has256 = false;
};

/// out[t * weights.rows + r] = sum over c of weights[r][c] * x[t][c]. Parallel over rows; deterministic for any number of
/// threads. weights.columns must equal x.columns() and be a whole number of blocks.
void multiply(const PackedMatrix& weights, Activations& x, std::span<float> out, const Executor& executor);

}  // namespace halftone::infer
