// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/base/system.h"
#include "core/evaluate/evaluate.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/text_memory.h"
#include "core/infer/accelerator.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/packed_tensors.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, quantized, text, recipe, importance;
    evaluate::Windows windows;
    infer::KvType kvType = infer::KvType::F16;
};

void addTextOptions(CLI::App& command, Options& options)
{
    command.add_option("--text", options.text, "the text to measure on")->required();
    command.add_option("--ctx", options.windows.window, "tokens in a window; the second half of each is scored")->check(CLI::Range(4, 1 << 20))->capture_default_str();
    command.add_option("--windows", options.windows.maxWindows, "at most this many windows (0: all)");
    addKvType(command, options.kvType, "the measured model's");
    command.add_option("--recipe", options.recipe, "as quantized by this recipe file, preset or type; nothing is written");
    command.add_option("--imatrix", options.importance, "the importance matrix to quantize with")->needs("--recipe");
}

/// The model that is measured: as it is, or as a recipe makes it.
struct Measured {
    std::shared_ptr<const model::Model> model;
    std::optional<plan::ImportanceMatrix> importance = {};
    std::optional<plan::Plan> plan = {};
};

Measured measuredModel(std::shared_ptr<const model::Model> model, const Options& options)
{
    Measured measured{std::move(model)};
    if (!options.importance.empty())
        measured.importance = plan::readImportance(fromUtf8(options.importance));
    if (!options.recipe.empty())
        measured.plan = plan::makePlan(*measured.model, recipeNamed(options.recipe), {.importance = measured.importance.has_value()});
    return measured;
}

/// Before anything is made.
void check(const Measured& measured, const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Options& options)
{
    const infer::Hyperparameters numbers = infer::readHyperparameters(*measured.model);
    evaluate::checkWindows(numbers, tokenizer, tokens, options.windows);
    plan::PackedTensors none;
    const std::uint64_t weights = measured.plan ? plan::addPacked(*measured.model, *measured.plan, none) : 0;
    infer::checkMemory(numbers, weights, options.windows.window, options.kvType, availableBytes());
}

std::shared_ptr<const infer::Variant> variantOf(const Measured& measured, Console& console, Progress& progress)
{
    if (!measured.plan)
        return infer::Variant::original(measured.model, console.executor(), progress);
    const plan::ImportanceMatrix* importance = measured.importance ? &*measured.importance : nullptr;
    return infer::Variant::prepare(measured.model, *measured.plan, importance, console.executor(), progress);
}

void measurePerplexity(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    const auto tokenizer = tokenizerOf(*model, options.model);
    const auto accelerator = openAccelerator(console, gpu::TextUse::Read);
    evaluate::Perplexity result;
    console.watch([&](Progress& progress) {
        const auto tokens = tokenizer->encode(readTextFile(fromUtf8(options.text)), {.addSpecial = false});
        const Measured measured = measuredModel(model, options);
        check(measured, *tokenizer, tokens, options);
        result = evaluate::perplexity(variantOf(measured, console, progress), *tokenizer, tokens, options.windows, console.executor(),
                                      progress, options.kvType, accelerator.get());
    });
    if (console.json())
        console.print(nlohmann::json{{"perplexity", result.perplexity}, {"error", result.error}, {"nll", result.nll}, {"tokens", result.tokens}, {"seconds", result.seconds}});
    else
        console.print("perplexity " + fixed(result.perplexity, 4) + " +- " + fixed(result.error, 4) + " over " + std::to_string(result.tokens) + " tokens");
}

void measureDivergence(const Options& options, Console& console)
{
    if (options.quantized.empty() == options.recipe.empty())
        throw Error(ErrorCode::Usage, {.problem = "exactly one of QUANT and --recipe is needed", .advice = "try --recipe Q4_K_M"});
    const auto base = openModel(options.model);
    const auto tokenizer = tokenizerOf(*base, options.model);
    const auto accelerator = openAccelerator(console, gpu::TextUse::Read);
    evaluate::Divergence d;
    console.watch([&](Progress& progress) {
        const auto tokens = tokenizer->encode(readTextFile(fromUtf8(options.text)), {.addSpecial = false});
        const Measured measured = measuredModel(options.quantized.empty() ? base : openModel(options.quantized), options);
        check({base}, *tokenizer, tokens, options);
        check(measured, *tokenizer, tokens, options);
        d = evaluate::divergence(infer::Variant::original(base, console.executor(), progress), variantOf(measured, console, progress),
                                 *tokenizer, tokens, options.windows, console.executor(), progress, options.kvType, accelerator.get());
    });
    if (console.json())
        console.print(nlohmann::json{{"mean_kld", d.meanKld},
                                     {"mean_kld_error", d.meanKldError},
                                     {"median_kld", d.medianKld},
                                     {"p99_kld", d.p99Kld},
                                     {"max_kld", d.maxKld},
                                     {"top1_agreement", d.top1Agreement},
                                     {"base_perplexity", d.base.perplexity},
                                     {"perplexity", d.quantized.perplexity},
                                     {"tokens", d.quantized.tokens}});
    else
        console.print(textTable({{"mean KL divergence", fixed(d.meanKld, 6) + " +- " + fixed(d.meanKldError, 6)},
                                 {"99 % KL divergence", fixed(d.p99Kld, 6)},
                                 {"largest KL divergence", fixed(d.maxKld, 6)},
                                 {"same first choice", fixed(100 * d.top1Agreement, 2) + " %"},
                                 {"perplexity of the original", fixed(d.base.perplexity, 4)},
                                 {"perplexity", fixed(d.quantized.perplexity, 4)}}));
}

}  // namespace

void addPerplexity(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("perplexity", "how well the model predicts a text");
    command->add_option("MODEL", options->model, "a .gguf file or a Hugging Face folder")->required();
    addTextOptions(*command, *options);
    command->callback([options, &chosen] { chosen = [options](Console& console) { measurePerplexity(*options, console); }; });
}

void addDivergence(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("divergence", "how far a quantized model's predictions are from the original's");
    command->add_option("BASE", options->model, "the original .gguf file")->required();
    command->add_option("QUANT", options->quantized, "the quantized .gguf file");
    addTextOptions(*command, *options);
    command->callback([options, &chosen] { chosen = [options](Console& console) { measureDivergence(*options, console); }; });
}

}  // namespace halftone::cli
