// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/infer/hyperparameters.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/store/stored_run.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string model, text, importance, report, csv, store;
    std::vector<std::string> variants{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};
    std::size_t context = 0, windows = 0, ownTokens = 4096;
    std::uint64_t seed = 1;
    infer::KvType kvType = infer::KvType::F16;
};

store::ChosenVariant variantNamed(const std::string& name)
{
    const std::filesystem::path path = fromUtf8(name);
    if (path.extension() == ".gguf" || std::filesystem::is_directory(path))
        return {.name = toUtf8(path.stem()), .file = openModel(name)};
    plan::Recipe recipe = recipeNamed(name);
    return {.name = toUtf8(fromUtf8(recipe.name).filename()), .recipe = std::move(recipe)};
}

store::EvaluationRequest requestFor(const Options& options)
{
    store::EvaluationRequest request{.model = openModel(options.model), .variants = {}, .text = {.name = "text of its own"}};
    for (const std::string& name : options.variants)
        request.variants.push_back(variantNamed(name));
    if (!options.text.empty()) {
        request.text = {.name = toUtf8(fromUtf8(options.text).filename()), .content = readTextFile(fromUtf8(options.text))};
        if (request.text.content.empty())
            throw Error(ErrorCode::Usage,
                        {.problem = "the text is empty", .file = options.text, .advice = "without --text the model writes one itself"});
    }
    request.kvType = options.kvType;
    request.text.ownTokens = options.ownTokens;
    request.text.seed = options.seed;
    if (!options.importance.empty())
        request.importance = std::make_shared<plan::ImportanceMatrix>(plan::readImportance(fromUtf8(options.importance)));
    request.planOptions.importance = bool(request.importance);
    const std::uint64_t longest = infer::readHyperparameters(*request.model).contextLength;
    request.windows = {.window = options.context ? options.context : std::size_t(std::clamp<std::uint64_t>(longest, 4, 512)),
                       .maxWindows = options.windows};
    return request;
}

void writeWhole(const std::string& path, const std::string& content)
{
    AtomicFile file(fromUtf8(path), content.size());
    file.write(std::as_bytes(std::span(content)));
    file.commit();
}

/// "3 of 8".
std::string shareText(const infer::DeviceShare& share)
{
    return share.output ? "all" : std::to_string(share.layers) + " of " + std::to_string(share.allLayers);
}

std::string tableOf(const evaluate::Evaluation& evaluation)
{
    std::vector<std::vector<std::string>> rows{
        {"variant", "size", "bpw", "perplexity", "mean KL", "99 % KL", "same first", "ece", "ms/token"}};
    if (!evaluation.device.empty())
        rows[0].push_back("layers on " + evaluation.device);
    for (const evaluate::EvaluatedVariant& variant : evaluation.variants) {
        const evaluate::Figures& f = variant.figures;
        rows.push_back({variant.name, bytesText(variant.bytes), fixed(variant.bitsPerWeight, 2),
                        fixed(f.perplexity, 3) + " +- " + fixed(f.perplexityError, 3), fixed(f.meanKld, 6), fixed(f.p99Kld, 5),
                        fixed(100 * f.top1Agreement, 2) + " %", fixed(100 * f.calibrationError, 2) + " %", fixed(variant.decodeMs, 2)});
        if (!evaluation.device.empty())
            rows.back().push_back(variant.share.allLayers ? shareText(variant.share) : "");
    }
    return textTable(rows);
}

void run(const Options& options, Console& console)
{
    for (const std::string* out : {&options.report, &options.csv, &options.store})
        if (!out->empty())
            refuseOwnInput(*out, {options.model, options.text, options.importance});
    store::EvaluationRequest request = requestFor(options);
    noteWarnings(*request.model, console);
    const auto accelerator = openAccelerator(console, gpu::TextUse::Read);
    request.accelerator = accelerator.get();
    std::optional<store::EvaluationStore> kept;
    if (!options.store.empty())
        kept.emplace(fromUtf8(options.store));
    evaluate::Evaluation result;
    std::size_t passes = 1;
    console.watch([&](Progress& progress) {
        result = store::evaluateVariants(request, kept ? &*kept : nullptr, {}, console.executor(), progress, &passes);
    });
    if (passes > 1)
        console.note("note: the variants did not fit the memory together; they took " + std::to_string(passes) + " passes over the text");
    if (!options.report.empty())
        writeWhole(options.report, evaluate::toHtml(result));
    if (!options.csv.empty())
        writeWhole(options.csv, evaluate::toCsv(result));
    if (console.json()) {
        json document = json::parse(evaluate::toJson(result));
        document["passes"] = passes;
        console.print(document);
    } else {
        console.print(tableOf(result));
    }
}

}  // namespace

void addEvaluate(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("evaluate", "measures several variants of a model on the same text");
    command->add_option("MODEL", options->model, "the original: a .gguf file or a Hugging Face folder")->required();
    command->add_option("--recipes", options->variants, "presets, types, recipe files or quantized .gguf files")
        ->expected(1, 64)
        ->capture_default_str();
    command->add_option("--text", options->text, "the text to measure on; without one the model writes it");
    command->add_option("--own-tokens", options->ownTokens, "how many tokens the model writes")
        ->check(CLI::Range(4, 1 << 24))
        ->excludes("--text")
        ->capture_default_str();
    command->add_option("--seed", options->seed, "what the model's own text is drawn with")->excludes("--text")->capture_default_str();
    command
        ->add_option("--ctx", options->context,
                     "tokens in a window (512, or what the model was trained for); the second half of each is scored")
        ->check(CLI::Range(4, 1 << 20));
    command->add_option("--windows", options->windows, "at most this many windows (0: all)");
    addKvType(*command, options->kvType, "the variants'");
    command->add_option("--imatrix", options->importance, "the importance matrix to quantize with");
    command->add_option("--report", options->report, "write a page with tables and plots (HTML)");
    command->add_option("--csv", options->csv, "write the table");
    command->add_option("--store", options->store, "keep figures in this file, and go on from what it holds");
    command->callback([options, &chosen] { chosen = [options](Console& console) { run(*options, console); }; });
}

}  // namespace halftone::cli
