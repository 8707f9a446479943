// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/statistics.h"
#include "core/quant/type.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::backend {

/// Weights as their file has them: whole blocks.
struct Packed {
    quant::Type type = quant::Type::F32;
    std::span<const std::byte> bytes = {};
};

/// Rows that become rows of a type.
struct Rows {
    quant::Type type;  ///< what they become
    std::span<const float> weights;  ///< whole rows, finite; empty where they come packed
    std::size_t columns;  ///< of a row: whole blocks of the types. Without importance any run of blocks will do as one row
    std::span<const float> importance = {};  ///< empty, or one non-negative weight per column, used for every row
    Packed packed = {};  ///< whole rows that are unpacked where they are quantized

    std::size_t count() const;  ///< weights
    /// Those of [first, first + count), unpacked into `scratch` where they are not there as floats. Throws Error{Malformed} where a
    /// packed one is no finite number.
    std::span<const float> run(std::size_t first, std::size_t count, std::vector<float>& scratch) const;
};

/// Where the work on whole arrays is done: the processor, or a device that gives the same bytes. It belongs to one thread at a time.
class Backend {
public:
    virtual ~Backend() = default;

    /// As the user knows it: "CPU", "NVIDIA GeForce RTX 3060".
    virtual std::string name() const = 0;
    /// Whether quantize() makes this type here. May compile and try a kernel at the first question.
    virtual bool canQuantize(quant::Type type, bool importance) = 0;
    /// As quant::quantize(), the same bytes: `packed` has exactly the rows' bytes. Requires canQuantize(). Stops within 100 ms of a cancel.
    /// Throws Error{Cancelled | Usage}, Error{Malformed} where a packed weight is no finite number, and of a device Error{System |
    /// OutOfMemory}.
    virtual void quantize(const Rows& rows, std::span<std::byte> packed, Progress& progress) = 0;
    /// Whether dequantize() knows this type. May compile and try a kernel at the first question.
    virtual bool canDequantize(quant::Type type) = 0;
    /// As quant::dequantize(), the same floats, NaN for NaN. Requires canDequantize(). Throws as quantize().
    virtual void dequantize(const Packed& packed, std::span<float> out, Progress& progress) = 0;
    /// Whether inspect() knows this type. May compile and try kernels at the first question.
    virtual bool canInspect(quant::Type type) = 0;
    /// As inspect::inspect(): sums within 1e-3 of their size, and in the bins the same weights but for some at the border of two. Throws as
    /// quantize().
    virtual inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) = 0;
};

}  // namespace halftone::backend
