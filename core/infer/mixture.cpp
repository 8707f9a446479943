// SPDX-License-Identifier: Apache-2.0
#include "core/base/progress.h"
#include "core/infer/forward_pass.h"
#include "core/infer/routing.h"

#include <cmath>

namespace halftone::infer {

namespace {

/// `rows` of those that an expert sees, one after the other.
void gather(std::span<const float> input, const std::vector<Routed>& rows, std::size_t width, std::vector<float>& out)
{
    out.resize(rows.size() * width);
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy_n(input.data() + rows[i].token * width, width, out.data() + i * width);
}

}  // namespace

/// product = by token, the answers of its experts and of the shared one, weighted. The experts take turns, so that a
/// token's sum runs in their order whatever the batch.
void ForwardPass::runMixture(const Mixture& mixture, Progress& progress)
{
    const std::span<const float> input = activations.floats();
    apply(mixture.router, scores);
    const Routing routing = route(scores, h.routing, mixture.choiceBias);
    sum.assign(input.size(), 0.0f);
    for (std::size_t expert = 0; expert < h.experts; ++expert) {
        const auto& rows = routing[expert];
        if (rows.empty())
            continue;
        progress.checkpoint();
        gather(input, rows, h.width, gathered);
        activations.assign(gathered, h.width);
        runNetwork(mixture.experts, expert, progress);
        forRows(rows.size(), h.width, [&](std::size_t i) {
            addTimes(std::span(sum).subspan(rows[i].token * h.width, h.width), std::span(product).subspan(i * h.width, h.width),
                     rows[i].weight);
        });
    }
    if (h.sharedExpertWidth > 0)
        addSharedExpert(mixture, input, progress);
    product.swap(sum);
}

/// sum += weight * shared expert
void ForwardPass::addSharedExpert(const Mixture& mixture, std::span<const float> input, Progress& progress)
{
    progress.checkpoint();
    activations.assign(input, h.width);
    const bool weighted = h.traits.sharedExpert == SharedExpert::Weighted;
    if (weighted)
        apply(mixture.sharedGate, scores);
    runNetwork(mixture.shared, 0, progress);
    forRows(input.size() / h.width, h.width, [&](std::size_t t) {
        const float weight = weighted ? 1.0f / (1.0f + std::exp(-scores[t])) : 1.0f;
        addTimes(std::span(sum).subspan(t * h.width, h.width), std::span(product).subspan(t * h.width, h.width), weight);
    });
}

}  // namespace halftone::infer
