// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_cache.h"

#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace halftone {
class Executor;
}

namespace halftone::infer {

/// Causal grouped-query attention over a KvCache, parallel over heads and blocks of tokens, a few tiles of positions at a time
/// with a running softmax (Milakov and Gimelshein 2018; Dao et al. 2022): scratch memory is the same for any length of text. Keeps its scratch memory
/// between calls; one caller at a time.
class Attention {
public:
    explicit Attention(const Hyperparameters& hyperparameters);

    /// queries: tokens x heads x keySize, out: tokens x heads x valueSize, for the tokens at `position` and after, whose
    /// keys and values are in the cache already. Each token sees itself and all before it, as far as the layer's window reaches.
    /// `sinks`: for each head the logit of something that is seen beside the tokens and has no value (Xiao et al. 2023, with a
    /// learned logit: gpt-oss); empty: none.
    void run(const KvCache& cache, std::size_t layer, std::size_t position, std::span<const float> queries, std::span<const float> sinks,
             std::span<float> out, const Executor& executor);

private:
    struct Block;
    /// The softmax of a query row as far as it has come: weights are relative to exp(largest).
    struct Running {
        float largest, total;
    };
    struct Scratch {
        std::vector<float> tile, scores, queries, sums;
        std::vector<Running> running;
    };

    /// The first position that the token at `position` sees.
    std::size_t firstSeen(std::size_t layer, std::size_t position) const;
    void weigh(std::span<float> scores, std::size_t begin, std::size_t end, Running& running, std::span<float> sums) const;
    std::unique_ptr<Scratch> takeScratch();
    void giveScratch(std::unique_ptr<Scratch> scratch);
    void gatherQueries(const Block& block, std::span<const float> queries, Scratch& scratch) const;
    void score(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const;
    void addValues(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const;
    void runTiles(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const;
    void runBlock(const KvCache& cache, const Block& block, std::span<const float> queries, std::span<float> out, Scratch& scratch) const;

    std::size_t m_heads, m_kvHeads, m_keySize, m_valueSize;
    float m_scale, m_softCap;
    std::vector<std::size_t> m_windows;  ///< by layer: positions that a token sees, its own among them
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Scratch>> m_free;
};

}  // namespace halftone::infer
