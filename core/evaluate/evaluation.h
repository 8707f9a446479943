// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/figures.h"
#include "core/infer/accelerator.h"

#include <cstdint>
#include <string>
#include <vector>

namespace halftone::evaluate {

/// One row of an evaluation.
struct EvaluatedVariant {
    std::string name;  ///< "Q4_K_M", a recipe's or a file's; without folders
    int bits = 16;  ///< of the type that holds most weights
    std::uint64_t bytes = 0;  ///< of its file
    double bitsPerWeight = 0;
    double decodeMs = 0;  ///< milliseconds a token; 0: not measured
    infer::DeviceShare share = {};  ///< of its network, in the last run that measured it
    std::uint64_t windows = 0;  ///< measured so far
    Figures figures = {};  ///< of these windows; tokens is 0 where there are none
};

/// Variants of a model measured on the same text. The first is the original.
struct Evaluation {
    std::string model, text;  ///< their names, without folders
    std::uint64_t window = 0;  ///< tokens
    std::uint64_t windows = 0;  ///< that the text has; a variant with fewer is not complete
    std::int64_t created = 0;  ///< seconds since 1970, UTC
    std::string device = {};  ///< the name of that which computed what it could; empty: the CPU alone
    std::vector<EvaluatedVariant> variants = {};

    bool complete() const
    {
        for (const EvaluatedVariant& variant : variants)
            if (variant.windows < windows)
                return false;
        return true;
    }
};

/// All figures, curves included, as one JSON document.
std::string toJson(const Evaluation& evaluation);
/// One line for each variant behind a header line (RFC 4180, decimal points).
std::string toCsv(const Evaluation& evaluation);
/// One page with tables and plots that needs nothing else: no script, no other file, no folder's name.
std::string toHtml(const Evaluation& evaluation);

}  // namespace halftone::evaluate
