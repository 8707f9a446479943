// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

#include <cstdint>
#include <span>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::inspect {

/// How much of a tensor's packed bytes is information.
struct Compressibility {
    /// Shannon entropy, bits per weight: what an ideal coder would need that knows how often each code comes and nothing else.
    /// Of the codes where the type has them (its scales come on top); otherwise of the bytes: of each byte of a float by its
    /// place (sign and exponent apart from the mantissa's end), of all bytes of other blocks alike.
    double entropyBits = 0;
    bool ofCodes = false;
    /// Packed bytes over those that zstd makes of them at level 3; below 1 where it only adds its frame.
    double zstdRatio = 1;
    std::uint64_t zstdBytes = 0;  ///< packed bytes that zstd was shown: all, or 32 MiB spread evenly over a larger tensor
    bool sampled = false;  ///< zstdBytes is less than all
};

/// Shannon entropy of symbols that occur so often, bits per symbol; 0 where none does.
double entropyBits(std::span<const std::uint64_t> counts);

/// Reads every byte once, a few MiB at a time. The same result for any number of threads. Advances `progress` by bytes.
/// Throws Error{OutOfMemory | Cancelled}.
Compressibility compressibility(const model::Tensor& tensor, const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
