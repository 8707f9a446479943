// SPDX-License-Identifier: Apache-2.0
#include "core/infer/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace halftone::infer {

namespace {

/// YaRN (Peng et al., 2023) keeps fast-turning pairs as they are and stretches slow ones; between the pairs that make
/// betaFast and betaSlow turns over the original context lies a linear ramp.
struct YarnRamp {
    double low, high;

    explicit YarnRamp(const RopeParameters& p)
    {
        const auto pairOfTurns = [&](double turns) {
            return p.dimensions * std::log(p.originalContext / (turns * 2 * std::numbers::pi)) / (2 * std::log(p.frequencyBase));
        };
        low = std::max(0.0, std::floor(pairOfTurns(p.betaFast)));
        high = std::min(double(p.dimensions - 1), std::ceil(pairOfTurns(p.betaSlow)));
    }
    /// 1 keeps a pair's frequency, 0 stretches it fully.
    double keep(std::size_t pair) const { return 1 - std::clamp((double(pair) - low) / std::max(0.001, high - low), 0.0, 1.0); }
};

}  // namespace

Rope::Rope(const RopeParameters& p, std::span<const float> factors) : m_frequencies(p.dimensions / 2), m_magnitude(p.attentionFactor)
{
    for (std::size_t i = 0; i < m_frequencies.size(); ++i)
        m_frequencies[i] = std::pow(p.frequencyBase, -2.0 * double(i) / p.dimensions) / (factors.empty() ? 1.0 : double(factors[i]));
    if (p.scaling == RopeScaling::Linear) {
        for (double& frequency : m_frequencies)
            frequency /= p.factor;
    } else if (p.scaling == RopeScaling::Yarn) {
        const YarnRamp ramp(p);
        for (std::size_t i = 0; i < m_frequencies.size(); ++i) {
            const double keep = ramp.keep(i) * p.extrapolation;
            m_frequencies[i] *= keep + (1 - keep) / p.factor;
        }
    }
}

void Rope::angles(std::size_t position, std::span<float> cosine, std::span<float> sine) const
{
    for (std::size_t i = 0; i < m_frequencies.size(); ++i) {
        const double angle = double(position) * m_frequencies[i];
        cosine[i] = float(m_magnitude * std::cos(angle));
        sine[i] = float(m_magnitude * std::sin(angle));
    }
}

}  // namespace halftone::infer
