// SPDX-License-Identifier: Apache-2.0
#include "core/model/tensor.h"

#include <charconv>
#include <iterator>

namespace halftone::model {

namespace {

struct RoleOfStem {
    std::string_view stem;
    Role role;
};

/// Tensor names without the block's prefix and without ".weight", as llama.cpp's converters write them.
constexpr RoleOfStem kRoles[] = {
    {"token_embd", Role::TokenEmbedding},
    {"output", Role::Output},
    {"rope_freqs", Role::RopeFactors},
    {"rope_factors_long", Role::RopeFactors},
    {"rope_factors_short", Role::RopeFactors},

    {"attn_q", Role::AttentionQ},
    {"attn_q_a", Role::AttentionQ},
    {"attn_q_b", Role::AttentionQ},
    {"attn_k", Role::AttentionK},
    {"attn_k_b", Role::AttentionK},
    {"attn_v", Role::AttentionV},
    {"attn_v_b", Role::AttentionV},
    {"attn_qkv", Role::AttentionQKV},
    {"attn_kv_a_mqa", Role::AttentionQKV},
    {"attn_kv_b", Role::AttentionQKV},
    {"attn_output", Role::AttentionOutput},
    {"attn_out", Role::AttentionOutput},
    {"cross_attn_q", Role::AttentionQ},
    {"cross_attn_k", Role::AttentionK},
    {"cross_attn_v", Role::AttentionV},
    {"cross_attn_o", Role::AttentionOutput},
    {"attn_o", Role::AttentionOutput},

    {"ffn_gate", Role::FfnGate},
    {"ffn_up", Role::FfnUp},
    {"ffn_down", Role::FfnDown},
    {"ffn_gate_shexp", Role::FfnGate},
    {"ffn_up_shexp", Role::FfnUp},
    {"ffn_down_shexp", Role::FfnDown},
    {"ffn_gate_exps", Role::FfnGateExperts},
    {"ffn_up_exps", Role::FfnUpExperts},
    {"ffn_down_exps", Role::FfnDownExperts},
    {"ffn_gate_up_exps", Role::FfnGateExperts},
    {"ffn_gate_chexps", Role::FfnGateExperts},
    {"ffn_up_chexps", Role::FfnUpExperts},
    {"ffn_down_chexps", Role::FfnDownExperts},
    {"ffn_gate_inp", Role::ExpertRouter},
    {"ffn_gate_inp_shexp", Role::ExpertRouter},
};

// clang-format off
/// Same order as Role.
constexpr std::string_view kRoleNames[] = {
    "token_embd", "output", "attn_q", "attn_k", "attn_v", "attn_qkv", "attn_output", "ffn_gate", "ffn_up", "ffn_down",
    "ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_gate_inp", "norm", "bias", "rope", "other",
};
// clang-format on
static_assert(std::size(kRoleNames) == std::size_t(Role::Other) + 1);

bool isDigits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A name taken apart: "enc.blk.12.attn_q.weight" is block "12" and rest "attn_q.weight".
struct Name {
    std::string_view block;  ///< digits, empty outside the blocks
    std::string_view rest;
};

Name split(std::string_view name)
{
    constexpr std::string_view kBlock = "blk.";
    std::string_view rest = name;
    // Encoders, decoders and vision towers put their own part before it: "dec.blk.", "v.blk.".
    if (!rest.starts_with(kBlock)) {
        const std::size_t dot = rest.find('.');
        if (dot == std::string_view::npos || !rest.substr(dot + 1).starts_with(kBlock))
            return {{}, name};
        rest.remove_prefix(dot + 1);
    }
    rest.remove_prefix(kBlock.size());
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || !isDigits(rest.substr(0, dot)))
        return {{}, name};
    return {rest.substr(0, dot), rest.substr(dot + 1)};
}

Role stackOf(Role role)
{
    switch (role) {
    case Role::FfnGate: return Role::FfnGateExperts;
    case Role::FfnUp: return Role::FfnUpExperts;
    case Role::FfnDown: return Role::FfnDownExperts;
    default: return role;
    }
}

}  // namespace

std::string_view roleName(Role role)
{
    return kRoleNames[std::size_t(role)];
}

int layerOf(std::string_view name)
{
    const std::string_view digits = split(name).block;
    int layer = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), layer);
    return !digits.empty() && code == std::errc{} && layer < kMaxLayers ? layer : -1;
}

Role roleOf(std::string_view name, const Shape& shape)
{
    constexpr std::string_view kWeight = ".weight", kBias = ".bias";
    std::string_view stem = split(name).rest;
    if (stem.ends_with(kBias))
        return Role::Bias;
    if (stem.ends_with(kWeight))
        stem.remove_suffix(kWeight.size());
    if (stem.ends_with("norm") || stem.find("norm_") != std::string_view::npos)
        return Role::Norm;

    // Old mixtures keep each expert apart: "ffn_gate.7".
    const std::size_t dot = stem.rfind('.');
    const bool oneExpert = dot != std::string_view::npos && isDigits(stem.substr(dot + 1));
    if (oneExpert)
        stem = stem.substr(0, dot);

    for (const RoleOfStem& known : kRoles)
        if (known.stem == stem)
            return oneExpert || shape.rank >= 3 ? stackOf(known.role) : known.role;
    return Role::Other;
}

}  // namespace halftone::model
