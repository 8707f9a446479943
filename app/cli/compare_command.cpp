// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/infer/accelerator.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/packed_tensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace halftone::cli {
namespace {

struct Options {
    std::string model;
    std::vector<std::string> recipes{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};
    GenerationOptions generation;
    int width = 120;
};

struct Column {
    std::string name;
    std::uint64_t bytes = 0;
    infer::Generation generation;
    int firstDifference = -1;  ///< token at which it leaves the original's text, -1 when it never does
};

int firstDifference(const infer::Generation& a, const infer::Generation& b)
{
    const auto [at, other] = std::ranges::mismatch(a.tokens, b.tokens, {}, &infer::GeneratedToken::id, &infer::GeneratedToken::id);
    return at == a.tokens.end() && other == b.tokens.end() ? -1 : int(at - a.tokens.begin());
}

/// A recipe applied to the model.
struct Version {
    std::string name;
    plan::Plan plan;
    std::uint64_t packed = 0;  ///< bytes that it takes in memory, alone
};

std::vector<Version> planVersions(const Options& options, const model::Model& model)
{
    std::vector<Version> versions;
    for (const auto& one : options.recipes) {
        const plan::Recipe recipe = recipeNamed(one);
        versions.push_back({recipe.name, plan::makePlan(model, recipe)});
        plan::PackedTensors none;
        versions.back().packed = plan::addPacked(model, versions.back().plan, none);
    }
    return versions;
}

std::vector<Column> writeColumns(Options options, Console& console)
{
    const auto model = openModel(options.model);
    const auto tokenizer = tokenizerOf(*model, options.model);
    const std::vector<Version> versions = planVersions(options, *model);
    const auto largest = std::ranges::max_element(versions, {}, &Version::packed);
    readPrompt(options.generation, *model, *tokenizer, largest == versions.end() ? 0 : largest->packed);
    const auto accelerator = openAccelerator(console, gpu::TextUse::Write);
    std::vector<Column> columns;
    console.watch([&](Progress& progress) {
        const auto add = [&](std::string name, std::uint64_t bytes, const std::shared_ptr<const infer::Variant>& variant) {
            auto generation = continuePrompt(variant, *tokenizer, options.generation, {}, console.executor(), progress, accelerator.get());
            columns.push_back({std::move(name), bytes, std::move(generation), -1});
            columns.back().firstDifference = firstDifference(columns.front().generation, columns.back().generation);
        };
        std::vector last{infer::Variant::original(model, console.executor(), progress)};
        add("original", model->fileBytes(), last[0]);
        for (const Version& version : versions) {  // tensors that the one before has alike are kept, its others given back first
            last = {infer::Variant::prepare(model, version.plan, nullptr, console.executor(), progress, std::move(last))};
            add(version.name, version.plan.fileBytes, last[0]);
        }
    });
    return columns;
}

void compareRecipes(const Options& options, Console& console)
{
    const auto columns = writeColumns(options, console);
    if (console.json()) {
        auto variants = nlohmann::json::array();
        for (const auto& column : columns)
            variants.push_back({{"name", column.name},
                                {"bytes", column.bytes},
                                {"text", column.generation.text},
                                {"first_difference", column.firstDifference},
                                {"tokens_per_second", column.generation.tokensPerSecond}});
        console.print(nlohmann::json{{"variants", std::move(variants)}});
        return;
    }
    std::vector<std::string> titles;
    std::vector<std::string> texts;
    for (const auto& column : columns) {
        titles.push_back(column.name + " " + bytesText(column.bytes)
                         + (column.firstDifference < 0 ? "" : ", differs from token " + std::to_string(column.firstDifference)));
        texts.push_back(options.generation.prompt + column.generation.text);
    }
    console.print(sideBySide(titles, texts, options.width));
}

}  // namespace

void addCompare(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("compare", "the original and its quantized versions continue one text");
    command->add_option("MODEL", options->model, "a .gguf file or a Hugging Face folder")->required();
    command->add_option("--recipes", options->recipes, "recipe files, presets or types")->expected(1, 16);
    addGenerationOptions(*command, options->generation);
    addKvType(*command, options->generation.kvType, "every version's");
    command->add_option("--width", options->width, "characters of the table")->check(CLI::Range(40, 1000));
    command->callback([options, &chosen] { chosen = [options](Console& console) { compareRecipes(*options, console); }; });
}

}  // namespace halftone::cli
