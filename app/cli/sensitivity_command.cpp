// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/sensitivity_file.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/infer/hyperparameters.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/sense/content_hash.h"
#include "core/sense/measure.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, level = "weights", text, importance, out;
    std::vector<std::string> types;
    evaluate::Windows windows{.window = 512, .maxWindows = 8};
    std::size_t recipes = 12;
};

/// All that a measurement reads, opened.
struct Inputs {
    std::shared_ptr<const model::Model> model;
    std::shared_ptr<const token::Tokenizer> tokenizer;
    std::vector<token::Id> tokens;
    std::optional<plan::ImportanceMatrix> importance;
    sense::Source source;
};

Inputs open(const Options& options, Console& console, Progress& progress)
{
    Inputs in{.model = openModel(options.model), .tokenizer = {}, .tokens = {}, .importance = {}, .source = {}};
    in.source.level = *sense::findLevel(options.level);
    if (!options.importance.empty()) {
        in.importance = plan::readImportance(fromUtf8(options.importance));
        in.source.importance = sense::contentHash(*in.importance);
    }
    if (!options.text.empty()) {
        const std::string text = readTextFile(fromUtf8(options.text));
        in.tokenizer = tokenizerOf(*in.model, options.model);
        in.tokens = in.tokenizer->encode(text, {.addSpecial = false});
        evaluate::checkWindows(infer::readHyperparameters(*in.model), *in.tokenizer, in.tokens, options.windows);
        in.source.text = sense::contentHash(text);
        in.source.window = options.windows.window;
        in.source.windows = options.windows.maxWindows;
    }
    progress.begin("reading", in.model->tensorBytes(), Unit::Bytes);
    in.source.model = sense::contentHash(*in.model, console.executor(), progress);
    return in;
}

/// What the output file holds already of the same figures.
sense::Sensitivity begun(const Options& options, const sense::Source& source, const Console& console)
{
    sense::Sensitivity fresh{.source = source, .tensors = {}, .fit = {}};
    if (!std::filesystem::exists(fromUtf8(options.out)))
        return fresh;
    sense::Sensitivity known = readSensitivity(options.out);
    if (known.source != source) {
        console.note("note: " + options.out + " holds figures of other inputs; they are replaced");
        return fresh;
    }
    console.note("note: going on from the " + std::to_string(known.tensors.size()) + " figures in " + options.out);
    known.complete = false;
    return known;
}

/// Stores the figures now and then while they are measured, and when that ends, however it ends.
class Keeper {
public:
    Keeper(const sense::Sensitivity& figures, std::string path) : m_figures(figures), m_path(std::move(path)) {}

    void now()
    {
        writeSensitivity(m_figures, m_path);
        m_last = Clock::now();
    }
    void soon()
    {
        if (m_figures.complete || Clock::now() - m_last > std::chrono::seconds(5))
            now();
    }

private:
    using Clock = std::chrono::steady_clock;
    const sense::Sensitivity& m_figures;
    std::string m_path;
    Clock::time_point m_last = Clock::now();
};

sense::Sensitivity measureModel(const Options& options, Console& console)
{
    sense::Sensitivity figures;
    console.watch([&](Progress& progress) {
        const Inputs in = open(options, console, progress);
        figures = begun(options, in.source, console);
        std::optional<sense::Text> text;
        if (in.tokenizer)
            text.emplace(sense::Text{*in.tokenizer, in.tokens, options.windows});
        const sense::Request request{.level = in.source.level,
                                     .types = typesNamed(options.types),
                                     .text = text ? &*text : nullptr,
                                     .importance = in.importance ? &*in.importance : nullptr,
                                     .recipes = options.recipes};
        Keeper keeper(figures, options.out);
        try {
            sense::measure(
                in.model, request, figures, [&] { keeper.soon(); }, console.executor(), progress);
        } catch (const Error&) {
            if (!figures.tensors.empty())
                keeper.now();
            throw;
        }
    });
    return figures;
}

nlohmann::json figuresJson(const sense::Sensitivity& figures, const std::string& out)
{
    auto tensors = nlohmann::json::array();
    for (const auto& one : figures.tensors)
        tensors.push_back({{"name", one.tensor}, {"type", quant::name(one.type)}, {"error", one.error}});
    return {{"out", out}, {"level", sense::levelName(figures.source.level)}, {"tensors", std::move(tensors)}};
}

/// Tensors down, types across.
std::string figuresText(const sense::Sensitivity& figures)
{
    std::vector<quant::Type> types;
    std::vector<std::string> names;
    std::map<std::pair<std::string, quant::Type>, double> errors;
    for (const auto& one : figures.tensors) {
        if (std::ranges::find(types, one.type) == types.end())
            types.push_back(one.type);
        if (names.empty() || names.back() != one.tensor)
            names.push_back(one.tensor);
        errors[{one.tensor, one.type}] = one.error;
    }
    std::vector<std::vector<std::string>> rows{{"tensor"}};
    for (const auto type : types)
        rows[0].emplace_back(quant::name(type));
    for (const auto& name : names) {
        auto& row = rows.emplace_back(std::vector{name});
        for (const auto type : types) {
            const auto found = errors.find({name, type});
            row.push_back(found == errors.end() ? "" : fixed(found->second, 6));
        }
    }
    return textTable(rows);
}

void runSensitivity(const Options& options, Console& console)
{
    if (options.level != "weights" && options.text.empty())
        throw Error(ErrorCode::Usage, {.problem = "the level " + options.level + " is measured on a text", .advice = "add --text FILE"});
    refuseOwnInput(options.out, {options.model, options.text, options.importance});
    const sense::Sensitivity figures = measureModel(options, console);
    console.json() ? console.print(figuresJson(figures, options.out)) : console.print(figuresText(figures));
}

}  // namespace

void addSensitivity(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("sensitivity", "which tensors suffer from which types");
    command->add_option("MODEL", options->model, "a .gguf file")->required();
    command
        ->add_option("--level", options->level,
                     "weights: share of squared weights lost (fast); activations: the same of each matrix's output on a text; output: KL "
                     "divergence of the "
                     "predictions with that tensor alone quantized")
        ->check(CLI::IsMember({"weights", "activations", "output"}))
        ->capture_default_str();
    command->add_option("--types", options->types, "types to try (all that can be made)")->expected(1, 64)->delimiter(',');
    command->add_option("--text", options->text, "the text to measure on; not the one that results are judged by");
    command->add_option("--imatrix", options->importance, "the importance matrix that will be quantized with");
    command->add_option("--ctx", options->windows.window, "tokens in a window; the second half of each is scored")
        ->check(CLI::Range(4, 1 << 20))
        ->capture_default_str();
    command->add_option("--windows", options->windows.maxWindows, "windows to measure tensors on, and as many for whole recipes (0: all)")
        ->capture_default_str();
    command->add_option("--recipes", options->recipes, "random recipes to fit the prediction to, where there is a text")
        ->capture_default_str();
    command->add_option("-o,--out", options->out, "the file of figures (JSON); a run that was interrupted goes on from it")->required();
    command->callback([options, &chosen] { chosen = [options](Console& console) { runSensitivity(*options, console); }; });
}

}  // namespace halftone::cli
