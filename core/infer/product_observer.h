// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace halftone::infer {

/// What goes into one matrix product: rows of `columns` activations, row after row.
struct ProductInput {
    std::string_view weight;  ///< the matrix's tensor: "blk.0.ffn_up.weight"
    std::span<const float> rows;
    std::size_t columns = 0;
    std::size_t expert = 0;  ///< of `experts` in a stack, which sees the rows routed to it alone
    std::size_t experts = 1;
};

/// Sees the inputs of the matrix products of a forward pass (Context::observe). Matrices that share an input are shown it
/// one after the other. Called on the thread that runs the pass; the input is gone afterwards.
class ProductObserver {
public:
    virtual ~ProductObserver() = default;
    virtual void observe(const ProductInput& input) = 0;
};

}  // namespace halftone::infer
