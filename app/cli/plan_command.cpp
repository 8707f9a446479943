// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/sensitivity_file.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/kv_cache.h"
#include "core/model/model.h"
#include "core/plan/explain.h"
#include "core/plan/importance.h"
#include "core/plan/quantize_arguments.h"
#include "core/plan/solver.h"
#include "core/sense/content_hash.h"
#include "core/sense/measure.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <map>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, size, memory, sensitivity, importance, recipe, together = "nothing", format = "recipe", out;
    bool frontier = false;
    double bitsPerWeight = 0, maxKld = 0;
    std::size_t context = 4096;
    infer::KvType kvType = infer::KvType::F16;
    std::vector<std::string> types;
};

[[noreturn]] void refuseSize(const std::string& text)
{
    throw Error(ErrorCode::Usage, {.problem = text + " is no size", .advice = "try 3.5GB, 800MB, 4GiB or a number of bytes"});
}

/// "3.5GB": decimal units as files are sold in, or GiB and the like.
std::uint64_t bytesFrom(const std::string& text)
{
    static const std::map<std::string, double> kUnits{{"", 1},
                                                      {"B", 1},
                                                      {"kB", 1e3},
                                                      {"KB", 1e3},
                                                      {"MB", 1e6},
                                                      {"GB", 1e9},
                                                      {"TB", 1e12},
                                                      {"KiB", 1024},
                                                      {"MiB", 1024.0 * 1024},
                                                      {"GiB", 1024.0 * 1024 * 1024}};
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    std::string unit(end, text.data() + text.size());
    std::erase(unit, ' ');
    const auto found = kUnits.find(unit);
    if (failure != std::errc() || found == kUnits.end() || !(value > 0) || value * found->second > 1e18)
        refuseSize(text);
    return std::uint64_t(value * found->second);
}

plan::Together togetherFrom(const std::string& name)
{
    return name == "layer" ? plan::Together::Layer : name == "role" ? plan::Together::Role : plan::Together::Nothing;
}

sense::Sensitivity measuredNow(const std::shared_ptr<const model::Model>& model, const Options& options,
                               const plan::ImportanceMatrix* importance, Console& console, Progress& progress)
{
    console.note(
        "note: no --sensitivity: what each type does to the weights is measured now; the predicted divergence is a guess from that");
    sense::Sensitivity figures;
    sense::measure(model, {.types = typesNamed(options.types), .importance = importance}, figures, {}, console.executor(), progress);
    return figures;
}

sense::Sensitivity knownFigures(const std::shared_ptr<const model::Model>& model, const Options& options,
                                const plan::ImportanceMatrix* importance, Console& console, Progress& progress)
{
    sense::Sensitivity figures = readSensitivity(options.sensitivity);
    progress.begin("reading", model->tensorBytes(), Unit::Bytes);
    if (sense::contentHash(*model, console.executor(), progress) != figures.source.model)
        throw Error(ErrorCode::Usage,
                    {.problem = "these are the figures of another model",
                     .file = options.sensitivity,
                     .advice = "measure them with halftone-cli sensitivity"});
    if (figures.source.importance != (importance ? sense::contentHash(*importance) : std::string()))
        console.note(std::string("note: the figures were measured ") + (figures.source.importance.empty() ? "without an" : "with another")
                     + " importance matrix");
    if (!figures.complete)
        console.note("note: the figures are incomplete; tensors that are not there stay as they are");
    return figures;
}

/// The cache of a running text.
double cacheBytes(const model::Model& model, const Options& options)
{
    return infer::KvCache::bytes(infer::readHyperparameters(model), options.context, options.kvType);
}

/// What the KV cache leaves for the weights.
plan::MaxBitsPerWeight weightsWithin(const Options& options, const model::Model& model)
{
    const double cache = cacheBytes(model, options), weights = double(bytesFrom(options.memory)) - cache;
    if (weights <= 0 || model.parameters() == 0)
        throw Error(ErrorCode::Usage,
                    {.problem = "the KV cache of " + std::to_string(options.context) + " tokens alone has "
                         + bytesText(std::uint64_t(std::min(cache, 1e18))),
                     .advice = "allow more --memory or a shorter --context"});
    return {8 * weights / double(model.parameters())};
}

plan::Budget budgetFrom(const Options& options, const model::Model& model, const sense::Fit& fit)
{
    if (!options.memory.empty())
        return weightsWithin(options, model);
    if (!options.size.empty())
        return plan::MaxFileBytes{bytesFrom(options.size)};
    if (options.bitsPerWeight > 0)
        return plan::MaxBitsPerWeight{options.bitsPerWeight};
    return plan::MaxError{sense::errorFor(fit, options.maxKld)};
}

std::string nameOf(const Options& options)
{
    if (!options.memory.empty())
        return "best within " + options.memory + " of memory";
    if (!options.size.empty())
        return "best within " + options.size;
    return options.bitsPerWeight > 0 ? "best within " + fixed(options.bitsPerWeight, 2) + " bits per weight"
                                     : "smallest within a KL divergence of " + fixed(options.maxKld, 4);
}

/// A plan that meets the budget, and what is expected of it.
struct Answer {
    std::shared_ptr<const model::Model> model;
    sense::Level level = sense::Level::Weights;
    plan::Recipe recipe;
    plan::Plan plan;
    sense::Prediction prediction;
    std::vector<plan::Explanation> reasons;
    std::string command;  ///< of llama-quantize, that makes the same file
    double cacheBytes = 0;  ///< of a text as long as the context; 0 where memory was not asked about
    std::vector<std::pair<std::uint64_t, double>> frontier = {};  ///< bytes and predicted divergence, where asked for
};

/// Beside the model, named after the recipe's file.
std::string outputBeside(const std::string& recipe)
{
    return toUtf8(fromUtf8(recipe).stem()) + ".gguf";
}

std::vector<std::pair<std::uint64_t, double>> frontierOf(const plan::Problem& problem, const sense::Fit& fit)
{
    std::vector<std::pair<std::uint64_t, double>> points;
    for (const auto& point : plan::makeFrontier(problem).points)
        points.emplace_back(point.fileBytes, sense::predict(fit, point.error).kld);
    return points;
}

Answer solveBudget(const Options& options, Console& console)
{
    Answer answer{.model = openModel(options.model), .level = {}, .recipe = {}, .plan = {}, .prediction = {}, .reasons = {}, .command = {}};
    std::optional<plan::ImportanceMatrix> importance;
    plan::PlanOptions planOptions;
    if (!options.importance.empty()) {
        importance = plan::readImportance(fromUtf8(options.importance));
        planOptions = {.importance = true, .provenance = plan::provenanceOf(*importance)};
    }
    sense::Sensitivity figures;
    console.watch([&](Progress& progress) {
        const auto* matrix = importance ? &*importance : nullptr;
        figures = options.sensitivity.empty() ? measuredNow(answer.model, options, matrix, console, progress)
                                              : knownFigures(answer.model, options, matrix, console, progress);
    });
    const plan::ErrorTable table = sense::errorTable(figures, *answer.model);
    const plan::Problem problem = plan::makeProblem(*answer.model, table,
                                                    {.types = typesNamed(options.types),
                                                     .together = togetherFrom(options.together),
                                                     .current = options.recipe.empty() ? plan::Recipe{} : recipeNamed(options.recipe),
                                                     .name = nameOf(options),
                                                     .plan = planOptions});
    const plan::Solution solution = plan::solve(problem, budgetFrom(options, *answer.model, figures.fit));
    answer.level = figures.source.level;
    answer.recipe = plan::recipeOf(problem, solution);
    answer.plan = plan::makePlan(*answer.model, answer.recipe, planOptions);
    answer.prediction = sense::predict(figures.fit, solution.error);
    answer.reasons = plan::explain(*answer.model, table, answer.plan);
    answer.command = plan::quantizeCommand(plan::quantizeArguments(*answer.model, answer.plan, planOptions), options.model,
                                           outputBeside(options.out), options.importance);
    if (!options.memory.empty())
        answer.cacheBytes = cacheBytes(*answer.model, options);
    if (options.frontier)
        answer.frontier = frontierOf(problem, figures.fit);
    return answer;
}

nlohmann::json reasonsJson(const std::vector<plan::Explanation>& reasons)
{
    auto list = nlohmann::json::array();
    for (const auto& one : reasons)
        list.push_back({{"role", model::roleName(one.role)},
                        {"first_layer", one.firstLayer},
                        {"last_layer", one.lastLayer},
                        {"type", quant::name(one.type)},
                        {"instead", quant::name(one.instead)},
                        {"error", one.error},
                        {"bytes_saved", one.bytesSaved}});
    return list;
}

/// "attn_v of layers 0 to 2: Q6_K, because Q4_K would cost 0.012 of KL divergence for 38 kB saved"
std::string sentence(const plan::Explanation& one)
{
    std::string text(model::roleName(one.role));
    if (one.firstLayer >= 0)
        text += one.firstLayer == one.lastLayer ? " of layer " + std::to_string(one.firstLayer)
                                                : " of layers " + std::to_string(one.firstLayer) + " to " + std::to_string(one.lastLayer);
    const bool saves = one.bytesSaved >= 0;
    return text + ": " + std::string(quant::name(one.type)) + ", because " + std::string(quant::name(one.instead)) + " would "
        + (saves ? "cost " : "avoid no more than ") + fixed(std::abs(one.error), 6) + " of KL divergence for "
        + bytesText(std::uint64_t(std::abs(one.bytesSaved))) + (saves ? " saved" : " more");
}

nlohmann::json answerJson(const Answer& answer, const std::string& out)
{
    auto tensors = nlohmann::json::array();
    for (std::size_t i = 0; i < answer.plan.choices.size(); ++i)
        tensors.push_back({{"name", answer.model->tensors()[i].name}, {"type", quant::name(answer.plan.choices[i].type)}});
    nlohmann::json json{{"out", out},
                        {"bytes", answer.plan.fileBytes},
                        {"bits_per_weight", answer.plan.bitsPerWeight},
                        {"predicted_kld", answer.prediction.kld},
                        {"predicted_kld_low", answer.prediction.low},
                        {"predicted_kld_high", answer.prediction.high},
                        {"level", sense::levelName(answer.level)},
                        {"reasons", reasonsJson(answer.reasons)},
                        {"llama_quantize", answer.command},
                        {"tensors", std::move(tensors)}};
    if (answer.cacheBytes > 0) {
        json["kv_cache_bytes"] = std::uint64_t(answer.cacheBytes);
        json["memory_bytes"] = answer.plan.tensorBytes + std::uint64_t(answer.cacheBytes);
    }
    for (const auto& [bytes, kld] : answer.frontier)
        json["frontier"].push_back({{"bytes", bytes}, {"predicted_kld", kld}});
    return json;
}

std::string answerText(const Answer& answer, const std::string& out)
{
    const auto& [kld, low, high] = answer.prediction;
    std::string text = out + ": " + std::to_string(answer.plan.fileBytes) + " bytes, " + fixed(answer.plan.bitsPerWeight, 3)
        + " bits per weight, predicted KL divergence " + fixed(kld, 5) + " (" + fixed(low, 5) + " to " + fixed(high, 5)
        + "), from the level " + std::string(sense::levelName(answer.level));
    if (answer.cacheBytes > 0)
        text += "\n  in memory: " + bytesText(answer.plan.tensorBytes) + " of weights and " + bytesText(std::uint64_t(answer.cacheBytes))
            + " of KV cache";
    for (const auto& one : answer.reasons)
        text += "\n  " + sentence(one);
    for (const auto& [bytes, best] : answer.frontier)
        text += "\n" + std::to_string(bytes) + " bytes: predicted KL divergence " + fixed(best, 6);
    return text;
}

void planModel(const Options& options, Console& console)
{
    if (int(!options.size.empty()) + int(!options.memory.empty()) + int(options.bitsPerWeight > 0) + int(options.maxKld > 0) != 1)
        throw Error(ErrorCode::Usage,
                    {.problem = "exactly one of --size, --bpw, --memory and --max-kld is needed", .advice = "try --size 3.5GB"});
    refuseOwnInput(options.out, {options.model, options.sensitivity, options.importance});
    const Answer answer = solveBudget(options, console);
    writeTextFile(options.format == "recipe" ? plan::toJson(answer.recipe) : answer.command + "\n", options.out);
    console.json() ? console.print(answerJson(answer, options.out)) : console.print(answerText(answer, options.out));
}

}  // namespace

void addPlan(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("plan", "the best types for a size, or the smallest size for a quality");
    command->add_option("MODEL", options->model, "a .gguf file")->required();
    command->add_option("--size", options->size, "the whole output file at most: 3.5GB");
    command->add_option("--bpw", options->bitsPerWeight, "bits per weight at most")->check(CLI::PositiveNumber);
    command->add_option("--memory", options->memory, "weights and the KV cache of --context tokens at most: 6GB");
    command->add_option("--context", options->context, "tokens that --memory makes room for")
        ->check(CLI::Range(1, 1 << 24))
        ->capture_default_str();
    addKvType(*command, options->kvType, "a running text's");
    command->add_option("--max-kld", options->maxKld, "predicted KL divergence at most, nats per token; the smallest file is looked for")
        ->check(CLI::PositiveNumber);
    command->add_option("--sensitivity", options->sensitivity,
                        "figures from halftone-cli sensitivity; without them the weights' are measured now");
    command->add_option("--types", options->types, "types to choose from (all that were measured)")->expected(1, 64)->delimiter(',');
    command->add_option("--imatrix", options->importance, "the importance matrix that will be quantized with");
    command->add_option("--recipe", options->recipe, "a recipe whose pinned tensors keep their types");
    command->add_option("--together", options->together, "tensors that share one type: those of a layer, or of a role")
        ->check(CLI::IsMember({"nothing", "layer", "role"}))
        ->capture_default_str();
    command->add_option("--format", options->format, "what --out holds: the recipe, or the llama-quantize command that says the same")
        ->check(CLI::IsMember({"recipe", "llama-quantize"}))
        ->capture_default_str();
    command->add_flag("--frontier", options->frontier, "also the best of every size: bytes and predicted KL divergence");
    command->add_option("-o,--out", options->out, "the recipe (JSON), as quantize --recipe takes it")->required();
    command->callback([options, &chosen] { chosen = [options](Console& console) { planModel(*options, console); }; });
}

}  // namespace halftone::cli
