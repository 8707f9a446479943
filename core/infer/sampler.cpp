// SPDX-License-Identifier: Apache-2.0
#include "core/infer/sampler.h"

#include "core/infer/vector_math.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace halftone::infer {

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, the same numbers on every machine.
double nextUniform(std::uint64_t& state)
{
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return double(z >> 11) * 0x1.0p-53;   // [0, 1)
}

float orLowest(float logit)
{
    return std::isnan(logit) ? -std::numeric_limits<float>::infinity() : logit;
}

/// Candidate ids over a row of logits, in order of id until something needs them sorted.
class Pool {
public:
    explicit Pool(std::span<const float> logits)
        : m_logits(logits)
        , m_ids(logits.size())
        , m_largest(orLowest(logits[argMax(logits)]))
    {
        std::iota(m_ids.begin(), m_ids.end(), token::Id(0));
    }

    void keepTop(std::size_t count)
    {
        if (count >= m_ids.size())
            return;
        sortFirst(count);
        m_ids.resize(count);
    }

    /// The fewest most probable candidates that together have at least `share` of what is left.
    void keepNucleus(double share)
    {
        double total = 0;
        for (const token::Id id : m_ids)
            total += weight(id, 1);
        double sum = 0;
        for (std::size_t i = 0; i < m_ids.size(); ++i) {
            if (i >= m_sorted)
                sortFirst(std::max<std::size_t>(64, 4 * m_sorted));
            sum += weight(m_ids[i], 1);
            if (sum >= share * total) {
                m_ids.resize(i + 1);
                return;
            }
        }
    }

    /// Those at least `share` times as probable as the best one.
    void keepLikely(double share)
    {
        std::erase_if(m_ids, [&](token::Id id) { return weight(id, 1) < share; });
        m_sorted = std::min(m_sorted, m_ids.size());
    }

    token::Id draw(double temperature, double uniform) const
    {
        std::vector<double> weights(m_ids.size());
        std::transform(m_ids.begin(), m_ids.end(), weights.begin(), [&](token::Id id) { return weight(id, temperature); });
        double left = uniform * std::accumulate(weights.begin(), weights.end(), 0.0);
        token::Id last = m_ids.front();
        for (std::size_t i = 0; i < m_ids.size(); ++i) {
            if (weights[i] > 0)
                last = m_ids[i];
            left -= weights[i];
            if (left < 0)
                break;
        }
        return last;
    }

private:
    /// Probability relative to the most probable token, 0..1.
    double weight(token::Id id, double temperature) const
    {
        return std::exp((double(orLowest(m_logits[std::size_t(id)])) - double(m_largest)) / temperature);
    }

    void sortFirst(std::size_t count)
    {
        m_sorted = std::min(count, m_ids.size());
        std::partial_sort(m_ids.begin(), m_ids.begin() + std::ptrdiff_t(m_sorted), m_ids.end(), [&](token::Id a, token::Id b) {
            const float x = orLowest(m_logits[std::size_t(a)]), y = orLowest(m_logits[std::size_t(b)]);
            return x > y || (x == y && a < b);
        });
    }

    std::span<const float> m_logits;
    std::vector<token::Id> m_ids;
    std::size_t m_sorted = 0;   ///< how many at the front are the largest, in order
    float m_largest;
};

}  // namespace

Sampler::Sampler(SamplingOptions options)
    : m_options(options)
    , m_state(options.seed)
{
}

token::Id Sampler::next(std::span<const float> logits)
{
    const std::size_t best = argMax(logits);
    if (m_options.temperature <= 0 || !std::isfinite(logits[best]))
        return token::Id(best);
    const double uniform = nextUniform(m_state);
    Pool pool(logits);
    if (m_options.topK > 0)
        pool.keepTop(std::size_t(m_options.topK));
    if (m_options.topP < 1)
        pool.keepNucleus(m_options.topP);
    if (m_options.minP > 0)
        pool.keepLikely(std::min(m_options.minP, 1.0));
    return pool.draw(m_options.temperature, uniform);
}

std::vector<Candidate> mostProbable(std::span<const float> logits, std::size_t count)
{
    std::vector<token::Id> ids(logits.size());
    std::iota(ids.begin(), ids.end(), token::Id(0));
    const std::size_t kept = std::min(count, ids.size());
    std::partial_sort(ids.begin(), ids.begin() + std::ptrdiff_t(kept), ids.end(), [&](token::Id a, token::Id b) {
        const float x = orLowest(logits[std::size_t(a)]), y = orLowest(logits[std::size_t(b)]);
        return x > y || (x == y && a < b);
    });
    std::vector<Candidate> result;
    const double sum = kept ? logSumExp(logits) : 0;
    for (std::size_t i = 0; i < kept; ++i)
        result.push_back({ids[i], float(std::exp(double(logits[std::size_t(ids[i])]) - sum))});
    return result;
}

float probability(std::span<const float> logits, token::Id id)
{
    if (id < 0 || std::size_t(id) >= logits.size())
        return 0;
    return float(std::exp(double(logits[std::size_t(id)]) - logSumExp(logits)));
}

}  // namespace halftone::infer
