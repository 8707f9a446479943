// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/evaluate/collect_importance.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance_file.h"
#include "core/plan/importance_statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string model, text, out, show;
    std::vector<std::string> merge;
    evaluate::CollectOptions collect;
};

std::uint64_t tokensOf(const plan::ImportanceSums& sums)
{
    return sums.chunks * sums.chunkTokens;
}

void writeAndReport(const plan::ImportanceSums& sums, const std::string& out, Console& console)
{
    plan::writeImportanceSums(sums, fromUtf8(out));
    if (console.json())
        console.print(json{{"out", out},
                           {"chunks", sums.chunks},
                           {"tokens", tokensOf(sums)},
                           {"tensors", sums.tensors.size()},
                           {"datasets", sums.datasets}});
    else
        console.print(out + ": " + std::to_string(sums.tensors.size()) + " tensors, " + std::to_string(tokensOf(sums)) + " tokens in "
                      + std::to_string(sums.chunks) + " chunks");
}

/// What a quantized model computes is not what the original computes.
void noteQuantizedSource(const model::Model& model, const Console& console)
{
    const quant::TypeInfo& type = quant::info(model.mainType());
    if (!type.isFloat())
        console.note("note: the model is quantized to " + std::string(type.name) + "; an importance matrix of the original is better");
}

void collect(const Options& options, Console& console)
{
    if (options.model.empty() || options.text.empty() || options.out.empty())
        throw Error(ErrorCode::Usage, {.problem = "MODEL, --text and -o are needed", .advice = "or --show FILE, or --merge FILES -o OUT"});
    const auto model = openModel(options.model);
    refuseOwnInput(options.out, {options.model, options.text});
    noteQuantizedSource(*model, console);
    const auto tokenizer = tokenizerOf(*model, options.model);
    plan::ImportanceSums sums;
    console.watch([&](Progress& progress) {
        const auto tokens = tokenizer->encode(readTextFile(fromUtf8(options.text)), {.addSpecial = false});
        evaluate::checkWindows(infer::readHyperparameters(*model), *tokenizer, tokens, options.collect.windows);
        const auto variant = infer::Variant::original(model, console.executor(), progress);
        sums = evaluate::collectImportance(variant, *tokenizer, tokens, options.collect, console.executor(), progress);
    });
    sums.datasets = {toUtf8(fromUtf8(options.text).filename())};
    writeAndReport(sums, options.out, console);
}

void merge(const Options& options, Console& console)
{
    if (options.out.empty())
        throw Error(ErrorCode::Usage, {.problem = "-o names no file to write", .advice = "add -o OUT"});
    std::vector<plan::ImportanceSums> parts;
    for (const std::string& file : options.merge)
        parts.push_back(plan::readImportanceSums(fromUtf8(file)));
    writeAndReport(plan::mergedImportance(parts), options.out, console);
}

json statisticsJson(const plan::ImportanceStatistics& s)
{
    return {{"name", s.tensor},      {"columns", s.columns},
            {"experts", s.experts},  {"experts_reached", s.reached},
            {"rows", s.rows},        {"sum", s.sum},
            {"mean", s.mean},        {"max", s.max},
            {"active", s.active},    {"entropy_bits", s.entropy},
            {"evenness", s.evenness}};
}

std::string statisticsText(const std::vector<plan::ImportanceStatistics>& all)
{
    std::vector<std::vector<std::string>> rows{{"tensor", "columns", "sum", "mean", "max", "active", "entropy", "evenness", "experts"}};
    for (const auto& s : all)
        rows.push_back({s.tensor, std::to_string(s.columns), fixed(s.sum, 3), fixed(s.mean, 5), fixed(s.max, 3),
                        fixed(100 * s.active, 1) + " %", fixed(s.entropy, 2), fixed(100 * s.evenness, 1) + " %",
                        s.experts == 1 ? "-" : std::to_string(s.reached) + " of " + std::to_string(s.experts)});
    return textTable(rows);
}

void show(const Options& options, Console& console)
{
    const plan::ImportanceSums sums = plan::readImportanceSums(fromUtf8(options.show));
    const auto all = plan::importanceStatistics(sums);
    if (console.json()) {
        json tensors = json::array();
        for (const auto& s : all)
            tensors.push_back(statisticsJson(s));
        console.print(json{{"file", options.show},
                           {"chunks", sums.chunks},
                           {"tokens", tokensOf(sums)},
                           {"datasets", sums.datasets},
                           {"tensors", std::move(tensors)}});
        return;
    }
    std::string texts;
    for (const std::string& dataset : sums.datasets)
        texts += (texts.empty() ? " of " : ", ") + dataset;
    console.print(std::to_string(tokensOf(sums)) + " tokens in " + std::to_string(sums.chunks) + " chunks" + texts + "\n\n"
                  + statisticsText(all));
}

void run(const Options& options, Console& console)
{
    if ((!options.show.empty() || !options.merge.empty()) && !(options.model + options.text).empty())
        throw Error(ErrorCode::Usage,
                    {.problem = "--show and --merge take neither a MODEL nor a --text", .advice = "collect first, then show or merge"});
    if (!options.show.empty())
        show(options, console);
    else if (!options.merge.empty())
        merge(options, console);
    else
        collect(options, console);
}

}  // namespace

void addImportance(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("imatrix", "which columns of each matrix a text makes work hard");
    command->add_option("MODEL", options->model, "a .gguf file, best the unquantized original");
    command->add_option("--text", options->text, "the text to run, like those the model will be used for");
    command->add_option("-o,--out", options->out, "the importance matrix to write (llama.cpp's GGUF form)");
    command->add_option("--ctx", options->collect.windows.window, "tokens in a chunk")
        ->check(CLI::Range(4, 1 << 20))
        ->capture_default_str();
    command->add_option("--chunks", options->collect.windows.maxWindows, "at most this many chunks (0: all)");
    command->add_flag("--process-output", options->collect.output, "collect for output.weight too");
    auto* merged = command->add_option("--merge", options->merge, "importance matrices of one model to merge into one")->expected(1, 1000);
    command->add_option("--show", options->show, "say what an importance matrix holds")->excludes(merged);
    command->callback([options, &chosen] { chosen = [options](Console& console) { run(*options, console); }; });
}

}  // namespace halftone::cli
