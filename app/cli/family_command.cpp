// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_backend.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/evaluate/evaluate.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/write/quantize_file.h"

#include <nlohmann/json.hpp>

#include <array>

namespace halftone::cli {
namespace {

constexpr std::array kPresets{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};

struct Options {
    std::string model, folder, text;
    evaluate::Windows windows{.window = 512, .maxWindows = 20};
    GenerationOptions generation;
    int width = 160;
};

struct Member {
    std::string name;
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    double bitsPerWeight = 0;
    evaluate::Divergence divergence;
    infer::Generation generation;
};

/// Everything known of one member: the file is read back, so that what is measured is what was written.
Member measure(std::string name, const std::filesystem::path& file, const std::shared_ptr<const infer::Variant>& base, const token::Tokenizer& tokenizer,
               const std::vector<token::Id>& tokens, const Options& options, Console& console, Progress& progress)
{
    const auto model = openModel(toUtf8(file));
    const auto variant = infer::Variant::original(model, console.executor(), progress);
    Member member{std::move(name), file, model->fileBytes(), model->bitsPerWeight(), {}, {}};
    member.divergence = evaluate::divergence(base, variant, tokenizer, tokens, options.windows, console.executor(), progress);
    member.generation = continuePrompt(variant, tokenizer, options.generation, {}, console.executor(), progress);
    return member;
}

/// Of a copy of the options, in which the prompt is read.
std::vector<Member> makeFamily(Options options, Console& console)
{
    const auto model = openModel(options.model);
    const auto tokenizer = tokenizerOf(*model, options.model);
    const auto tokens = tokenizer->encode(readTextFile(fromUtf8(options.text)), {.addSpecial = false});
    options.windows.window = std::min<std::uint64_t>(options.windows.window, infer::readHyperparameters(*model).contextLength);
    evaluate::checkWindows(infer::readHyperparameters(*model), *tokenizer, tokens, options.windows);
    readPrompt(options.generation, *model, *tokenizer, 0);  // what is written is read back as it lies
    const auto folder = fromUtf8(options.folder);
    std::filesystem::create_directories(folder);
    const std::string stem = toUtf8(fromUtf8(options.model).stem());
    const auto backend = openDevice(console);
    std::vector<Member> family;
    console.watch([&](Progress& progress) {
        const auto base = infer::Variant::original(model, console.executor(), progress);
        family.push_back(measure("original", fromUtf8(options.model), base, *tokenizer, tokens, options, console, progress));
        std::vector<plan::Plan> plans;
        for (const char* preset : kPresets)
            plans.push_back(plan::makePlan(*model, recipeNamed(preset)));
        std::vector<write::Output> outputs;
        for (std::size_t i = 0; i < plans.size(); ++i)
            outputs.push_back({plans[i], folder / fromUtf8(stem + "-" + kPresets[i] + ".gguf")});
        write::quantizeFiles(*model, outputs, {.backend = backend.get()}, console.executor(), progress);   // the source is read once
        for (std::size_t i = 0; i < outputs.size(); ++i)
            family.push_back(measure(kPresets[i], outputs[i].destination, base, *tokenizer, tokens, options, console, progress));
    });
    return family;
}

void printFamily(const std::vector<Member>& family, const Options& options, Console& console)
{
    if (console.json()) {
        auto variants = nlohmann::json::array();
        for (const auto& m : family)
            variants.push_back({{"name", m.name}, {"file", toUtf8(m.file)}, {"bytes", m.bytes}, {"bits_per_weight", m.bitsPerWeight},
                                {"perplexity", m.divergence.quantized.perplexity}, {"mean_kld", m.divergence.meanKld},
                                {"top1_agreement", m.divergence.top1Agreement}, {"tokens_per_second", m.generation.tokensPerSecond}, {"text", m.generation.text}});
        console.print(nlohmann::json{{"variants", std::move(variants)}});
        return;
    }
    std::vector<std::vector<std::string>> rows{{"", "size", "bits/weight", "perplexity", "KL", "same first choice", "tokens/s"}};
    std::vector<std::string> titles;
    std::vector<std::string> texts;
    for (const auto& m : family) {
        rows.push_back({m.name, bytesText(m.bytes), fixed(m.bitsPerWeight, 2), fixed(m.divergence.quantized.perplexity, 2), fixed(m.divergence.meanKld, 4),
                        fixed(100 * m.divergence.top1Agreement, 1) + " %", fixed(m.generation.tokensPerSecond, 0)});
        titles.push_back(m.name);
        texts.push_back(options.generation.prompt + m.generation.text);
    }
    console.print(textTable(rows));
    console.print("\n" + sideBySide(titles, texts, options.width));
}

}  // namespace

void addFamily(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    options->generation.generate.maxTokens = 60;
    CLI::App* command = program.add_subcommand("family", "write the 8- to 2-bit versions of a model, measure them and read them side by side");
    command->add_option("MODEL", options->model, "a .gguf file or a Hugging Face folder")->required();
    command->add_option("FOLDER", options->folder, "where the files go")->required();
    command->add_option("--text", options->text, "the text to measure on")->required();
    command->add_option("--windows", options->windows.maxWindows, "windows of 512 tokens to measure on (0: all)")->capture_default_str();
    addGenerationOptions(*command, options->generation);
    command->add_option("--width", options->width, "characters of the table")->check(CLI::Range(80, 1000));
    command->callback([options, &chosen] { chosen = [options](Console& console) { printFamily(makeFamily(*options, console), *options, console); }; });
}

}  // namespace halftone::cli
