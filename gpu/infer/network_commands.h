// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/routing.h"
#include "gpu/commands.h"
#include "gpu/infer/network_kernels.h"
#include "gpu/infer/weight_memory.h"

#include <cstdint>
#include <optional>

namespace halftone::gpu {

/// Rows of floats in a buffer.
struct Rows {
    Slice slice;
    std::uint32_t count = 0, width = 0;
};

/// What attention is asked, for tokens x heads queries.
struct AttentionStep {
    infer::KvType kvType;
    Slice queries, keys, values, out;
    Slice sinks = {};  ///< a logit for each head; no bytes: none
    std::uint32_t tokens, heads, kvHeads, keySize, valueSize;
    std::uint32_t position;  ///< of the first token
    std::uint32_t window = UINT32_MAX;  ///< positions that a token sees, its own among them
    float scale = 1, softCap = 0;  ///< 0: none
    Slice parts = {};  ///< partsBytes(valueSize) for what several work-groups make of a long past; no bytes: one makes it all

    static constexpr std::uint32_t kMostGroups = 512;  ///< that share the work: more are no faster
    static constexpr std::uint64_t partsBytes(std::uint64_t valueSize) { return 4 * kMostGroups * (valueSize + 2) * sizeof(float); }
    /// Queries that one work-group takes, of those that share keys and values: 1 or 4.
    std::uint32_t queriesOfGroup() const;
    /// Work-groups that share the past of these queries.
    std::uint32_t partCount() const;
};

/// Rows of heads and the cache that they join: positions x heads x cacheWords().
struct StoreStep {
    infer::KvType kvType;
    Slice rows, cache;
    std::uint32_t tokens, heads, headSize, position;
};

struct RotateStep {
    Slice rows, angles;  ///< cosines and behind them sines, capacity x pairs each
    std::uint32_t tokens, heads, headSize, pairs, position, capacity;
    infer::RopePairing pairing;
    std::uint32_t begin = 0;  ///< of a head: the first element that turns
};

/// Where a piece of a token's head lies, in floats: strides of tokens and of heads (0: the same for all), and the first one's place.
struct PieceLayout {
    std::uint32_t token, head = 0, begin = 0;
};

/// Pieces of heads, `width` elements each, from rows to rows that are laid out otherwise.
struct PieceStep {
    Slice from, to;
    std::uint32_t tokens, heads, width;
    PieceLayout source, target;
};

/// Two networks' logits (rows x vocabulary) and the tokens that came, as words. `results` has twelve floats a row, see compare.comp.
struct CompareStep {
    Slice x, y, targets, results;
    std::uint32_t rows, vocabulary;
};

/// Where each token's experts are named: tokens x used words.
struct Slots {
    Slice chosen;
    Slice groups = {};  ///< of each expert, groupStride words: how many slots, then which in their order; no bytes: not gathered
    std::uint32_t used = 0, experts = 0, groupStride = 0;
    bool ownInput = false;  ///< each slot has a row of x; otherwise all of a token's slots read the token's
};

/// A router's logits (tokens x experts) become the experts of each token and what their answers count.
struct RouteStep {
    Slice scores, chosen, shares;
    Slice choiceBias;  ///< no bytes: none
    std::uint32_t tokens;
    infer::RoutingRule rule;
};

/// The answers of each token's experts (tokens x used x width) become one row, with the shared expert's if there is one.
struct CombineStep {
    Slice answers, shares, sharedAnswers, sharedLogits, result;
    infer::SharedExpert shared;
    std::uint32_t tokens, used, width;
};

/// Records the steps of a network. None waits for another: barrier() stands between those that do.
class NetworkCommands {
public:
    NetworkCommands(NetworkKernels& kernels, Commands& commands) : m_kernels(kernels), m_commands(commands) {}

    /// out (tokens x matrix.rows) = matrix * x (tokens x matrix.columns) + bias; out's tokens from `firstResult` on.
    void multiply(const DeviceMatrix& matrix, const Slice& x, const Slice& out, std::uint32_t tokens, std::uint32_t firstResult = 0);
    /// out += share * (matrix * x + bias)
    void addProduct(const DeviceMatrix& matrix, const Slice& x, const Slice& out, std::uint32_t tokens, float share);
    /// out (tokens x used x matrix.rows): the products with the matrices of each token's experts.
    void multiplyExperts(const DeviceMatrix& experts, const Slice& x, const Slice& out, std::uint32_t tokens, const Slots& slots);
    /// Whether so many tokens are better gathered by expert, so that its matrices are read once for all of them.
    static bool groupingPays(std::uint32_t tokens, const Slots& slots);
    /// Writes slots.groups.
    void group(const Slots& slots, std::uint32_t tokens);
    void route(const RouteStep& step);
    void combine(const CombineStep& step);
    /// The rows of `x` from `firstRow` on, as many as `out` has; it may be `x` where that is 0.
    void normalize(const DeviceNorm& norm, infer::NormKind kind, float epsilon, const Slice& x, const Rows& out,
                   std::uint32_t firstRow = 0);
    void rotate(const RotateStep& step);
    void copyPieces(const PieceStep& step);
    void store(const StoreStep& step);
    /// A long past is seen in parts, with a barrier before they are joined.
    void attend(const AttentionStep& step);
    /// hidden = activation(hidden) * factor; without a factor (no bytes) GELU alone.
    void activate(infer::Activation activation, const Slice& hidden, const Slice& factor, std::uint32_t count);
    /// y += scale * x
    void add(const Slice& y, const Slice& x, float scale, std::uint32_t count);
    /// x = cap * tanh(scale * x / cap), or scale * x without a cap (0), for `count` elements from `first` on.
    void cap(const Slice& x, float scale, float cap, std::uint32_t first, std::uint32_t count);
    void compare(const CompareStep& step);

    void copy(const Slice& from, const Slice& to) { m_commands.copy(from, to); }
    void barrier() { m_commands.barrier(); }

private:
    struct Target {
        Slice slice;
        std::uint32_t first = 0;  ///< token
        float share = 0;  ///< that is added to what is there; 0: the product takes its place
    };
    void dispatchProduct(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t tokens);
    void dispatchTiles(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t tokens, const Slots& slots);
    void dispatchVectors(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t vectors, const Slots& slots);
    /// Writes NetworkKernels::rounded(). False, and nothing done, where the matrix is multiplied with floats or there is no room.
    bool roundVectors(const DeviceMatrix& matrix, const Slice& x, std::uint64_t vectors);
    /// Something must be bound where nothing is read.
    Slice orTables(const Slice& slice) const { return slice.bytes ? slice : m_kernels.tables(); }

    NetworkKernels& m_kernels;
    Commands& m_commands;
};

}  // namespace halftone::gpu
