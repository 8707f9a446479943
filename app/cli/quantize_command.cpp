// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/write/quantize_file.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string model, out, importance;
    RecipeOptions recipe;
    bool requantize = false, strict = false;
};

void noteFallbacks(const model::Model& model, const plan::Plan& plan, const Console& console)
{
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (const auto& choice = plan.choices[i]; choice.fallback)
            console.note("note: " + model.tensors()[i].name + " becomes " + std::string(quant::name(choice.type)) + " instead of "
                         + std::string(quant::name(choice.wanted)) + ": its rows of " + std::to_string(model.tensors()[i].shape.columns())
                         + " weights are not whole blocks");
}

json reportJson(const write::Report& report, const std::string& out)
{
    json tensors = json::array();
    for (const auto& line : report.tensors)
        tensors.push_back({{"name", line.name}, {"type", quant::name(line.type)}, {"bytes", line.bytes}, {"rmse", line.rmse}});
    return {{"out", out}, {"bytes", report.bytes}, {"bits_per_weight", report.bitsPerWeight}, {"seconds", report.seconds},
            {"bound_by", report.boundBy}, {"tensors", std::move(tensors)}};
}

void quantizeModel(const Options& options, Console& console)
{
    const plan::Recipe recipe = recipeFrom(options.recipe);
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const plan::Plan plan = plan::makePlan(*model, recipe);
    noteFallbacks(*model, plan, console);
    std::optional<plan::ImportanceMatrix> importance;
    if (!options.importance.empty())
        importance = plan::readImportance(fromUtf8(options.importance));
    write::Report report;
    console.watch([&](Progress& progress) {
        report = write::quantizeFile(*model, plan, fromUtf8(options.out),
                                     {.importance = importance ? &*importance : nullptr, .requantize = options.requantize, .strict = options.strict},
                                     console.executor(), progress);
    });
    if (console.json())
        console.print(reportJson(report, options.out));
    else
        console.print(options.out + ": " + bytesText(report.bytes) + ", " + fixed(report.bitsPerWeight, 2) + " bits per weight, "
                      + fixed(report.seconds, 1) + " s, bound by " + report.boundBy);
}

}  // namespace

void addQuantize(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("quantize", "write a model with fewer bits");
    command->add_option("MODEL", options->model, "a .gguf file, any part of a split one, or a Hugging Face folder")->required();
    command->add_option("OUT", options->out, "the .gguf file to write")->required();
    addRecipeOptions(*command, options->recipe);
    command->add_option("--imatrix", options->importance, "an importance matrix (llama.cpp's GGUF format)");
    command->add_flag("--requantize", options->requantize, "allow a source that is quantized already");
    command->add_flag("--strict", options->strict, "refuse when a tensor cannot have the type it should get");
    command->callback([options, &chosen] { chosen = [options](Console& console) { quantizeModel(*options, console); }; });
}

}  // namespace halftone::cli
