// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor_data.h"
#include "core/quant/type.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace halftone::model {

/// Extents in ggml order, innermost first: extent[0] is the length of a row. 1 to 4 dimensions, each at least 1; their
/// product fits std::int64_t (readers check).
struct Shape {
    std::array<std::uint64_t, 4> extent{1, 1, 1, 1};
    std::uint32_t rank = 1;

    std::uint64_t columns() const { return extent[0]; }
    std::uint64_t rows() const { return extent[1] * extent[2] * extent[3]; }
    std::uint64_t elements() const { return columns() * rows(); }
    friend bool operator==(const Shape&, const Shape&) = default;
};

/// What a tensor does in the network, told from its name. One column of the plan's matrix each.
enum class Role {
    TokenEmbedding, Output,
    AttentionQ, AttentionK, AttentionV, AttentionQKV, AttentionOutput,
    FfnGate, FfnUp, FfnDown,
    FfnGateExperts, FfnUpExperts, FfnDownExperts, ExpertRouter,
    Norm, Bias, RopeFactors, Other,
};
/// Short lower-case key for JSON and columns: "attn_q", "ffn_down", "norm".
std::string_view roleName(Role role);

/// A tensor of a model file: a view, nothing is loaded until touched.
struct Tensor {
    std::string name;
    Shape shape;
    quant::Type type = quant::Type::F32;
    int layer = -1;               ///< block number, -1 outside the blocks
    Role role = Role::Other;
    TensorData data;              ///< usually in place on the mapped file that the Model keeps; empty in vocabulary-only files
    std::uint32_t file = 0;       ///< index into Model::files
    std::uint64_t offset = 0;     ///< of data in that file, bytes; only where data is in place

    std::uint64_t bytes() const { return data.size(); }
};

/// No model has more blocks; a larger number in a name counts as no block, so that tables by layer stay bounded.
inline constexpr int kMaxLayers = 10'000;

/// Layer and role from a GGUF tensor name such as "blk.3.ffn_down.weight". The layer is -1 outside the blocks.
int layerOf(std::string_view name);
/// A stack of experts is told from the name or, where older files have none of that name, from the third dimension.
Role roleOf(std::string_view name, const Shape& shape);

}  // namespace halftone::model
