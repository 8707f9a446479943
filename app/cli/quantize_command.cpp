// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_backend.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/write/check.h"
#include "core/write/quantize_file.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string model, out, importance;
    RecipeOptions recipe;
    bool requantize = false, strict = false, fresh = false, unverified = false;
};

void noteFallbacks(const model::Model& model, const plan::Plan& plan, const Console& console)
{
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (const auto& choice = plan.choices[i]; choice.fallback)
            console.note("note: " + model.tensors()[i].name + " becomes " + std::string(quant::name(choice.type)) + " instead of "
                         + std::string(quant::name(choice.wanted)) + ": its rows of " + std::to_string(model.tensors()[i].shape.columns())
                         + " weights are not whole blocks");
}

void noteGaps(const plan::ImportanceMatrix& importance, const Console& console)
{
    for (const auto& gap : importance.gaps)
        console.note("note: no token of the importance matrix's text reached expert " + std::to_string(gap.expert) + " of " + gap.tensor
                     + "; all its columns count alike");
}

/// Matrices that are quantized as if all their columns mattered alike, though there is an importance matrix.
void noteUnweighted(const model::Model& model, const plan::Plan& plan, const plan::ImportanceMatrix& importance, const Console& console)
{
    std::string first;
    std::size_t count = 0;
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        if (plan.choices[i].type == tensor.type || quant::info(plan.choices[i].type).isFloat() || !importance.find(tensor.name).empty())
            continue;
        if (count++ == 0)
            first = tensor.name;
    }
    if (count > 0)
        console.note("note: the importance matrix says nothing of " + first
                     + (count > 1 ? " and " + std::to_string(count - 1) + " more" : "") + "; all columns count alike there");
}

void warnOfRequantizing(const model::Model& model, const plan::Plan& plan, const Console& console)
{
    if (const std::size_t count = write::requantizedTensors(model, plan))
        console.note("warning: " + std::to_string(count) + (count == 1 ? " tensor is" : " tensors are")
                     + " quantized already and will be quantized again, which loses more than quantizing the original");
}

json reportJson(const write::Report& report, const std::string& out, const std::string& device)
{
    json tensors = json::array();
    for (const auto& line : report.tensors)
        tensors.push_back({{"name", line.name}, {"type", quant::name(line.type)}, {"bytes", line.bytes}, {"rmse", line.rmse}});
    return {{"out", out},
            {"bytes", report.bytes},
            {"bits_per_weight", report.bitsPerWeight},
            {"seconds", report.seconds},
            {"resumed_bytes", report.resumedBytes},
            {"bound_by", report.boundBy},
            {"device", device},
            {"verified", report.verified},
            {"tensor_hash", report.tensorHash},
            {"tensors", std::move(tensors)}};
}

void quantizeModel(const Options& options, Console& console)
{
    const plan::Recipe recipe = recipeFrom(options.recipe);
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    std::optional<plan::ImportanceMatrix> importance;
    plan::PlanOptions planOptions;
    if (!options.importance.empty()) {
        importance = plan::readImportance(fromUtf8(options.importance));
        planOptions = {.importance = true, .provenance = plan::provenanceOf(*importance)};
        noteGaps(*importance, console);
    }
    const plan::Plan plan = plan::makePlan(*model, recipe, planOptions);
    noteFallbacks(*model, plan, console);
    if (importance)
        noteUnweighted(*model, plan, *importance, console);
    if (options.requantize)
        warnOfRequantizing(*model, plan, console);
    const auto backend = openDevice(console);
    write::Report report;
    console.watch([&](Progress& progress) {
        report = write::quantizeFile(*model, plan, fromUtf8(options.out),
                                     {.importance = importance ? &*importance : nullptr,
                                      .backend = backend.get(),
                                      .requantize = options.requantize,
                                      .strict = options.strict,
                                      .resume = !options.fresh,
                                      .verify = !options.unverified},
                                     console.executor(), progress);
    });
    if (report.resumedBytes > 0)
        console.note("note: used " + bytesText(report.resumedBytes)
                     + " of tensors that an earlier run had finished; --restart makes them again");
    if (console.json())
        console.print(reportJson(report, options.out, nameOf(backend)));
    else
        console.print(options.out + ": " + bytesText(report.bytes) + ", " + fixed(report.bitsPerWeight, 2) + " bits per weight, "
                      + fixed(report.seconds, 1) + " s, bound by " + report.boundBy + " on " + nameOf(backend)
                      + (report.verified ? ", verified" : ""));
}

}  // namespace

void addQuantize(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("quantize", "write a model with fewer bits");
    command->add_option("MODEL", options->model, "a .gguf file, any part of a split one, or a Hugging Face folder")->required();
    command->add_option("OUT", options->out, "the .gguf file to write")->required();
    addRecipeOptions(*command, options->recipe);
    command->add_option("--imatrix", options->importance, "an importance matrix (llama.cpp's GGUF form or its older .dat)");
    command->add_flag("--restart,--fresh", options->fresh, "start over where an earlier run was killed, instead of using what it finished");
    command->add_flag("--no-verify", options->unverified, "do not read the file again and compare before it gets its name");
    command->add_flag("--requantize", options->requantize, "allow tensors that are quantized already to be quantized again");
    command->add_flag("--strict", options->strict, "refuse when a tensor cannot have the type it should get");
    command->callback([options, &chosen] { chosen = [options](Console& console) { quantizeModel(*options, console); }; });
}

}  // namespace halftone::cli
