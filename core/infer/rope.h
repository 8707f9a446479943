// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/hyperparameters.h"

#include <span>
#include <vector>

namespace halftone::infer {

/// The angles of rotary position embedding: one frequency per pair of elements, fixed for a model.
class Rope {
public:
    /// `factors` divides each frequency (the tensor rope_freqs.weight, llama 3's scaling); empty for none, else one per pair.
    Rope(const RopeParameters& parameters, std::span<const float> factors);

    std::size_t pairs() const { return m_frequencies.size(); }
    /// Cosines and sines of one position, each `pairs()` long, times the attention factor.
    void angles(std::size_t position, std::span<float> cosine, std::span<float> sine) const;

private:
    std::vector<double> m_frequencies;  ///< radians per position
    double m_magnitude = 1;
};

}  // namespace halftone::infer
