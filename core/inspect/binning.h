// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/statistics.h"

#include <algorithm>

namespace halftone::inspect {

/// Which of `bins` equal bins of [low, high] a value falls into; values outside go to the nearest end. A range without
/// width is widened around its value, so that a constant tensor still has a picture.
class Binning {
public:
    static constexpr int kMaxBins = 65536;

    Binning(double low, double high, int bins) : m_bins(std::clamp(bins, 1, kMaxBins)), m_low(low), m_high(high)
    {
        if (!(m_high > m_low)) {
            const double half = m_low != 0 ? (m_low < 0 ? -m_low : m_low) / 2 : 0.5;
            m_high = m_low + half;
            m_low -= half;
        }
        m_scale = float(m_bins / (m_high - m_low));
    }

    /// The same arithmetic as the SIMD scan: float throughout.
    std::size_t index(float value) const
    {
        const float at = (value - float(m_low)) * m_scale;
        return std::size_t(std::clamp(at, 0.0f, float(m_bins - 1)));
    }
    Histogram emptyHistogram() const { return {m_low, m_high, std::vector<std::uint64_t>(std::size_t(m_bins))}; }
    int bins() const { return m_bins; }
    float low() const { return float(m_low); }
    float scale() const { return m_scale; }

private:
    int m_bins;
    double m_low, m_high;
    float m_scale = 1;
};

}  // namespace halftone::inspect
