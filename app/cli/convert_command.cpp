// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/quantizable.h"
#include "core/write/quantize_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, out, type;
};

/// The float type that was asked for, else the source's own, else F16.
quant::Type targetType(const model::Model& model, const std::string& asked)
{
    if (!asked.empty())
        return quant::findType(asked)->type;  // the option checks the name
    const quant::Type own = model.mainType();
    return own == quant::Type::F32 || own == quant::Type::BF16 ? own : quant::Type::F16;
}

/// All matrices alike. Where they are so already the output says nothing of a recipe.
plan::Recipe conversionTo(quant::Type type, const model::Model& model)
{
    const bool done = std::ranges::all_of(model.tensors(),
                                          [&](const model::Tensor& tensor) { return tensor.type == type || !plan::quantizable(tensor); });
    plan::Recipe recipe;
    recipe.base = done ? "source" : "pure:" + std::string(quant::name(type));
    return recipe;
}

void convertModel(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const quant::Type type = targetType(*model, options.type);
    const plan::Plan plan = plan::makePlan(*model, conversionTo(type, *model));
    write::Report report;
    console.watch([&](Progress& progress) {
        // Unpacking a quantized source loses nothing more.
        report = write::quantizeFile(*model, plan, fromUtf8(options.out), {.requantize = true}, console.executor(), progress);
    });
    if (console.json())
        console.print(
            nlohmann::json{{"out", options.out}, {"bytes", report.bytes}, {"type", quant::name(type)}, {"seconds", report.seconds}});
    else
        console.print(options.out + ": " + std::string(quant::name(type)) + ", " + bytesText(report.bytes));
}

}  // namespace

void addConvert(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("convert", "write a model as a GGUF without quantizing it");
    command->add_option("MODEL", options->model, "a .gguf file or a Hugging Face folder")->required();
    command->add_option("OUT", options->out, "the .gguf file to write")->required();
    command->add_option("--type", options->type, "F16, BF16 or F32 (the source's own where nothing is said)")
        ->check(CLI::IsMember({"F16", "BF16", "F32"}, CLI::ignore_case));
    command->callback([options, &chosen] { chosen = [options](Console& console) { convertModel(*options, console); }; });
}

}  // namespace halftone::cli
