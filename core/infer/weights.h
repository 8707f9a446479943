// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/hyperparameters.h"
#include "core/infer/matmul.h"
#include "core/infer/rope.h"
#include "core/infer/variant.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace halftone::infer {

/// A matrix and, where the model has one, the bias added to its product; or one matrix for each of several experts.
struct Linear {
    std::string name;  ///< of the matrix's tensor
    PackedMatrix weight;  ///< the first expert's
    std::size_t experts = 1;  ///< whose matrices follow one another
    std::vector<float> bias;  ///< empty: none

    PackedMatrix ofExpert(std::size_t expert) const;
};

struct FeedForward {
    Linear gate, up, down;
};

/// A feed-forward network of which each token uses a part.
struct Mixture {
    Linear router;  ///< one row for each expert
    FeedForward experts;
    FeedForward shared;  ///< all tokens go through it; without data where the model has none
    Linear sharedGate;  ///< one row: the logit of the shared expert's weight
};

struct LayerWeights {
    std::vector<float> attentionNorm, ffnNorm;
    Linear query, key, value, attentionOutput;
    std::vector<float> queryNorm, keyNorm;  ///< a head long, or empty
    FeedForward dense;  ///< this or the mixture
    Mixture mixture;
};

/// What the forward pass reads: packed matrices by purpose, vectors as floats.
struct Variant::Weights {
    std::shared_ptr<const model::Model> model;  ///< keeps the mapped files that views point into
    Hyperparameters hyperparameters;
    std::vector<std::unique_ptr<std::byte[]>> packed;  ///< by tensor of the model; null where the file's own bytes are used
    std::uint64_t tensorBytes = 0;

    PackedMatrix embedding;
    std::vector<float> outputNorm;
    PackedMatrix output;  ///< the embedding itself when tied
    std::vector<LayerWeights> layers;
    std::optional<Rope> rope;
};

}  // namespace halftone::infer
