// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/token/tokenizer.h"

#include <memory>
#include <span>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::infer {

class Accelerator;
struct ComparedPrediction;
struct DeviceShare;
class ProductObserver;
class Variant;

/// One running text: a KV cache and scratch memory over a shared Variant. Not thread safe; one per text.
class Context {
public:
    /// Room for `capacity` tokens; 0 means the model's own context length (at most 4096). `kvType`: what past keys and values are kept as.
    /// With an accelerator, which must live longer, evaluate() runs there as far as it can. Where it fails the CPU takes the text over and
    /// goes on. Everything else runs on the CPU.
    Context(std::shared_ptr<const Variant> variant, std::size_t capacity, const Executor& executor, KvType kvType = KvType::F16,
            Accelerator* accelerator = nullptr);
    ~Context();
    Context(Context&&) noexcept;
    Context& operator=(Context&&) noexcept;

    std::size_t position() const;  ///< tokens in the cache
    std::size_t capacity() const;
    void clear();
    /// Forgets everything after the first `length` tokens.
    void truncate(std::size_t length);

    /// Runs `tokens` after those in the cache and returns the logits of the last `wanted` of them, row by row
    /// (wanted x vocabulary). The span lives until the next call. Throws Error{Usage} when the cache is full,
    /// Error{Cancelled} through `progress`, which is advanced by tokens.
    std::span<const float> evaluate(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress);

    /// As evaluate(), but the logits stay on the device, for compare(). False where that cannot be: truncate() then, as the text may have
    /// grown or not, and evaluate.
    bool evaluateKept(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress);
    /// Rows that evaluateKept() can keep, 0 without a device that does.
    std::size_t mostKept(Progress& progress);
    /// What the device computes of this text now; it is asked for its share when the first tokens are run.
    DeviceShare deviceShare() const;
    /// What this context (x) and `other` (y) predicted, each in its last evaluateKept(), of the tokens that came. False where their
    /// devices cannot compare or have failed; then as with evaluateKept().
    bool compare(Context& other, std::span<const token::Id> targets, std::span<ComparedPrediction> out, Progress& progress);

    // The same in steps, for a whole text at once: embed(), runLayers() over all layers and project() give what evaluate() gives
    // in an empty cache. `stream` is the residual stream, tokens x width, of all tokens from the text's first one.

    /// The stream that enters layer 0.
    void embed(std::span<const token::Id> tokens, std::span<float> stream);
    /// Takes the stream from where it enters layer `first` to where it enters layer `last`. Empties the cache. `observer` may be
    /// null, and sees the products' inputs as in observe().
    void runLayers(std::span<float> stream, std::size_t first, std::size_t last, ProductObserver* observer, Progress& progress);
    /// The logits of rows of the stream behind the last layer. The span lives until the next call. The observer, if any, sees
    /// the input of the output matrix, by the name of the embedding where that takes its place.
    std::span<const float> project(std::span<const float> stream, ProductObserver* observer, Progress& progress);

    /// Runs `tokens` after those in the cache through every layer and shows `observer` the input of each matrix product; the
    /// output matrix's (as "output.weight", unless the embedding takes its place) when `withOutput`. No logits are made.
    /// Throws as evaluate() does, and what the observer throws.
    void observe(std::span<const token::Id> tokens, ProductObserver& observer, bool withOutput, Progress& progress);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace halftone::infer
