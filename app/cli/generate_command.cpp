// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/chat_prompt.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/system.h"
#include "core/infer/accelerator.h"
#include "core/infer/context.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/text_memory.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/packed_tensors.h"

#include <nlohmann/json.hpp>

#include <iostream>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, recipe, messages;
    GenerationOptions generation;
};

void generateText(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const auto tokenizer = tokenizerOf(*model, options.model);
    GenerationOptions generation = options.generation;
    if (!options.messages.empty())
        generation.promptIds = chatPrompt(options.messages, {}, options.model, *model, *tokenizer).ids;
    const plan::Plan plan = options.recipe.empty() ? plan::Plan{} : plan::makePlan(*model, recipeNamed(options.recipe));
    plan::PackedTensors packed;
    readPrompt(generation, *model, *tokenizer, plan::addPacked(*model, plan, packed));
    const auto accelerator = openAccelerator(console, gpu::TextUse::Write);
    infer::Generation result;
    console.watch([&](Progress& progress) {
        const auto variant = options.recipe.empty() ? infer::Variant::original(model, console.executor(), progress)
                                                    : infer::Variant::prepare(model, plan, nullptr, console.executor(), progress);
        const auto stream = [](const std::string& text) { std::cout << text << std::flush; };
        result = continuePrompt(variant, *tokenizer, generation, console.json() ? std::function<void(const std::string&)>() : stream,
                                console.executor(), progress, accelerator.get());
    });
    if (console.json()) {
        auto ids = nlohmann::json::array();
        for (const auto& token : result.tokens)
            ids.push_back(token.id);
        console.print(nlohmann::json{{"text", result.text}, {"ids", std::move(ids)}, {"tokens_per_second", result.tokensPerSecond},
                                     {"prompt_tokens_per_second", result.promptTokensPerSecond}});
        return;
    }
    console.print(std::string());
    console.note(std::to_string(result.tokens.size()) + " tokens, " + fixed(result.tokensPerSecond, 1) + " tokens/s");
}

}  // namespace

CLI::Option* addGenerationOptions(CLI::App& command, GenerationOptions& options)
{
    auto& generate = options.generate;
    CLI::Option* prompt = command.add_option("--prompt", options.prompt, "the text to continue")->required();
    command.add_option("-n,--tokens", generate.maxTokens, "at most this many tokens")->check(CLI::Range(1, 1 << 20))->capture_default_str();
    command.add_option("--temperature", generate.sampling.temperature, "0: always the most probable token")->check(CLI::Range(0.0, 100.0))->capture_default_str();
    command.add_option("--top-k", generate.sampling.topK, "only the K most probable tokens (0: all)")->check(CLI::Range(0, 1 << 20));
    command.add_option("--top-p", generate.sampling.topP, "only the most probable tokens that together reach P")->check(CLI::Range(0.0, 1.0));
    command.add_option("--min-p", generate.sampling.minP, "only tokens at least P times as probable as the first")->check(CLI::Range(0.0, 1.0));
    command.add_option("--seed", generate.sampling.seed, "the same seed gives the same text")->capture_default_str();
    return prompt;
}

void addKvType(CLI::App& command, infer::KvType& type, const std::string& whose)
{
    command
        .add_option_function<std::string>(
            "--kv-type", [&type](const std::string& name) { type = *infer::findKvType(name); },
            "what " + whose + " past keys and values are kept as: f16, f32 (twice the memory) or q8_0 (about half)")
        ->check(CLI::IsMember({"f16", "f32", "q8_0"}))
        ->default_str("f16");
}

void readPrompt(GenerationOptions& options, const model::Model& model, const token::Tokenizer& tokenizer, std::uint64_t weights)
{
    if (options.promptIds.empty())
        options.promptIds = tokenizer.encode(options.prompt, {.addSpecial = true, .parseSpecial = true});
    const infer::Hyperparameters numbers = infer::readHyperparameters(model);
    infer::checkPrompt(numbers, options.promptIds.size());
    const std::size_t wanted = options.promptIds.size() + std::size_t(options.generate.maxTokens);
    infer::checkMemory(numbers, weights, std::min<std::uint64_t>(wanted, numbers.contextLength), options.kvType, availableBytes());
}

infer::Generation continuePrompt(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, const GenerationOptions& options,
                                 const std::function<void(const std::string&)>& onText, const Executor& executor, Progress& progress,
                                 infer::Accelerator* accelerator)
{
    const std::size_t wanted = options.promptIds.size() + std::size_t(options.generate.maxTokens);
    infer::Context context(variant, std::min<std::uint64_t>(wanted, variant->contextLength()), executor, options.kvType, accelerator);
    progress.begin("writing", std::uint64_t(options.generate.maxTokens), Unit::Tokens);
    std::function<bool(const infer::GeneratedToken&, const std::string&)> onToken;
    if (onText)
        onToken = [&](const infer::GeneratedToken&, const std::string& text) {
            onText(text);
            return true;
        };
    return infer::generate(context, tokenizer, options.promptIds, options.generate, onToken, progress);
}

void addGenerate(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("generate", "continue a text");
    command->add_option("MODEL", options->model, "a .gguf file or a Hugging Face folder")->required();
    auto* prompt = addGenerationOptions(*command, options->generation)->required(false);
    auto* messages = command->add_option("--messages", options->messages, "a JSON file of messages to answer, by the model's chat template")->excludes(prompt);
    command->parse_complete_callback([prompt, messages] {
        if (prompt->count() + messages->count() == 0)
            throw CLI::RequiredError("--prompt or --messages");
    });
    addKvType(*command, options->generation.kvType, "the model's");
    command->add_option("--recipe", options->recipe, "as quantized by this recipe file, preset or type; nothing is written");
    command->callback([options, &chosen] { chosen = [options](Console& console) { generateText(*options, console); }; });
}

}  // namespace halftone::cli
