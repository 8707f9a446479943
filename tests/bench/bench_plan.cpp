// SPDX-License-Identifier: GPL-3.0-or-later
// Planning for a model of 1,000 tensors: the solver alone with 25 options each; problem, frontier, one corner of it and budgets of
// size and of speed with every type that can be made.
#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/solver.h"
#include "tests/plan/made_model.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <random>

using namespace halftone;

namespace {

model::Model madeModel(int tensors)
{
    constexpr std::array kNames{"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"};
    std::vector<model::Tensor> made;
    for (int i = 0; i < tensors; ++i) {
        const std::size_t role = std::size_t(i) % kNames.size();
        const auto shape = role < 4 ? test::shapeOf({8192, 8192}) : test::shapeOf({8192, 28672});
        made.push_back(
            test::tensorOf("blk." + std::to_string(i / int(kNames.size())) + "." + kNames[role] + ".weight", quant::Type::F16, shape));
    }
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    return test::modelOf(std::move(metadata), std::move(made));
}

plan::ErrorTable madeTable(const model::Model& model)
{
    std::mt19937 random(1);
    const auto share = [&] { return double(random() >> 8) / double(1 << 24); };
    plan::ErrorTable table;
    for (std::size_t i = 0; i < model.tensors().size(); ++i) {
        auto& row = table.emplace_back();
        const double delicacy = std::exp(4 * share());
        for (const quant::TypeInfo& info : quant::allTypes())
            if (info.canQuantize && info.bitsPerWeight() < 16)
                row.push_back({info.type, delicacy * std::exp2(-2 * info.bitsPerWeight()) * (0.8 + 0.4 * share())});
    }
    return table;
}

plan::knapsack::Groups madeGroups(std::size_t groups, std::size_t options)
{
    std::mt19937 random(2);
    const auto share = [&] { return double(random() >> 8) / double(1 << 24); };
    plan::knapsack::Groups made(groups);
    for (auto& group : made) {
        const double size = double(1 + random() % 1000) * 65536, delicacy = std::exp(4 * share());
        for (std::size_t i = 0; i < options; ++i) {
            const double bits = 1.5 + 7 * share();
            group.push_back({std::floor(size * bits), delicacy * std::exp2(-2 * bits) * (0.8 + 0.4 * share())});
        }
    }
    return made;
}

void solveAThousandGroups(benchmark::State& state)
{
    const auto groups = madeGroups(1000, 25);
    double least = 0, most = 0;
    for (const auto& group : groups) {
        least += std::ranges::min(group, {}, &plan::knapsack::Option::weight).weight;
        most += std::ranges::max(group, {}, &plan::knapsack::Option::weight).weight;
    }
    const double limit = least + double(state.range(0)) / 100 * (most - least);
    double gap = 0;
    for (auto _ : state) {
        const auto pick = plan::knapsack::minimizeLoss(groups, plan::knapsack::convexHull(groups), limit);
        gap = pick->loss / pick->bound - 1;
    }
    state.counters["gap"] = gap;
}
BENCHMARK(solveAThousandGroups)->Arg(10)->Arg(40)->Arg(80)->Unit(benchmark::kMillisecond);

void makeTheProblem(benchmark::State& state)
{
    const auto model = madeModel(1000);
    const auto table = madeTable(model);
    for (auto _ : state)
        benchmark::DoNotOptimize(plan::makeProblem(model, table, {}));
}
BENCHMARK(makeTheProblem)->Unit(benchmark::kMillisecond);

void drawTheFrontier(benchmark::State& state)
{
    const auto model = madeModel(1000);
    const auto problem = plan::makeProblem(model, madeTable(model), {});
    for (auto _ : state)
        benchmark::DoNotOptimize(plan::makeFrontier(problem));
}
BENCHMARK(drawTheFrontier)->Unit(benchmark::kMillisecond);

void dragTheBudget(benchmark::State& state)
{
    const auto model = madeModel(1000);
    const auto problem = plan::makeProblem(model, madeTable(model), {});
    const auto frontier = plan::makeFrontier(problem);
    const std::uint64_t bytes = (frontier.points.front().fileBytes + frontier.points.back().fileBytes) / 2;
    for (auto _ : state)
        benchmark::DoNotOptimize(plan::solutionAt(problem, frontier, frontier.within(problem, plan::MaxFileBytes{bytes})));
}
BENCHMARK(dragTheBudget)->Unit(benchmark::kMicrosecond);

void solveABudget(benchmark::State& state)
{
    const auto model = madeModel(1000);
    const auto problem = plan::makeProblem(model, madeTable(model), {});
    const auto frontier = plan::makeFrontier(problem);
    const std::uint64_t bytes =
        frontier.points.front().fileBytes + (frontier.points.back().fileBytes - frontier.points.front().fileBytes) / 5;
    double gap = 0;
    for (auto _ : state) {
        const auto solution = plan::solve(problem, plan::MaxFileBytes{bytes});
        gap = solution.error / solution.bound - 1;
    }
    state.counters["gap"] = gap;
}
BENCHMARK(solveABudget)->Unit(benchmark::kMillisecond);

/// Speeds in no order of the bits, as measured ones are.
plan::DecodeSpeeds madeSpeeds()
{
    plan::DecodeSpeeds speeds;
    for (const quant::TypeInfo& info : quant::allTypes())
        if (info.canQuantize)
            speeds.types.push_back({info.type, 1e9 * double(1 + (7 * std::uint32_t(info.type)) % 11)});
    return speeds;
}

void solveASpeed(benchmark::State& state)
{
    const auto model = madeModel(1000);
    const auto problem = plan::makeProblem(model, madeTable(model), {.speeds = madeSpeeds()});
    const auto frontier = plan::makeFrontier(problem, plan::Cost::SecondsPerToken);
    const double seconds = frontier.points.front().seconds + (frontier.points.back().seconds - frontier.points.front().seconds) / 5;
    double gap = 0;
    for (auto _ : state) {
        const auto solution = plan::solve(problem, plan::MaxSecondsPerToken{seconds});
        gap = solution.error / solution.bound - 1;
    }
    state.counters["gap"] = gap;
}
BENCHMARK(solveASpeed)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
