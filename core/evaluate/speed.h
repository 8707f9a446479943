// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/quant/type.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
class Model;
}
namespace halftone::infer {
class Accelerator;
class Context;
class Variant;
}  // namespace halftone::infer

namespace halftone::evaluate {

/// What a type costs in time on this machine, with the executor's threads. Each is the best of several runs that together
/// take some tenths of a second, or of one where that takes longer.
struct Speed {
    std::optional<double> quantizeBytesPerSecond;  ///< bytes of the source's tensors made into the type; empty where nothing changes
    double decodeTokensPerSecond = 0;  ///< one token after the other, near the beginning of a text
    double promptTokensPerSecond = 0;  ///< a batch of up to 256 tokens
    std::uint64_t tensorBytes = 0;  ///< packed
    bool onDevice = false;  ///< an accelerator computed all of it, from the first layer to the logits
};

/// Runs the model with every matrix made into `type` (where its rows fit), in memory. Throws Error{Unsupported} for a model
/// that cannot be run, Error{Usage} for a type that cannot be made, Error{Cancelled}. With an accelerator tokens are computed there as far
/// as it can; types are made by the CPU.
Speed measureSpeed(const std::shared_ptr<const model::Model>& model, quant::Type type, const Executor& executor, Progress& progress,
                   infer::Accelerator* accelerator = nullptr);

/// Milliseconds a token, one after the other near the beginning of a text: the best of several runs of eight.
double decodeMilliseconds(const std::shared_ptr<const infer::Variant>& variant, const Executor& executor, Progress& progress,
                          infer::KvType kvType = infer::KvType::F16, infer::Accelerator* accelerator = nullptr);
/// The same in a context that is empty before and after; of fewer than eight where it has no room for twice as many. `progress` is only
/// asked whether to go on.
double decodeMilliseconds(infer::Context& context, std::uint64_t vocabulary, Progress& progress);

/// Bytes a second that all threads together read from memory far larger than the caches (512 MiB), the best of five sweeps: the
/// bound of decoding, which reads the packed weights once for each token.
double memoryBandwidth(const Executor& executor);

}  // namespace halftone::evaluate
