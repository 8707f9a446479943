// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/text_windows.h"
#include "core/infer/kv_type.h"
#include "core/token/tokenizer.h"

#include <cstdint>
#include <memory>
#include <span>

namespace halftone {
class Executor;
class Progress;
}
namespace halftone::infer {
class Accelerator;
class Variant;
}

namespace halftone::evaluate {

struct Perplexity {
    double perplexity = 0;   ///< exp(nll)
    double error = 0;        ///< one standard error of the perplexity
    double nll = 0;          ///< mean negative log-likelihood, nats per token
    std::uint64_t tokens = 0;   ///< scored
    double seconds = 0;
};

/// KL(base || quantized) of the next-token distributions over the scored positions, nats.
struct Divergence {
    double meanKld = 0, meanKldError = 0, medianKld = 0, p99Kld = 0, maxKld = 0;
    double top1Agreement = 0;    ///< share of positions with the same most probable token, 0..1
    Perplexity base, quantized;
};

/// `tokens` is the whole text without BOS; `kvType`: what the variant's past is kept as. Runs on the accelerator as far as it can, if
/// there is one. Progress counts tokens. Throws Error{Usage} for a text shorter than one window.
Perplexity perplexity(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, std::span<const token::Id> tokens,
                      const Windows& windows, const Executor& executor, Progress& progress, infer::KvType kvType = infer::KvType::F16,
                      infer::Accelerator* accelerator = nullptr);

/// Runs both in step, window by window: no logit file, memory of one window of each. `kvType` is the quantized one's; the base's past is
/// kept as halves, so that what fewer bits there cost is seen too.
Divergence divergence(const std::shared_ptr<const infer::Variant>& base, const std::shared_ptr<const infer::Variant>& quantized,
                      const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows, const Executor& executor,
                      Progress& progress, infer::KvType kvType = infer::KvType::F16, infer::Accelerator* accelerator = nullptr);

}  // namespace halftone::evaluate
