// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace halftone::app {

struct ComparisonRequest;

/// What a comparison adds to the memory, in bytes, told before any of it is made. Tensors that keep their type stay in the file;
/// those that several columns pack alike, and those that known variants have, count once or not at all.
struct MemoryNeed {
    std::uint64_t weights = 0;  ///< packed tensors of all columns
    std::uint64_t texts = 0;  ///< keys and values, activations and logits of all columns
    std::uint64_t largest = 0;  ///< weights and text of the column that takes most
    std::uint64_t largestWeights = 0;  ///< its weights
    /// The same on a device, which holds all weights of each column: about, and rather too much.
    std::uint64_t onDevice = 0, largestOnDevice = 0;

    std::uint64_t together() const { return weights + texts; }
};

/// For columns that each hold a text of `capacity` tokens.
MemoryNeed memoryNeed(const ComparisonRequest& request, std::size_t capacity);

/// Whether all columns, each with a text of `capacity` tokens, can be in memory at once; false: one after another. `memory`: bytes
/// that may be taken, 0 if unknown. Throws Error{OutOfMemory} where not even one column fits, with what it needs, what there is and
/// how many tokens would fit.
bool fitTogether(const MemoryNeed& need, const ComparisonRequest& request, std::size_t capacity, std::uint64_t memory);

/// Whether all columns should be on a device with so many bytes free (0: unknown) at once; false: each finds room, but not beside the
/// others. Where not even one does the CPU has to help anyway.
bool shareDevice(const MemoryNeed& need, std::uint64_t free);

}  // namespace halftone::app
