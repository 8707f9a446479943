// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/plan/recipe.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace halftone::model {
class Model;
}
namespace halftone::token {
class Tokenizer;
}

namespace halftone::cli {

class Console;

/// --type, --preset, --recipe and --override as typed.
struct RecipeOptions {
    std::string type, preset, recipe;
    std::vector<std::string> overrides;   ///< "REGEX=TYPE"

    bool given() const { return !type.empty() || !preset.empty() || !recipe.empty(); }
};

void addRecipeOptions(CLI::App& command, RecipeOptions& options);
/// The recipe they mean. Throws Error{Usage} for none, several, or an unknown name.
plan::Recipe recipeFrom(const RecipeOptions& options);
/// A type that can be made here. Throws Error{Usage} for another name.
quant::Type typeNamed(const std::string& name);
/// A recipe file's own, a preset's or a type's name.
plan::Recipe recipeNamed(const std::string& fileOrName);

/// Throws Error{Usage} for a name that is no type or one that cannot be made.
std::vector<quant::Type> typesNamed(const std::vector<std::string>& names);

std::shared_ptr<const model::Model> openModel(const std::string& path);
/// The model's own. Throws Error naming `path` where it has none.
std::shared_ptr<const token::Tokenizer> tokenizerOf(const model::Model& model, const std::string& path);
/// What the reader is not sure of, one note each.
void noteWarnings(const model::Model& model, const Console& console);
double bitsPerWeight(std::uint64_t bytes, std::uint64_t weights);

}  // namespace halftone::cli
