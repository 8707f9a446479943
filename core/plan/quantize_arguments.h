// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"

#include <string>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::plan {

/// A plan in the words of llama.cpp's llama-quantize: `llama-quantize OPTIONS SOURCE OUT BASE`.
struct QuantizeArguments {
    std::vector<std::string> options;  ///< "--tensor-type", "^blk\.(0|3)\.attn_v\.weight$=Q6_K", ...
    std::string base;  ///< a preset's name, "Q8_0" under the options, or "COPY"
};

/// Arguments with which llama-quantize gives every tensor the plan's type. A preset stands alone where it alone says the plan;
/// otherwise the base is Q8_0, whose mixture changes nothing, and each tensor is matched by one pattern at most: which of
/// several wins, and whether a pattern moves the mixture of other layers, differs between llama.cpp's releases.
/// `options` are those the plan was made with.
QuantizeArguments quantizeArguments(const model::Model& model, const Plan& plan, const PlanOptions& options = {});

/// One line for a POSIX shell. `importance` is the matrix's file, or empty.
std::string quantizeCommand(const QuantizeArguments& arguments, const std::string& source, const std::string& out,
                            const std::string& importance = {});

}  // namespace halftone::plan
