// SPDX-License-Identifier: Apache-2.0
#include "core/infer/routing.h"

#include "core/infer/vector_math.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace halftone::infer {

namespace {

/// The indices of the `count` largest, largest first; of equal ones the first.
void largest(std::span<const float> values, std::size_t count, std::vector<std::size_t>& indices)
{
    indices.resize(values.size());
    std::iota(indices.begin(), indices.end(), std::size_t(0));
    const auto before = [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; };
    std::partial_sort(indices.begin(), indices.begin() + std::ptrdiff_t(count), indices.end(), before);
    indices.resize(count);
}

void probabilitiesOf(std::span<float> logits, const RoutingRule& rule)
{
    if (!rule.sigmoid)
        return softmax(logits, 1.0f);
    for (float& logit : logits)
        logit = 1.0f / (1.0f + std::exp(-logit));
}

/// Experts outside the best groups fall behind all others.
void keepBestGroups(std::span<float> ranks, const RoutingRule& rule)
{
    const std::size_t size = rule.experts / rule.groups;
    std::vector<float> worth;
    std::vector<std::size_t> best;
    for (std::size_t group = 0; group < rule.groups; ++group) {
        const auto members = ranks.subspan(group * size, size);
        largest(members, std::min<std::size_t>(2, size), best);
        worth.push_back(std::accumulate(best.begin(), best.end(), 0.0f, [&](float sum, std::size_t i) { return sum + members[i]; }));
    }
    largest(worth, rule.groupsUsed, best);
    for (std::size_t group = 0; group < rule.groups; ++group)
        if (std::ranges::find(best, group) == best.end())
            std::ranges::fill(ranks.subspan(group * size, size), -std::numeric_limits<float>::infinity());
}

/// What the experts are chosen by.
std::vector<float> ranksOf(std::span<const float> probabilities, const RoutingRule& rule, std::span<const float> bias)
{
    std::vector<float> ranks(probabilities.begin(), probabilities.end());
    if (!bias.empty())
        addTo(ranks, bias);
    if (rule.groups > 1)
        keepBestGroups(ranks, rule);
    return ranks;
}

}  // namespace

Routing route(std::span<float> scores, const RoutingRule& rule, std::span<const float> bias)
{
    constexpr float kLeastSum = 6.103515625e-5f;  // as engines: sigmoids may all be 0
    Routing routing(rule.experts);
    std::vector<std::size_t> chosen;
    for (std::size_t token = 0; token < scores.size() / rule.experts; ++token) {
        const std::span<float> probabilities = scores.subspan(token * rule.experts, rule.experts);
        probabilitiesOf(probabilities, rule);
        largest(ranksOf(probabilities, rule, bias), rule.used, chosen);
        float sum = rule.sumToOne ? 0.0f : 1.0f;
        if (rule.sumToOne)
            for (const std::size_t expert : chosen)
                sum += probabilities[expert];
        for (const std::size_t expert : chosen)
            routing[expert].push_back({token, probabilities[expert] / std::max(sum, kLeastSum) * rule.scale});
    }
    return routing;
}

}  // namespace halftone::infer
