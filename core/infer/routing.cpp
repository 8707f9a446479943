// SPDX-License-Identifier: Apache-2.0
#include "core/infer/routing.h"

#include "core/infer/vector_math.h"

#include <algorithm>
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

}  // namespace

Routing route(std::span<float> scores, const RoutingRule& rule)
{
    Routing routing(rule.experts);
    std::vector<std::size_t> chosen;
    for (std::size_t token = 0; token < scores.size() / rule.experts; ++token) {
        const std::span<float> probabilities = scores.subspan(token * rule.experts, rule.experts);
        softmax(probabilities, 1.0f);
        largest(probabilities, rule.used, chosen);
        float sum = rule.sumToOne ? 0.0f : 1.0f;
        if (rule.sumToOne)
            for (const std::size_t expert : chosen)
                sum += probabilities[expert];
        for (const std::size_t expert : chosen)
            routing[expert].push_back({token, probabilities[expert] / sum});
    }
    return routing;
}

}  // namespace halftone::infer
