// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_backend.h"
#include "app/cli/model_json.h"
#include "app/cli/recipe_options.h"
#include "app/cli/tensor_details.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/inspect/part.h"
#include "core/inspect/statistics.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

using nlohmann::json;

constexpr int kBins = 256;

json metadataJson(const model::Metadata& metadata)
{
    json object = json::object();
    for (const auto& entry : metadata.entries())
        object[entry.key] = valueJson(entry.value);
    return object;
}

json tensorJson(const model::Tensor& tensor)
{
    return {{"name", tensor.name},   {"shape", shapeJson(tensor.shape)},    {"type", quant::name(tensor.type)}, {"bytes", tensor.bytes()},
            {"layer", tensor.layer}, {"role", model::roleName(tensor.role)}};
}

json statisticsJson(const inspect::Statistics& s)
{
    return {{"min", s.min},     {"max", s.max},        {"mean", s.mean},
            {"std", s.std},     {"abs_max", s.absMax}, {"kurtosis", s.kurtosis},
            {"zeros", s.zeros}, {"count", s.count},    {"non_finite", s.nonFinite}};
}

json modelJson(const model::Model& model, const std::string& file)
{
    json tensors = json::array();
    for (const auto& tensor : model.tensors())
        tensors.push_back(tensorJson(tensor));
    json warnings = json::array();
    for (const model::Warning& warning : model.warnings())
        warnings.push_back(model::textOf(warning));
    return {{"file", file},
            {"format", model.format()},
            {"architecture", model.architecture()},
            {"name", model.name()},
            {"parameters", model.parameters()},
            {"bytes", model.fileBytes()},
            {"bits_per_weight", model.bitsPerWeight()},
            {"warnings", std::move(warnings)},
            {"metadata", metadataJson(model.metadata())},
            {"tensors", std::move(tensors)}};
}

std::string modelText(const model::Model& model)
{
    std::vector<std::vector<std::string>> rows{{"tensor", "shape", "type", "size"}};
    for (const auto& tensor : model.tensors())
        rows.push_back({tensor.name, shapeText(tensor.shape), std::string(quant::name(tensor.type)), bytesText(tensor.bytes())});
    return model.name() + ": " + model.architecture() + ", " + std::to_string(model.parameters()) + " parameters, "
        + bytesText(model.fileBytes()) + ", " + fixed(model.bitsPerWeight(), 2) + " bits per weight\n\n" + textTable(rows);
}

std::string statisticsText(const model::Tensor& tensor, const inspect::Statistics& s)
{
    const auto number = [](double value) { return fixed(value, 6); };
    return textTable({{"tensor", tensor.name},
                      {"shape", shapeText(tensor.shape)},
                      {"type", std::string(quant::name(tensor.type))},
                      {"weights", std::to_string(s.count)},
                      {"min", number(s.min)},
                      {"max", number(s.max)},
                      {"mean", number(s.mean)},
                      {"std", number(s.std)},
                      {"kurtosis", number(s.kurtosis)},
                      {"zeros", std::to_string(s.zeros)},
                      {"not finite", std::to_string(s.nonFinite)},
                      {"beyond 6 sigma", std::to_string(s.beyond6Sigma)}});
}

struct Options {
    std::string model, tensor;
    int expert = -1;
    bool channels = false, spectrum = false;
};

/// Reading a tensor takes the CPU no longer than sending it to a device would: one that is not asked for stays idle.
std::unique_ptr<backend::Backend> inspectingDevice(Console& console)
{
    return console.device().kind == DeviceChoice::Kind::Gpu ? openDevice(console) : nullptr;
}

/// The tensor that was asked for, or one expert's part of it.
model::Tensor chosenTensor(const model::Model& model, const Options& options)
{
    const model::Tensor* tensor = model.find(options.tensor);
    if (!tensor)
        throw Error(
            ErrorCode::Usage,
            {.problem = "there is no tensor " + options.tensor, .file = options.model, .advice = "inspect without --tensor lists them"});
    const std::uint64_t experts = inspect::stackedMatrices(*tensor);
    if (options.expert < 0)
        return *tensor;
    if (std::uint64_t(options.expert) >= experts)
        throw Error(ErrorCode::Usage,
                    {.problem = "there is no expert " + std::to_string(options.expert) + ": they are numbered from 0 and there are "
                         + std::to_string(experts),
                     .file = options.model,
                     .place = "tensor " + tensor->name});
    return inspect::stackedMatrix(*tensor, std::uint64_t(options.expert));
}

/// Adds what is known of one tensor to `object`; returns it as text.
std::string inspectTensor(const model::Tensor& tensor, const Options& options, Console& console, json& object)
{
    const auto device = inspectingDevice(console);
    std::string text;
    console.watch([&](Progress& progress) {
        progress.begin("reading", tensor.bytes(), Unit::Bytes);
        const auto seen = device && device->canInspect(tensor.type) ? device->inspect(tensor, kBins, progress)
                                                                    : inspect::inspect(tensor, kBins, console.executor(), progress);
        object["stats"] = statisticsJson(seen.statistics);
        object["histogram"] = {{"low", seen.histogram.low}, {"high", seen.histogram.high}, {"counts", seen.histogram.counts}};
        text = statisticsText(tensor, seen.statistics);
        if (options.channels) {
            const auto channels = inspect::channels(tensor, console.executor(), progress);
            object["channels"] = channelsJson(channels);
            text += "\n" + channelsText(channels);
        }
        if (options.spectrum) {
            const auto spectrum = inspect::spectrum(tensor, console.executor(), progress);
            object["spectrum"] = spectrumJson(spectrum);
            text += "\n" + spectrumText(spectrum);
        }
    });
    return text;
}

void inspectModel(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    json object = modelJson(*model, options.model);
    const std::string text =
        options.tensor.empty() ? modelText(*model) : inspectTensor(chosenTensor(*model, options), options, console, object);
    console.json() ? console.print(object) : console.print(text);
}

}  // namespace

void addInspect(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("inspect", "what is in a model file");
    command->add_option("MODEL", options->model, "a .gguf file, any part of a split one, or a Hugging Face folder")->required();
    CLI::Option* tensor = command->add_option("--tensor", options->tensor, "statistics and histogram of one tensor");
    command->add_option("--expert", options->expert, "only this one of the matrices that the tensor stacks, from 0")
        ->needs(tensor)
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--channels", options->channels, "also the rows and columns whose weights stand out")->needs(tensor);
    command->add_flag("--spectrum", options->spectrum, "also the singular values: how much of the matrix the first of them hold")
        ->needs(tensor);
    command->callback([options, &chosen] { chosen = [options](Console& console) { inspectModel(*options, console); }; });
}

}  // namespace halftone::cli
