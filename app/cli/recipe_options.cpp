// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/recipe_options.h"

#include "app/cli/console.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/preset.h"
#include "core/token/tokenizer.h"

namespace halftone::cli {
namespace {

plan::Recipe presetRecipe(const std::string& name)
{
    const plan::Preset* preset = plan::findPreset(name);
    if (!preset) {
        std::string known;
        for (const auto& one : plan::presets())
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        throw Error(ErrorCode::Usage, {.problem = "there is no preset " + name, .advice = "known are " + known});
    }
    plan::Recipe recipe;
    recipe.name = recipe.base = std::string(preset->name);
    return recipe;
}

plan::Recipe recipeFile(const std::string& path)
{
    try {
        return plan::recipeFromJson(readTextFile(fromUtf8(path)));
    } catch (const Error& error) {
        throw error.inFile(path);
    }
}

plan::Recipe pureRecipe(const std::string& type)
{
    plan::Recipe recipe;
    recipe.name = std::string(quant::name(typeNamed(type)));
    recipe.base = "pure:" + recipe.name;
    return recipe;
}

}  // namespace

quant::Type typeNamed(const std::string& name)
{
    const quant::TypeInfo* type = quant::findType(name);
    if (!type)
        throw Error(ErrorCode::Usage, {.problem = "there is no type " + name, .advice = "Q4_K, Q8_0 and F16 are some"});
    if (!type->canQuantize)
        throw Error(ErrorCode::Usage, {.problem = "quantizing to " + std::string(type->name) + " is not there yet"});
    return type->type;
}

void addRecipeOptions(CLI::App& command, RecipeOptions& options)
{
    command.add_option("--type", options.type, "every matrix gets this type: Q4_K, Q8_0, ...");
    command.add_option("--preset", options.preset, "llama-quantize's mixture of this name: Q4_K_M, ...");
    command.add_option("--recipe", options.recipe, "a recipe file (JSON)");
    command.add_option("--override", options.overrides, "REGEX=TYPE for the tensors whose name matches; the first match decides")->allow_extra_args(false);
}

plan::Recipe recipeFrom(const RecipeOptions& options)
{
    if (int(!options.type.empty()) + int(!options.preset.empty()) + int(!options.recipe.empty()) != 1)
        throw Error(ErrorCode::Usage, {.problem = "exactly one of --type, --preset and --recipe is needed", .advice = "try --preset Q4_K_M"});
    plan::Recipe recipe = !options.preset.empty() ? presetRecipe(options.preset)
                        : !options.type.empty()   ? pureRecipe(options.type)
                                                  : recipeFile(options.recipe);
    std::vector<plan::Rule> rules;
    for (const auto& text : options.overrides) {
        const std::size_t equals = text.rfind('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(ErrorCode::Usage, {.problem = "--override " + text + " is not REGEX=TYPE", .advice = "try ffn_down=Q6_K"});
        rules.push_back({text.substr(0, equals), typeNamed(text.substr(equals + 1))});
    }
    recipe.rules.insert(recipe.rules.begin(), rules.begin(), rules.end());
    return recipe;
}

plan::Recipe recipeNamed(const std::string& fileOrName)
{
    if (plan::findPreset(fileOrName))
        return presetRecipe(fileOrName);
    if (quant::findType(fileOrName))
        return pureRecipe(fileOrName);
    plan::Recipe recipe = recipeFile(fileOrName);
    if (recipe.name.empty())
        recipe.name = toUtf8(fromUtf8(fileOrName).stem());
    return recipe;
}

std::vector<quant::Type> typesNamed(const std::vector<std::string>& names)
{
    std::vector<quant::Type> types;
    for (const std::string& name : names)
        types.push_back(typeNamed(name));
    return types;
}

std::shared_ptr<const model::Model> openModel(const std::string& path)
{
    try {
        return format::openModel(fromUtf8(path));
    } catch (const Error& error) {
        throw error.inFile(path);
    }
}

std::shared_ptr<const token::Tokenizer> tokenizerOf(const model::Model& model, const std::string& path)
{
    try {
        return token::Tokenizer::fromMetadata(model.metadata());
    } catch (const Error& error) {
        throw error.inFile(path);
    }
}

void noteWarnings(const model::Model& model, const Console& console)
{
    for (const model::Warning& warning : model.warnings())
        console.note("note: " + model::textOf(warning));
}

double bitsPerWeight(std::uint64_t bytes, std::uint64_t weights)
{
    return weights ? 8.0 * double(bytes) / double(weights) : 0;
}

}  // namespace halftone::cli
