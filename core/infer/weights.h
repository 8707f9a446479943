// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/hyperparameters.h"
#include "core/infer/matmul.h"
#include "core/infer/rope.h"
#include "core/infer/variant.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace halftone::infer {

/// A matrix and, where the model has one, the bias added to its product; or one matrix for each of several experts.
struct Linear {
    std::string name;  ///< of the matrix's tensor; empty for a part of one that another part names
    PackedMatrix weight;  ///< the first expert's
    std::size_t experts = 1;  ///< whose matrices follow one another
    std::vector<float> bias;  ///< of all experts, one after the other; empty: none

    PackedMatrix ofExpert(std::size_t expert) const;
    std::span<const float> biasOfExpert(std::size_t expert) const;
};

struct Norm {
    std::vector<float> weight, bias;  ///< no weight: what should be normalized stays as it is; no bias: none is added
};

struct FeedForward {
    Linear gate, up, down;  ///< no gate: a plain hidden layer
};

/// A feed-forward network of which each token uses a part.
struct Mixture {
    Linear router;  ///< one row for each expert
    std::vector<float> choiceBias;  ///< added to an expert's probability where it is chosen; or empty
    FeedForward experts;
    FeedForward shared;  ///< all tokens go through it; without data where the model has none
    Linear sharedGate;  ///< one row: the logit of the shared expert's weight
};

/// Of latent attention. A stack has one matrix for each head.
struct LatentWeights {
    Linear queryDown;  ///< without data where queries are made from the stream itself
    std::vector<float> queryNorm;
    Linear down;  ///< rank rows, and behind them the rotated part of the keys
    std::vector<float> norm;
    Linear up;  ///< for each head what does not turn of its key, then its value; where the cache holds keys and values
    Linear keyUp, valueUp;  ///< stacks that bring a query's head to the latents, and the latents' mean to a head's value
};

struct LayerWeights {
    Norm attentionNorm, ffnNorm;  ///< of what enters
    Norm attentionPostNorm, ffnPostNorm;  ///< of what leaves
    Linear query, key, value, attentionOutput;
    LatentWeights latent;  ///< in place of key and value
    std::vector<float> queryNorm, keyNorm;  ///< as long as what is one row, or empty
    std::vector<float> sinks;  ///< a logit for each head, or empty
    FeedForward dense;  ///< this or the mixture
    Mixture mixture;
};

/// A tensor made into another type, and all that its bytes depend on beside the model.
struct PackedTensor {
    std::shared_ptr<const std::byte[]> bytes;  ///< null where the file's own are used; may be shared between variants
    quant::Type type = quant::Type::F32;
    std::string importance;  ///< digest of the importance it was made with, "" for none
};

/// What the forward pass reads: packed matrices by purpose, vectors as floats.
struct Variant::Weights {
    std::shared_ptr<const model::Model> model;  ///< keeps the mapped files that views point into
    Hyperparameters hyperparameters;
    std::vector<PackedTensor> packed;  ///< by tensor of the model
    std::uint64_t tensorBytes = 0;

    PackedMatrix embedding;
    PackedMatrix positions;  ///< added to the embedding, one row a position; without data where the network rotates
    Norm outputNorm;
    PackedMatrix output;  ///< the embedding itself when tied
    std::vector<float> outputBias;  ///< or empty
    std::vector<LayerWeights> layers;
    std::optional<Rope> rope;
    std::optional<Rope> longRope;  ///< of contexts beyond the original one, where they turn in another way
    std::optional<Rope> windowRope;  ///< of layers with a window, where they turn in another way
};

}  // namespace halftone::infer
