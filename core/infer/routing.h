// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace halftone::infer {

/// A token that was sent to an expert, and how much the expert's answer counts.
struct Routed {
    std::size_t token;
    float weight;
};

/// Tokens by expert, in their order.
using Routing = std::vector<std::vector<Routed>>;

struct RoutingRule {
    std::size_t experts = 0;
    std::size_t used = 0;  ///< experts a token is sent to; 1 to experts
    bool sumToOne = false;  ///< the weights of a token's experts are divided by their sum
    bool sigmoid = false;  ///< each logit becomes a probability by itself; otherwise all together, by softmax
    float scale = 1;  ///< of the weights
    std::size_t groups = 1;  ///< of neighbouring experts, all of one size; only those of the best groups are chosen
    std::size_t groupsUsed = 1;
};

/// Sends each token to the experts of its largest probabilities; of equal ones the first. `scores`: tokens x experts, the
/// router's logits, which become probabilities. `bias`: added to an expert's probability where it is chosen, not where it
/// counts; empty: none. Shazeer et al. 2017, with softmax before the choice; bias and groups (best by the sum of their two
/// largest) as DeepSeek-V3 (2024).
Routing route(std::span<float> scores, const RoutingRule& rule, std::span<const float> bias = {});

}  // namespace halftone::infer
