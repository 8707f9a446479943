// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/architecture.h"
#include "core/infer/routing.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::infer {

/// How rotary position embedding is stretched to contexts longer than the original one.
enum class RopeScaling { None, Linear, Yarn };

/// Rotary position embedding, named as GGUF's `rope.*` keys.
struct RopeParameters {
    RopePairing pairing = RopePairing::Neighbours;
    std::uint32_t dimensions = 0;  ///< leading elements of a head that turn; even
    double frequencyBase = 10000;
    RopeScaling scaling = RopeScaling::None;
    double factor = 1;  ///< of the context length; 1 without scaling
    double attentionFactor = 1;  ///< of cosines and sines, Yarn's own included
    double originalContext = 0;  ///< tokens; for Yarn
    double betaFast = 32, betaSlow = 1;  ///< turns over the original context that bound Yarn's ramp
    double extrapolation = 1;  ///< how much of Yarn's ramp counts; 0 is linear
};

/// Keys and values of all heads are made from one short vector, to which a rotated part of the keys is added (DeepSeek-V2,
/// 2024, multi-head latent attention).
struct LatentShape {
    std::uint32_t queryRank = 0;  ///< of the vector that queries are made from; 0: from the stream itself
    std::uint32_t rank = 0;  ///< of the vector that keys and values are made from
    std::uint32_t plainSize = 0, turningSize = 0;  ///< elements of a query's head that stay, and those behind them that turn
    std::uint32_t valueSize = 0;  ///< of one head, as it enters attn_output
    /// The cache holds those vectors themselves, as the key and the value of one head, and the queries are brought to them.
    bool absorbed = false;

    std::uint32_t headSize() const { return plainSize + turningSize; }
};

/// The numbers of a transformer. Read from metadata and limited: every product of two fits 64 bits with room.
struct Hyperparameters {
    std::string architecture;
    Architecture traits;
    std::uint32_t layers = 0;
    std::uint64_t width = 0;  ///< of the residual stream
    std::uint64_t ffnWidth = 0;
    std::uint64_t vocabulary = 0;
    std::uint64_t contextLength = 0;  ///< trained for
    std::uint32_t heads = 0, kvHeads = 0;  ///< heads is a multiple of kvHeads
    std::uint32_t keySize = 0, valueSize = 0;  ///< of one head, in the cache
    std::optional<LatentShape> latent;
    std::size_t experts = 0;  ///< 0: no mixture
    RoutingRule routing;  ///< of a mixture
    std::uint32_t denseLayers = 0;  ///< leading layers without a mixture
    std::uint64_t expertWidth = 0, sharedExpertWidth = 0;  ///< of one expert's hidden layer; of the shared one's, 0: none
    float normEpsilon = 1e-5f;
    bool parallel = false;  ///< attention and feed-forward network see the same stream
    float attentionScale = 1;  ///< of the product of query and key
    float attentionSoftCap = 0, outputSoftCap = 0;  ///< 0: none
    float embeddingScale = 1, residualScale = 1, logitScale = 1;
    std::uint64_t window = 0;  ///< tokens that a layer with a window sees, its own among them
    std::vector<bool> windowed;  ///< by layer, whether it has a window; empty: all see everything
    RopeParameters rope;
    std::optional<RopeParameters> windowRope;  ///< of layers with a window, where it differs

    bool isMixture(std::size_t layer) const { return experts > 0 && layer >= denseLayers; }
    bool hasWindow(std::size_t layer) const { return !windowed.empty() && windowed[layer]; }

    std::uint64_t queryWidth() const { return std::uint64_t(heads) * keySize; }
    std::uint64_t keyWidth() const { return std::uint64_t(kvHeads) * keySize; }
    std::uint64_t valueWidth() const { return std::uint64_t(kvHeads) * valueSize; }
    std::uint64_t attentionWidth() const { return std::uint64_t(heads) * valueSize; }
    /// Of what enters attn_output.
    std::uint64_t mixedWidth() const { return std::uint64_t(heads) * (latent ? latent->valueSize : valueSize); }
};

/// Missing optional keys get llama.cpp's defaults. Throws Error{Unsupported} for an architecture or a variant of it that
/// cannot be run, Error{Malformed} naming a key that is missing or out of range.
Hyperparameters readHyperparameters(const model::Model& model);

}  // namespace halftone::infer
