// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/generation.h"
#include "app/cli/plan_answer.h"
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
#include "core/sense/carry.h"
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
    bool frontier = false, fastTypes = false, speed = false, speedAnew = false, carry = false;
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

/// With the rest told from the weights.
sense::Sensitivity withCarried(sense::Sensitivity figures, const std::shared_ptr<const model::Model>& model, const Options& options,
                               const plan::ImportanceMatrix* importance, Console& console, Progress& progress)
{
    sense::Sensitivity weights;
    sense::measure(model, {.types = typesNamed(options.types), .importance = importance}, weights, {}, console.executor(), progress);
    return sense::carried(std::move(figures), weights, *model);
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
    if (!figures.complete && !options.carry)
        console.note("note: the figures are incomplete; tensors that are not there stay as they are (or --carry them from their weights)");
    return options.carry ? withCarried(std::move(figures), model, options, importance, console, progress) : figures;
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
    MachineSpeeds machine;
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
            ground.machine = speedsOfThisMachine(model, options.speedAnew, console, progress);
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
                    {.problem = "none of the --types runs fast here", .advice = "allow Q8_0, or leave --fast-types out"});
    return types;
}

plan::Problem problemFor(const model::Model& model, const plan::ErrorTable& table, const Ground& ground, const Options& options)
{
    return plan::makeProblem(model, table,
                             {.types = allowedTypes(options, ground.machine.speeds),
                              .together = togetherFrom(options.together),
                              .current = options.recipe.empty() ? plan::Recipe{} : recipeNamed(options.recipe),
                              .name = nameOf(options),
                              .plan = ground.plan,
                              .speeds = ground.machine.speeds});
}

std::vector<bool> carriedChoices(const sense::Sensitivity& figures, const model::Model& model, const plan::Plan& plan)
{
    std::vector<bool> carried(plan.choices.size());
    for (const sense::TensorError& one : figures.tensors)
        if (const model::Tensor* tensor = one.carried ? model.find(one.tensor) : nullptr)
            if (const std::size_t i = std::size_t(tensor - model.tensors().data()); plan.choices[i].type == one.type)
                carried[i] = true;
    return carried;
}

/// What does not fit a device is computed by the CPU, of which the estimate knows nothing.
void noteRoom(const MachineSpeeds& machine, const plan::Plan& plan, const Console& console)
{
    if (machine.roomBytes && plan.tensorBytes > *machine.roomBytes)
        console.note("note: " + bytesText(plan.tensorBytes) + " of weights are more than the " + bytesText(*machine.roomBytes)
                     + " that are free on " + machine.device
                     + ": the CPU would compute some of the layers, and a token take longer than estimated");
}

PlanAnswer solveBudget(const Options& options, Console& console)
{
    PlanAnswer answer{
        .model = openModel(options.model), .level = {}, .recipe = {}, .plan = {}, .prediction = {}, .reasons = {}, .command = {}};
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
    if (problem.timed)
        answer.tokensPerSecond = 1 / solution.seconds;
    answer.speeds = ground.machine.speeds.types;
    answer.speedsDevice = ground.machine.device;
    noteRoom(ground.machine, answer.plan, console);
    answer.carried = carriedChoices(ground.figures, *answer.model, answer.plan);
    if (options.frontier)
        answer.frontier = frontierOf(problem, options, ground.figures.fit);
    return answer;
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
    const PlanAnswer answer = solveBudget(options, console);
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
    command
        ->add_option("--tokens-per-second", options->tokensPerSecond,
                     "at least, one after the other near the beginning of a text, as estimated from the types' speeds on what --device names")
        ->check(CLI::PositiveNumber);
    command->add_option("--max-kld", options->maxKld, "predicted KL divergence at most, nats per token; the smallest file is looked for")
        ->check(CLI::PositiveNumber);
    command->add_option("--sensitivity", options->sensitivity,
                        "figures from halftone-cli sensitivity; without them the weights' are measured now");
    command->add_flag("--carry", options->carry,
                      "tell tensors and types that --sensitivity lacks from their weights, which are measured now");
    command->add_option("--types", options->types, "types to choose from (all that were measured)")->expected(1, 64)->delimiter(',');
    command->add_option("--imatrix", options->importance, "the importance matrix that will be quantized with");
    command->add_option("--recipe", options->recipe, "a recipe whose pinned tensors keep their types");
    command->add_option("--together", options->together, "tensors that share one type: those of a layer, or of a role")
        ->check(CLI::IsMember({"nothing", "layer", "role"}))
        ->capture_default_str();
    command->add_option("--format", options->format, "what --out holds: the recipe, or the llama-quantize command that says the same")
        ->check(CLI::IsMember({"recipe", "llama-quantize"}))
        ->capture_default_str();
    command->add_flag("--fast-types", options->fastTypes, "only types that --device runs no slower than Q8_0, or that have more bits");
    command->add_flag("--speed", options->speed, "also estimate tokens per second with any budget");
    command->add_flag("--measure-speed", options->speedAnew, "the same, with the types' speeds measured anew instead of those kept");
    command->add_flag("--frontier", options->frontier, "also the best of every size (or speed, where that is the budget)");
    command->add_option("-o,--out", options->out, "the recipe (JSON), as quantize --recipe takes it")->required();
    command->callback([options, &chosen] { chosen = [options](Console& console) { planModel(*options, console); }; });
}

}  // namespace halftone::cli
