// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/executor.h"
#include "core/infer/attention.h"
#include "core/infer/weights.h"
#include "core/token/tokenizer.h"

#include <algorithm>
#include <string_view>

namespace halftone {
class Progress;
}

namespace halftone::infer {

class ProductObserver;

/// Tokens of a batch at most.
inline constexpr std::size_t kLongestBatch = 512;
/// Tokens whose product with a matrix of `weights` weights keeps a cancel waiting less than 100 ms.
std::size_t batchFor(std::uint64_t weights);
/// How heads turn in a text of up to `capacity` tokens; null where nothing turns.
const Rope* ropeFor(const Variant::Weights& weights, std::size_t capacity);

/// The one forward pass of all architectures: what a Context holds. Buffers hold one batch, row by row; x is the residual
/// stream. Not thread safe.
struct ForwardPass {
    ForwardPass(std::shared_ptr<const Variant> variant, std::size_t capacity, KvType kvType, const Executor& executor);

    /// x = the embeddings of `tokens`, the first of which stands at `from`.
    void embed(std::span<const token::Id> tokens, std::size_t from);
    /// For the `tokens` positions from `position` on.
    void computeAngles(std::size_t tokens);
    /// One layer over the batch in x; the last `wanted` rows are brought up to date, the others only leave their keys and
    /// values. (Only the last layer wants fewer rows than there are.)
    void runLayer(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress);
    /// embed() and all layers.
    void run(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress);
    /// Final norm and the logits of `stream`, a few rows at a time, because the output matrix can be far larger than the others.
    void project(std::span<const float> stream, std::span<float> out, Progress& progress);
    /// Shows the observer what would enter the output matrix, unless the embedding takes its place.
    void showOutputInput(std::size_t tokens);

    std::shared_ptr<const Variant> variant;
    const Hyperparameters& h;
    const Variant::Weights& w;
    const Executor& executor;
    KvCache cache;
    Attention attention;
    const Rope* rope;  ///< the one for this capacity; null where nothing turns
    std::size_t batch;  ///< tokens at a time
    std::size_t position = 0;  ///< of the batch's first token
    ProductObserver* observer = nullptr;  ///< sees the products' inputs where there is one
    std::vector<float> x, logits;

private:
    void attend(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress);
    void storeKeysAndValues(std::size_t layer, std::size_t tokens);
    void makeKeysAndValues(const LayerWeights& weights, Progress& progress);
    void makeQueries(const LayerWeights& weights, std::size_t first, Progress& progress);
    void makeLatentKeysAndValues(const LatentWeights& latent);
    void makeLatentQueries(const LayerWeights& weights, Progress& progress);
    void expandValues(const LatentWeights& latent);
    void feedForward(std::size_t layer, std::span<const float> input, std::span<float> stream, Progress& progress);
    void runNetwork(const FeedForward& network, std::size_t expert, Progress& progress);
    void runMixture(const Mixture& mixture, Progress& progress);
    void addSharedExpert(const Mixture& mixture, std::span<const float> input, Progress& progress);
    std::string_view outputName() const { return w.output.data == w.embedding.data ? "token_embd.weight" : "output.weight"; }

    void apply(const Linear& linear, std::vector<float>& out, std::size_t expert = 0);
    void addProductTo(std::span<float> stream, const Norm& norm);
    void normalize(std::span<const float> stream, const Norm& norm);
    void normalizeRow(std::span<const float> row, const Norm& norm, std::span<float> out) const;
    void normalizeHeads(std::span<float> rows, std::span<const float> weight) const;
    void activate(std::span<float> hidden, std::span<const float> factor) const;
    void finishLogits(std::span<float> rows) const;

    struct Angles {
        std::vector<float> cosine, sine;  ///< tokens x pairs
    };
    void computeAngles(const Rope& turning, std::size_t tokens, Angles& out) const;
    void rotateHeads(std::span<float> rows, std::size_t heads, std::size_t layer, std::size_t firstToken) const;
    /// body(row) for each, on several threads where that pays.
    template <class Body>
    void forRows(std::size_t rows, std::size_t width, const Body& body) const
    {
        constexpr std::size_t kElementsPerTask = 1 << 14;
        const std::size_t grain = std::max<std::size_t>(1, kElementsPerTask / std::max<std::size_t>(1, width));
        executor.forRanges(rows, grain, [&](std::size_t begin, std::size_t end) {
            for (std::size_t row = begin; row < end; ++row)
                body(row);
        });
    }

    Activations activations;
    std::vector<float> normalized, queries, keys, values, mixed, gate, up, product;
    std::vector<float> entering;  ///< the stream before attention, where the feed-forward network sees that
    Angles angles, windowAngles;
    std::vector<float> scores, gathered, sum;  ///< of a mixture
};

}  // namespace halftone::infer
