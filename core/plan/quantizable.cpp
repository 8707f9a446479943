// SPDX-License-Identifier: Apache-2.0
#include "core/plan/quantizable.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace halftone::plan {
namespace {

using namespace std::string_view_literals;

/// A tensor whose name is one of these stays as it is.
constexpr std::array kKeptNames{"position_embd.weight"sv, "token_types.weight"sv};

/// A tensor whose name contains one of these stays as it is.
constexpr std::array kKeptParts{
    "_norm.weight"sv,
    // Routing of tokens to experts.
    "ffn_gate_inp.weight"sv, "ffn_gate_tid2eid.weight"sv,
    // Gemma 3n.
    "altup"sv, "laurel"sv, "per_layer_model_proj"sv,
    // Short convolutions of Mamba, Kimi and LFM2.
    "ssm_conv1d"sv, "shortconv.conv.weight"sv,
    // MiniMax's indexer.
    "indexer.k_proj.weight"sv, "indexer.q_proj.weight"sv,
    // RWKV.
    "time_mix_first.weight"sv, "time_mix_w0.weight"sv, "time_mix_w1.weight"sv, "time_mix_w2.weight"sv, "time_mix_v0.weight"sv,
    "time_mix_v1.weight"sv, "time_mix_v2.weight"sv, "time_mix_a0.weight"sv, "time_mix_a1.weight"sv, "time_mix_a2.weight"sv,
    "time_mix_g1.weight"sv, "time_mix_g2.weight"sv, "time_mix_decay_w1.weight"sv, "time_mix_decay_w2.weight"sv,
    "time_mix_lerp_fused.weight"sv,
    // Relative positions of T5.
    "attn_rel_b.weight"sv,
    // Image and audio encoders.
    ".position_embd"sv, "sam.pos_embd"sv, "sam.neck."sv, "sam.net_"sv, ".rel_pos"sv, ".patch_embd"sv, ".patch_merger"sv,
    "a.rvq.codebook"sv, "mm.a.code_embd"sv,
};

}  // namespace

std::uint32_t trueRank(const model::Shape& shape)
{
    std::uint32_t rank = 4;
    while (rank > 1 && shape.extent[rank - 1] == 1)
        --rank;
    return rank;
}

bool quantizable(const model::Tensor& tensor)
{
    const std::string_view name = tensor.name;
    if (trueRank(tensor.shape) < 2 || !name.ends_with("weight"))
        return false;
    return std::ranges::find(kKeptNames, name) == kKeptNames.end()
        && std::ranges::none_of(kKeptParts, [&](std::string_view part) { return name.find(part) != name.npos; });
}

}  // namespace halftone::plan
