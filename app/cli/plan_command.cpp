// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/generation.h"
#include "app/cli/recipe_options.h"
#include "app/cli/sensitivity_file.h"
#include "app/cli/speed_file.h"
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
    bool frontier = false, fastTypes = false, speed = false, speedAnew = false;
    double bitsPerWeight = 0, maxKld = 0, tokensPerSecond = 0;
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
plan::MaxTensorBytes weightsWithin(const Options& options, const model::Model& model)
{
    const double cache = cacheBytes(model, options), weights = double(bytesFrom(options.memory)) - cache;
    if (weights <= 0 || model.parameters() == 0)
        throw Error(ErrorCode::Usage,
                    {.problem = "the KV cache of " + std::to_string(options.context) + " tokens alone has "
                         + bytesText(std::uint64_t(std::min(cache, 1e18))),
                     .advice = "allow more --memory or a shorter --context"});
    return {std::uint64_t(weights)};
}

plan::Budget budgetFrom(const Options& options, const model::Model& model, const sense::Fit& fit)
{
    if (!options.memory.empty())
        return weightsWithin(options, model);
    if (!options.size.empty())
        return plan::MaxFileBytes{bytesFrom(options.size)};
    if (options.bitsPerWeight > 0)
        return plan::MaxBitsPerWeight{options.bitsPerWeight};
    if (options.tokensPerSecond > 0)
        return plan::MaxSecondsPerToken{1 / options.tokensPerSecond};
    return plan::MaxError{sense::errorFor(fit, options.maxKld)};
}

std::string nameOf(const Options& options)
{
    if (!options.memory.empty())
        return "best within " + options.memory + " of memory";
    if (!options.size.empty())
        return "best within " + options.size;
    if (options.tokensPerSecond > 0)
        return "best of " + fixed(options.tokensPerSecond, 1) + " tokens a second";
    return options.bitsPerWeight > 0 ? "best within " + fixed(options.bitsPerWeight, 2) + " bits per weight"
                                     : "smallest within a KL divergence of " + fixed(options.maxKld, 4);
}

struct FrontierPoint {
    std::uint64_t bytes;
    double tokensPerSecond, kld;
};

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
    double tokensPerSecond = 0;  ///< estimated; 0 where speed was not asked about
    std::vector<plan::TypeSpeed> speeds = {};  ///< that it was estimated from
    std::vector<FrontierPoint> frontier = {};  ///< where asked for
};

/// Beside the model, named after the recipe's file.
std::string outputBeside(const std::string& recipe)
{
    return toUtf8(fromUtf8(recipe).stem()) + ".gguf";
}

/// Of every time a token may take where that is the budget, of every size otherwise.
std::vector<FrontierPoint> frontierOf(const plan::Problem& problem, const Options& options, const sense::Fit& fit)
{
    std::vector<FrontierPoint> points;
    const auto cost = options.tokensPerSecond > 0 ? plan::Cost::SecondsPerToken : plan::Cost::FileBytes;
    for (const auto& point : plan::makeFrontier(problem, cost).points)
        points.push_back({point.fileBytes, problem.timed ? 1 / point.seconds : 0, sense::predict(fit, point.error).kld});
    return points;
}

/// What is known of a model before a budget is solved.
struct Ground {
    std::optional<plan::ImportanceMatrix> importance;
    plan::PlanOptions plan;
    sense::Sensitivity figures;
    plan::DecodeSpeeds speeds;
};

Ground groundOf(const std::shared_ptr<const model::Model>& model, const Options& options, Console& console)
{
    Ground ground;
    if (!options.importance.empty()) {
        ground.importance = plan::readImportance(fromUtf8(options.importance));
        ground.plan = {.importance = true, .provenance = plan::provenanceOf(*ground.importance)};
    }
    console.watch([&](Progress& progress) {
        const auto* matrix = ground.importance ? &*ground.importance : nullptr;
        if (options.tokensPerSecond > 0 || options.fastTypes || options.speed || options.speedAnew)
            ground.speeds = speedsOfThisMachine(model, options.speedAnew, console, progress);
        ground.figures = options.sensitivity.empty() ? measuredNow(model, options, matrix, console, progress)
                                                     : knownFigures(model, options, matrix, console, progress);
    });
    return ground;
}

/// Those allowed; empty: all.
std::vector<quant::Type> allowedTypes(const Options& options, const plan::DecodeSpeeds& speeds)
{
    std::vector<quant::Type> types = typesNamed(options.types);
    if (!options.fastTypes)
        return types;
    const std::vector<quant::Type> fast = plan::fastTypes(speeds);
    if (types.empty())
        return fast;
    std::erase_if(types, [&](quant::Type type) { return std::ranges::find(fast, type) == fast.end(); });
    if (types.empty())
        throw Error(ErrorCode::Usage,
                    {.problem = "none of the --types runs fast on this machine", .advice = "allow Q8_0, or leave --fast-types out"});
    return types;
}

plan::Problem problemFor(const model::Model& model, const plan::ErrorTable& table, const Ground& ground, const Options& options)
{
    return plan::makeProblem(model, table,
                             {.types = allowedTypes(options, ground.speeds),
                              .together = togetherFrom(options.together),
                              .current = options.recipe.empty() ? plan::Recipe{} : recipeNamed(options.recipe),
                              .name = nameOf(options),
                              .plan = ground.plan,
                              .speeds = ground.speeds});
}

Answer solveBudget(const Options& options, Console& console)
{
    Answer answer{.model = openModel(options.model), .level = {}, .recipe = {}, .plan = {}, .prediction = {}, .reasons = {}, .command = {}};
    const Ground ground = groundOf(answer.model, options, console);
    const plan::ErrorTable table = sense::errorTable(ground.figures, *answer.model);
    const plan::Problem problem = problemFor(*answer.model, table, ground, options);
    const plan::Solution solution = plan::solve(problem, budgetFrom(options, *answer.model, ground.figures.fit));
    answer.level = ground.figures.source.level;
    answer.recipe = plan::recipeOf(problem, solution);
    answer.plan = plan::makePlan(*answer.model, answer.recipe, ground.plan);
    answer.prediction = sense::predict(ground.figures.fit, solution.error);
    answer.reasons = plan::explain(*answer.model, table, answer.plan);
    answer.command = plan::quantizeCommand(plan::quantizeArguments(*answer.model, answer.plan, ground.plan), options.model,
                                           outputBeside(options.out), options.importance);
    if (!options.memory.empty())
        answer.cacheBytes = cacheBytes(*answer.model, options);
    if (options.frontier)
        answer.frontier = frontierOf(problem, options, ground.figures.fit);
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
    if (answer.tokensPerSecond > 0) {
        json["tokens_per_second"] = answer.tokensPerSecond;
        for (const plan::TypeSpeed& one : answer.speeds)
            json["speeds"].push_back({{"type", quant::name(one.type)}, {"gb_per_s", one.bytesPerSecond / 1e9}});
    }
    for (const FrontierPoint& point : answer.frontier) {
        json["frontier"].push_back({{"bytes", point.bytes}, {"predicted_kld", point.kld}});
        if (point.tokensPerSecond > 0)
            json["frontier"].back()["tokens_per_second"] = point.tokensPerSecond;
    }
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
    if (answer.tokensPerSecond > 0)
        text += "\n  on this machine: about " + fixed(answer.tokensPerSecond, 1) + " tokens a second";
    for (const auto& one : answer.reasons)
        text += "\n  " + sentence(one);
    for (const FrontierPoint& point : answer.frontier)
        text += "\n" + std::to_string(point.bytes) + " bytes: predicted KL divergence " + fixed(point.kld, 6)
            + (point.tokensPerSecond > 0 ? ", " + fixed(point.tokensPerSecond, 1) + " tokens a second" : "");
    return text;
}

void planModel(const Options& options, Console& console)
{
    if (int(!options.size.empty()) + int(!options.memory.empty()) + int(options.bitsPerWeight > 0) + int(options.maxKld > 0)
            + int(options.tokensPerSecond > 0)
        != 1)
        throw Error(ErrorCode::Usage,
                    {.problem = "exactly one of --size, --bpw, --memory, --tokens-per-second and --max-kld is needed",
                     .advice = "try --size 3.5GB"});
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
    command->add_flag("--fast-types", options->fastTypes, "only types that this machine runs no slower than Q8_0, or that have more bits");
    command->add_flag("--speed", options->speed, "also estimate tokens per second with any budget");
    command->add_flag("--measure-speed", options->speedAnew, "the same, with the types' speeds measured anew instead of those kept");
    command->add_flag("--frontier", options->frontier, "also the best of every size (or speed, where that is the budget)");
    command->add_option("-o,--out", options->out, "the recipe (JSON), as quantize --recipe takes it")->required();
    command->callback([options, &chosen] { chosen = [options](Console& console) { planModel(*options, console); }; });
}

}  // namespace halftone::cli
