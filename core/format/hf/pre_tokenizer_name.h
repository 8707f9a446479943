// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/tokenizer_json.h"

#include <string>
#include <string_view>

namespace halftone::format::hf {

/// GGUF does not hold a tokenizer's rule for cutting text into words, only a name that engines know a rule by.
struct PreTokenizerName {
    std::string name;  ///< for tokenizer.ggml.pre
    bool certain = true;  ///< false: the file declares a rule that no known name stands for, and "default" stands in
};

/// The name whose rule is the one that tokenizer.json declares. llama.cpp's converter tells it from a hash of how one fixed
/// text comes out; here the declared rule itself is compared, so a model with another vocabulary but the same rule is known
/// too. Where several names share a rule, `modelType` of config.json and the vocabulary decide.
PreTokenizerName preTokenizerName(const TokenizerJson& tokenizer, std::string_view modelType);

}  // namespace halftone::format::hf
