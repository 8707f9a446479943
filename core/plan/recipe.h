// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::plan {

/// "Tensors whose name matches this pattern get this type": llama-quantize's --tensor-type.
struct Rule {
    std::string pattern;   ///< regular expression (PCRE2 syntax), searched anywhere in the name, letter case ignored
    quant::Type type;
    friend bool operator==(const Rule&, const Rule&) = default;
};

/// Which format each tensor gets: a value that the plan screen edits, undo keeps, a .json file stores, and writer and
/// preview consume. What decides, strongest first: `exact`, then the first of `rules` that matches, then `base`.
struct Recipe {
    std::string name = {};                     ///< for people: "Q4_K_M", "my plan"
    /// A preset's name ("Q4_K_M": llama-quantize's own mixture), a type's name behind "pure:" ("pure:Q4_K": every matrix
    /// alike), or "source" (every tensor keeps its type).
    std::string base = "source";
    std::vector<Rule> rules = {};
    std::map<std::string, quant::Type> exact = {};  ///< by tensor name; these choices are the user's own hand
    std::set<std::string> pins = {};           ///< tensors that presets and budgets must leave alone
    friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// The JSON document of a recipe file (format "halftone-recipe", version 1), and back. Throws Error{Malformed} with the
/// key named. Unknown keys are refused, so a typing error is never ignored silently.
std::string toJson(const Recipe& recipe);
Recipe recipeFromJson(std::string_view json);

/// The same document in one line, for the metadata of a model file: without pins, and without folders in the name.
std::string toEmbeddedJson(const Recipe& recipe);
/// Bytes that one more entry of `exact` adds to toEmbeddedJson() of a recipe that has entries already.
std::uint64_t embeddedChoiceBytes(const std::string& tensor, quant::Type type);

}  // namespace halftone::plan
