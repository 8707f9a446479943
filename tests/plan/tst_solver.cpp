// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/quantizable.h"
#include "core/plan/solver.h"
#include "tests/plan/made_model.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <functional>
#include <set>

using namespace halftone;
using quant::Type;

namespace {

const std::vector<Type> kTypes{Type::Q2_K, Type::Q3_K, Type::Q4_K, Type::Q6_K, Type::Q8_0};

/// Layers with rows of 256, 512 and, in one matrix, 96 weights, which fit no block of 256.
model::Model madeModel(int layers, bool tied = true, bool experts = false)
{
    std::vector<model::Tensor> tensors{test::tensorOf("token_embd.weight", Type::F16, test::shapeOf({256, 999}))};
    tensors.push_back(test::tensorOf("output_norm.weight", Type::F32, test::shapeOf({256})));
    if (!tied)
        tensors.push_back(test::tensorOf("output.weight", Type::F16, test::shapeOf({256, 999})));
    for (int i = 0; i < layers; ++i) {
        const std::string block = "blk." + std::to_string(i) + ".";
        tensors.push_back(test::tensorOf(block + "attn_q.weight", Type::F16, test::shapeOf({256, 256})));
        tensors.push_back(test::tensorOf(block + "attn_v.weight", Type::F16, test::shapeOf({256, 64})));
        tensors.push_back(test::tensorOf(block + "attn_output.weight", Type::F16, test::shapeOf({96, 255})));
        tensors.push_back(test::tensorOf(block + "ffn_norm.weight", Type::F32, test::shapeOf({256})));
        if (experts) {
            tensors.push_back(test::tensorOf(block + "ffn_gate_inp.weight", Type::F32, test::shapeOf({256, 8})));
            tensors.push_back(test::tensorOf(block + "ffn_down_exps.weight", Type::F16, test::shapeOf({512, 256, 8})));
        } else {
            tensors.push_back(test::tensorOf(block + "ffn_down.weight", Type::F16, test::shapeOf({512, 256})));
        }
    }
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    if (experts) {
        metadata.set("llama.expert_count", std::uint32_t(8));
        metadata.set("llama.expert_used_count", std::uint32_t(3));
    }
    return test::modelOf(std::move(metadata), std::move(tensors));
}

/// Errors that fall with the bits and differ between tensors.
plan::ErrorTable madeTable(const model::Model& model, const std::vector<Type>& types = kTypes)
{
    plan::ErrorTable table(model.tensors().size());
    for (std::size_t i = 0; i < table.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        if (!plan::quantizable(tensor))
            continue;
        const double delicacy = std::exp(std::sin(double(i) * 1.7) * 2) * std::sqrt(double(tensor.shape.elements()));
        for (const Type wanted : types) {
            const Type type = plan::fittingType(wanted, tensor.shape.columns());
            if (std::ranges::find(table[i], type, &plan::TypeError::type) == table[i].end())
                table[i].push_back({type, delicacy * std::exp2(-2 * quant::info(type).bitsPerWeight())});
        }
    }
    return table;
}

/// Speeds of which fewer bits are not always faster.
plan::DecodeSpeeds madeSpeeds()
{
    return {.types = {{Type::F32, 9e9},
                      {Type::F16, 8e9},
                      {Type::Q8_0, 6e9},
                      {Type::Q6_K, 3e9},
                      {Type::Q4_K, 4e9},
                      {Type::Q5_0, 5e9},
                      {Type::Q4_0, 5e9},
                      {Type::Q3_K, 2e9},
                      {Type::Q2_K, 2e9}},
            .otherSeconds = 1e-5};
}

/// Every combination of types, by makePlan() alone: the least error of those that `fits` admits.
double bruteForce(const model::Model& model, const plan::ErrorTable& table, const plan::Problem& problem,
                  const std::function<bool(const plan::Plan&)>& fits, plan::Recipe& recipe, std::size_t group = 0)
{
    if (group == problem.groups.size()) {
        const plan::Plan plan = plan::makePlan(model, recipe);
        return fits(plan) ? plan::totalError(model, table, plan) : std::numeric_limits<double>::infinity();
    }
    double best = std::numeric_limits<double>::infinity();
    for (const auto& option : problem.groups[group].options) {
        const plan::Recipe before = recipe;
        for (std::size_t k = 0; k < option.types.size(); ++k)
            recipe.exact[problem.names[problem.groups[group].tensors[k]]] = option.types[k];
        best = std::min(best, bruteForce(model, table, problem, fits, recipe, group + 1));
        recipe = before;
    }
    return best;
}

/// A size between the smallest file and the one without loss.
std::uint64_t bytesAt(const plan::Problem& problem, double share)
{
    const plan::Frontier frontier = plan::makeFrontier(problem);
    const double least = double(frontier.points.front().fileBytes), most = double(frontier.points.back().fileBytes);
    return std::uint64_t(least + share * (most - least));
}

std::string refusal(const plan::Problem& problem, const plan::Budget& budget)
{
    try {
        plan::solve(problem, budget);
        return {};
    } catch (const Error& error) {
        return error.code() == ErrorCode::Usage ? error.what() : "another code";
    }
}

}  // namespace

class TestSolver : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forecastIsThePlansToTheByte_data()
    {
        QTest::addColumn<double>("share");
        for (const double share : {0.0, 0.01, 0.1, 0.2, 0.35, 0.6, 0.9, 2.0})
            QTest::addRow("%g of the range", share) << share;
    }
    void forecastIsThePlansToTheByte()
    {
        QFETCH(double, share);
        const model::Model model = madeModel(3);
        const plan::ErrorTable table = madeTable(model);
        const plan::Problem problem = plan::makeProblem(model, table, {.name = "made"});
        const std::uint64_t limit = bytesAt(problem, share);
        const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{limit});
        const plan::Plan plan = plan::makePlan(model, plan::recipeOf(problem, solution));
        if (!plan.unchanged)
            QCOMPARE(solution.fileBytes, plan.fileBytes);
        QVERIFY(plan.fileBytes <= limit);
        QCOMPARE(solution.tensorBytes, plan.tensorBytes);
        QVERIFY(std::abs(solution.error - plan::totalError(model, table, plan)) <= 1e-12 * (1 + solution.error));
        for (std::size_t i = 0; i < solution.types.size(); ++i)
            QCOMPARE(solution.types[i], plan.choices[i].type);
        QCOMPARE(plan.fallbacks, 0);  // the recipe names what will be, not what would not fit
    }

    void isTheBestOfAllRecipes()
    {
        const model::Model model = madeModel(1);
        const plan::ErrorTable table = madeTable(model, {Type::Q2_K, Type::Q4_K, Type::Q8_0});
        const plan::Problem problem = plan::makeProblem(model, table, {.types = {Type::Q2_K, Type::Q4_K, Type::Q8_0}});
        const plan::Frontier frontier = plan::makeFrontier(problem);
        const std::uint64_t least = frontier.points.front().fileBytes, most = frontier.points.back().fileBytes;
        for (int i = 0; i <= 12; ++i) {
            const std::uint64_t bytes = least + (most - least) * std::uint64_t(i) / 12;
            plan::Recipe recipe = problem.recipe;
            const double best = bruteForce(
                model, table, problem, [bytes](const plan::Plan& plan) { return plan.fileBytes <= bytes; }, recipe);
            const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{bytes});
            QVERIFY(std::abs(solution.error - best) <= 1e-12 * best);
            QCOMPARE(solution.bound, solution.error);
        }
    }

    void isTheBestOfAllRecipesWithinATime_data()
    {
        QTest::addColumn<bool>("tied");
        QTest::addColumn<bool>("experts");
        QTest::newRow("dense") << false << false;
        QTest::newRow("tied") << true << false;
        QTest::newRow("experts") << true << true;
    }
    void isTheBestOfAllRecipesWithinATime()
    {
        QFETCH(bool, tied);
        QFETCH(bool, experts);
        const model::Model model = madeModel(1, tied, experts);
        const std::vector<Type> types{Type::Q2_K, Type::Q4_K, Type::Q8_0};
        const plan::ErrorTable table = madeTable(model, types);
        const plan::DecodeSpeeds speeds = madeSpeeds();
        const plan::Problem problem = plan::makeProblem(model, table, {.types = types, .speeds = speeds});
        const plan::Frontier frontier = plan::makeFrontier(problem, plan::Cost::SecondsPerToken);
        const double least = frontier.points.front().seconds, most = frontier.points.back().seconds;
        QVERIFY(least > speeds.otherSeconds && most > least);
        for (int i = 0; i <= 12; ++i) {
            const double seconds = (least + (most - least) * i / 12) * (1 + 1e-12);
            const auto fits = [&](const plan::Plan& plan) { return plan::secondsPerToken(model, plan, speeds) <= seconds * (1 + 1e-12); };
            plan::Recipe recipe = problem.recipe;
            const double best = bruteForce(model, table, problem, fits, recipe);
            const plan::Solution solution = plan::solve(problem, plan::MaxSecondsPerToken{seconds});
            QVERIFY2(std::abs(solution.error - best) <= 1e-12 * best, qPrintable(QString::number(solution.error / best - 1)));
            const plan::Plan plan = plan::makePlan(model, plan::recipeOf(problem, solution));
            QVERIFY(fits(plan));
            QVERIFY(std::abs(solution.seconds - plan::secondsPerToken(model, plan, speeds)) <= 1e-12 * seconds);
            const plan::Solution quick = plan::solutionAt(problem, frontier, frontier.within(problem, plan::MaxSecondsPerToken{seconds}));
            QVERIFY(quick.seconds <= seconds && quick.error >= solution.error);
        }
    }

    void timeIsNoBudgetWithoutSpeeds()
    {
        const model::Model model = madeModel(1);
        const plan::Problem untimed = plan::makeProblem(model, madeTable(model), {});
        QVERIFY(refusal(untimed, plan::MaxSecondsPerToken{1}).find("nothing is known") != std::string::npos);
        const plan::Problem timed = plan::makeProblem(model, madeTable(model), {.types = kTypes, .speeds = madeSpeeds()});
        QVERIFY(refusal(timed, plan::MaxSecondsPerToken{1e-9}).find("the most are") != std::string::npos);
    }

    void everyBudgetHonoursPinsLayersTypesAndFallBacks_data()
    {
        QTest::addColumn<std::size_t>("kind");
        const std::array names{"file bytes", "tensor bytes", "bits per weight", "time", "error"};
        static_assert(names.size() == std::variant_size_v<plan::Budget>);
        for (std::size_t i = 0; i < names.size(); ++i)
            QTest::newRow(names[i]) << i;
    }
    void everyBudgetHonoursPinsLayersTypesAndFallBacks()
    {
        QFETCH(std::size_t, kind);
        const model::Model model = madeModel(4, false);
        const plan::Recipe current{.exact = {{"blk.1.attn_q.weight", Type::Q6_K}, {"output.weight", Type::Q8_0}},
                                   .pins = {"blk.1.attn_q.weight", "output.weight", "blk.2.attn_v.weight"}};
        const std::vector<Type> allowed{Type::Q2_K, Type::Q4_K, Type::Q8_0};
        const plan::ErrorTable table = madeTable(model);
        const plan::Problem problem = plan::makeProblem(
            model, table, {.types = allowed, .together = plan::Together::Layer, .current = current, .speeds = madeSpeeds()});
        const auto cost = kind == 3 ? plan::Cost::SecondsPerToken : plan::Cost::FileBytes;
        const plan::Frontier frontier = plan::makeFrontier(problem, cost);
        const plan::Frontier::Point& middle = frontier.points[frontier.points.size() / 3];
        const std::array<plan::Budget, 5> budgets{plan::MaxFileBytes{middle.fileBytes}, plan::MaxTensorBytes{middle.tensorBytes},
                                                  plan::MaxBitsPerWeight{8 * double(middle.tensorBytes) / double(model.parameters())},
                                                  plan::MaxSecondsPerToken{middle.seconds * (1 + 1e-12)},
                                                  plan::MaxError{middle.error * (1 + 1e-12)}};
        const plan::Solution solution = plan::solve(problem, budgets[kind]);
        QVERIFY(frontier.points.size() > 4);
        const auto typeOf = [&](const std::string& name) { return solution.types[std::size_t(model.find(name) - model.tensors().data())]; };
        QCOMPARE(typeOf("blk.1.attn_q.weight"), Type::Q6_K);
        QCOMPARE(typeOf("output.weight"), Type::Q8_0);
        QCOMPARE(typeOf("blk.2.attn_v.weight"), Type::F16);
        std::set<Type> used;
        for (int layer = 0; layer < 4; ++layer) {
            const std::string block = "blk." + std::to_string(layer) + ".";
            const Type shared = typeOf(block + "ffn_down.weight");
            QVERIFY(std::ranges::find(allowed, shared) != allowed.end());
            used.insert(shared);
            for (const char* name : {"attn_q.weight", "attn_v.weight"})
                if (!current.pins.contains(block + name))
                    QCOMPARE(typeOf(block + name), shared);
            QCOMPARE(typeOf(block + "attn_output.weight"), plan::fittingType(shared, 96));
        }
        QVERIFY(used.size() > 1);
        const plan::Plan plan = plan::makePlan(model, plan::recipeOf(problem, solution));
        QCOMPARE(plan.fileBytes, solution.fileBytes);
        QVERIFY(std::abs(plan::secondsPerToken(model, plan, madeSpeeds()) - solution.seconds) <= 1e-12 * solution.seconds);
        QVERIFY(solution.error <= middle.error * (1 + 1e-9));
    }

    void bitsPerWeightCountTensorsAlone()
    {
        const model::Model model = madeModel(4);
        const plan::Problem problem = plan::makeProblem(model, madeTable(model), {});
        for (const double bits : {3.5, 4.5, 6.0}) {
            const plan::Plan plan = plan::makePlan(model, plan::recipeOf(problem, plan::solve(problem, plan::MaxBitsPerWeight{bits})));
            QVERIFY(plan.bitsPerWeight <= bits);
            QVERIFY2(plan.bitsPerWeight > bits - 0.25, qPrintable(QString::number(plan.bitsPerWeight)));
        }
    }

    void smallestFileWithinAnError()
    {
        const model::Model model = madeModel(3);
        const plan::Problem problem = plan::makeProblem(model, madeTable(model), {});
        for (const double share : {0.05, 0.2, 0.5}) {
            const plan::Solution bySize = plan::solve(problem, plan::MaxFileBytes{bytesAt(problem, share)});
            const plan::Solution byError = plan::solve(problem, plan::MaxError{bySize.error * (1 + 1e-12)});
            QVERIFY(byError.error <= bySize.error * (1 + 1e-9));
            QVERIFY(byError.fileBytes <= bySize.fileBytes);
            QVERIFY(byError.bound <= double(byError.fileBytes));
        }
    }

    void impossibleBudgetsNameTheSmallest()
    {
        const model::Model model = madeModel(2);
        const plan::Problem problem = plan::makeProblem(model, madeTable(model), {});
        const std::uint64_t smallest = plan::makeFrontier(problem).points.front().fileBytes;
        QCOMPARE(plan::solve(problem, plan::MaxFileBytes{smallest}).fileBytes, smallest);
        const std::string refused = refusal(problem, plan::MaxFileBytes{smallest - 1});
        QVERIFY2(refused.find(std::to_string(smallest)) != std::string::npos, refused.c_str());
        QVERIFY(refusal(problem, plan::MaxBitsPerWeight{1}).find("the fewest are") != std::string::npos);
        const plan::Problem coarse = plan::makeProblem(model, madeTable(model), {.types = {Type::Q2_K}});
        QVERIFY(refusal(coarse, plan::MaxError{1e-9}).find("the least is") != std::string::npos);
    }

    void pinnedTensorsKeepWhatTheirRecipeGivesThem()
    {
        const model::Model model = madeModel(3);
        plan::Recipe current{
            .base = "pure:Q6_K", .exact = {{"blk.1.attn_v.weight", Type::Q8_0}}, .pins = {"blk.0.ffn_down.weight", "blk.1.attn_v.weight"}};
        const plan::ErrorTable table = madeTable(model);
        const plan::Problem problem = plan::makeProblem(model, table, {.types = {Type::Q2_K}, .current = current});
        const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{10'000'000});
        const plan::Recipe recipe = plan::recipeOf(problem, solution);
        const plan::Plan plan = plan::makePlan(model, recipe);
        QCOMPARE(recipe.pins, current.pins);
        QCOMPARE(recipe.exact.at("blk.0.ffn_down.weight"), Type::Q6_K);
        QCOMPARE(recipe.exact.at("blk.1.attn_v.weight"), Type::Q8_0);
        QCOMPARE(recipe.exact.at("blk.2.ffn_down.weight"), Type::Q2_K);
        QCOMPARE(solution.fileBytes, plan.fileBytes);
        QVERIFY(std::abs(solution.error - plan::totalError(model, table, plan)) < 1e-12);
    }

    void onlyAllowedTypesAreChosen()
    {
        const model::Model model = madeModel(3);
        const plan::Problem problem = plan::makeProblem(model, madeTable(model), {.types = {Type::Q3_K, Type::Q8_0}});
        for (const double share : {0.1, 0.5, 1.0}) {
            const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{bytesAt(problem, share)});
            for (std::size_t i = 0; i < solution.types.size(); ++i) {
                const model::Tensor& tensor = model.tensors()[i];
                if (!plan::quantizable(tensor))
                    QCOMPARE(solution.types[i], tensor.type);
                else  // rows of 96 weights: the stand-in for Q3_K
                    QVERIFY(solution.types[i] == Type::Q8_0 || solution.types[i] == plan::fittingType(Type::Q3_K, tensor.shape.columns()));
            }
        }
    }

    void typesThatCannotBeMadeAreRefused()
    {
        const model::Model model = madeModel(1);
        QVERIFY_EXCEPTION_THROWN(plan::makeProblem(model, madeTable(model), {.types = {Type::Q8_K}}), Error);
    }

    void layersOrRolesShareAType_data()
    {
        QTest::addColumn<bool>("layers");
        QTest::newRow("layers") << true;
        QTest::newRow("roles") << false;
    }
    void layersOrRolesShareAType()
    {
        QFETCH(bool, layers);
        const model::Model model = madeModel(4);
        const plan::Problem problem = plan::makeProblem(
            model, madeTable(model), {.types = kTypes, .together = layers ? plan::Together::Layer : plan::Together::Role});
        const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{bytesAt(problem, 0.4)});
        std::map<int, std::set<Type>> types;
        for (std::size_t i = 0; i < solution.types.size(); ++i) {
            const model::Tensor& tensor = model.tensors()[i];
            if (plan::quantizable(tensor) && tensor.layer >= 0 && tensor.shape.columns() % 256 == 0)
                types[layers ? tensor.layer : int(tensor.role)].insert(solution.types[i]);
        }
        QCOMPARE(types.size(), layers ? std::size_t(4) : std::size_t(3));
        std::set<Type> used;
        for (const auto& [key, shared] : types) {
            QCOMPARE(shared.size(), std::size_t(1));
            used.insert(*shared.begin());
        }
        QVERIFY(used.size() > 1);  // the groups differ from each other
    }

    void tensorsWithoutFiguresStayAsTheyAre()
    {
        const model::Model model = madeModel(2);
        plan::ErrorTable table = madeTable(model);
        table[0].clear();
        const plan::Solution solution =
            plan::solve(plan::makeProblem(model, table, {.types = {Type::Q2_K}}), plan::MaxFileBytes{2'000'000});
        QCOMPARE(solution.types[0], Type::F16);
    }

    void frontierFallsAndIsReachedByTheSolver()
    {
        const model::Model model = madeModel(3);
        const plan::ErrorTable table = madeTable(model);
        const plan::Problem problem = plan::makeProblem(model, table, {});
        const plan::Frontier frontier = plan::makeFrontier(problem);
        QVERIFY(frontier.points.size() > 20);
        for (std::size_t i = 0; i < frontier.points.size(); ++i) {
            const plan::Solution corner = plan::solutionAt(problem, frontier, i);
            QCOMPARE(corner.fileBytes, frontier.points[i].fileBytes);
            QVERIFY(std::abs(corner.error - frontier.points[i].error) < 1e-9);
            if (i + 1 == frontier.points.size())
                break;  // everything as it is: the file is a copy of the source
            QCOMPARE(plan::makePlan(model, plan::recipeOf(problem, corner)).fileBytes, corner.fileBytes);
            QVERIFY(frontier.points[i + 1].fileBytes > frontier.points[i].fileBytes);
            QVERIFY(frontier.points[i + 1].error < frontier.points[i].error);
            QVERIFY(plan::solve(problem, plan::MaxFileBytes{corner.fileBytes}).error <= corner.error * (1 + 1e-12));
        }
        QCOMPARE(frontier.within(problem, plan::MaxFileBytes{0}), std::size_t(0));
        QCOMPARE(frontier.within(problem, plan::MaxFileBytes{frontier.points[5].fileBytes}), std::size_t(5));
        QCOMPARE(frontier.within(problem, plan::MaxFileBytes{frontier.points[5].fileBytes - 1}), std::size_t(4));
    }

    void expertsAreOneChoiceAndRoutersStay()
    {
        const model::Model model = madeModel(2, false, true);
        const plan::Problem problem = plan::makeProblem(model, madeTable(model), {});
        const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{bytesAt(problem, 0.3)});
        const plan::Plan plan = plan::makePlan(model, plan::recipeOf(problem, solution));
        QCOMPARE(solution.fileBytes, plan.fileBytes);
        for (std::size_t i = 0; i < plan.choices.size(); ++i) {
            const model::Tensor& tensor = model.tensors()[i];
            if (tensor.role == model::Role::ExpertRouter)
                QCOMPARE(solution.types[i], Type::F32);
            if (tensor.role == model::Role::FfnDownExperts)
                QCOMPARE(plan.choices[i].bytes, quant::rowBytes(solution.types[i], 512) * 256 * 8);
        }
    }

    void tiedEmbeddingIsOneRow()
    {
        const auto rows = [](const model::Model& model) { return plan::makeProblem(model, madeTable(model), {}).groups.size(); };
        QCOMPARE(rows(madeModel(2, true)), std::size_t(1 + 2 * 4));
        QCOMPARE(rows(madeModel(2, false)), std::size_t(2 + 2 * 4));
    }
};

QTEST_APPLESS_MAIN(TestSolver)
#include "tst_solver.moc"
