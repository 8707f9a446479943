// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/knapsack.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace halftone::plan::knapsack;

namespace {

/// Types of a quantizer on tensors of a few sizes: twice the bits, about a quarter of the loss, with noise.
Groups madeGroups(std::size_t groups, std::size_t options, std::uint32_t seed)
{
    std::mt19937 random(seed);
    const auto share = [&] { return double(random() >> 8) / double(1 << 24); };
    Groups made;
    for (std::size_t g = 0; g < groups; ++g) {
        const double size = double(1 + random() % 12) * 4096, delicacy = std::exp(4 * share());
        made.emplace_back();
        for (std::size_t i = 0; i < options; ++i) {
            const double bits = 2 + 14 * share();
            made.back().push_back({std::floor(size * bits), delicacy * std::exp(-bits) * (0.5 + share())});
        }
    }
    return made;
}

/// The least loss within the limit over every combination, infinite if there is none.
double bruteForce(const Groups& groups, double limit, std::size_t group = 0)
{
    if (group == groups.size())
        return limit >= 0 ? 0 : std::numeric_limits<double>::infinity();
    double best = std::numeric_limits<double>::infinity();
    for (const Option& option : groups[group])
        if (option.weight <= limit)
            best = std::min(best, option.loss + bruteForce(groups, limit - option.weight, group + 1));
    return best;
}

double weightOf(const Groups& groups, const std::vector<std::uint32_t>& options)
{
    double weight = 0;
    for (std::size_t g = 0; g < groups.size(); ++g)
        weight += groups[g][options[g]].weight;
    return weight;
}

double lightest(const Groups& groups)
{
    double weight = 0;
    for (const auto& group : groups)
        weight += std::ranges::min(group, {}, &Option::weight).weight;
    return weight;
}

double heaviest(const Groups& groups)
{
    double weight = 0;
    for (const auto& group : groups)
        weight += std::ranges::max(group, {}, &Option::weight).weight;
    return weight;
}

}  // namespace

class TestKnapsack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsEveryCombinationTried()
    {
        int solved = 0;
        for (std::uint32_t seed = 1; seed <= 60; ++seed) {
            const Groups groups = madeGroups(2 + seed % 5, 2 + seed % 4, seed);
            for (const double share : {0.0, 0.07, 0.2, 0.5, 0.8, 1.0}) {
                const double limit = lightest(groups) + share * (heaviest(groups) - lightest(groups));
                const auto pick = minimizeLoss(groups, convexHull(groups), limit);
                QVERIFY(pick);
                const double best = bruteForce(groups, limit);
                QVERIFY2(std::abs(pick->loss - best) <= 1e-12 * best,
                         qPrintable(QString("seed %1, share %2: %3 for %4").arg(seed).arg(share).arg(pick->loss).arg(best)));
                QCOMPARE(weightOf(groups, pick->options), pick->weight);
                QVERIFY(pick->weight <= limit);
                QCOMPARE(pick->bound, pick->loss);
                ++solved;
            }
        }
        QCOMPARE(solved, 360);
    }

    void nothingFitsBelowTheLightest()
    {
        const Groups groups = madeGroups(5, 4, 3);
        QVERIFY(minimizeLoss(groups, convexHull(groups), lightest(groups)));
        QVERIFY(!minimizeLoss(groups, convexHull(groups), lightest(groups) - 1));
    }

    void roundErrorOfGreedyIsMadeGood()
    {
        // By gain a unit of weight, the first group's step comes first and leaves no room for the second's, which loses more.
        const Groups groups{{{0, 10}, {6, 3}}, {{0, 10}, {10, 1}}};
        const auto pick = minimizeLoss(groups, convexHull(groups), 10);
        QVERIFY(pick);
        QCOMPARE(pick->options, (std::vector<std::uint32_t>{0, 1}));
        QCOMPARE(pick->loss, 11.0);
    }

    void optionsOffTheConvexHullAreUsed()
    {
        const Groups groups{{{0, 10}, {5, 8}, {10, 0}}};
        QCOMPARE(convexHull(groups).steps.size(), std::size_t(1));
        QCOMPARE(minimizeLoss(groups, convexHull(groups), 7)->options.front(), 1u);
    }

    void hullIsTheLeastAtEachOfItsCorners()
    {
        for (std::uint32_t seed = 1; seed <= 20; ++seed) {
            const Groups groups = madeGroups(4, 5, seed);
            const Hull hull = convexHull(groups);
            auto options = hull.start;
            double gain = std::numeric_limits<double>::infinity();
            for (const Step& step : hull.steps) {
                QCOMPARE(options[step.group], step.from);
                QVERIFY(step.gain() <= gain);
                gain = step.gain();
                options[step.group] = step.to;
                double loss = 0;
                for (std::size_t g = 0; g < groups.size(); ++g)
                    loss += groups[g][options[g]].loss;
                QVERIFY(std::abs(loss - bruteForce(groups, weightOf(groups, options))) <= 1e-12);
            }
        }
    }

    /// A large model's problem. Whether or not the search comes to its end, the bound holds and lies close.
    void aThousandGroupsEndCloseToTheBound()
    {
        const Groups groups = madeGroups(1000, 25, 11);
        for (const double share : {0.1, 0.3, 0.6}) {
            const double limit = lightest(groups) + share * (heaviest(groups) - lightest(groups));
            const auto pick = minimizeLoss(groups, convexHull(groups), limit);
            QVERIFY(pick);
            QVERIFY(pick->weight <= limit);
            QVERIFY(pick->bound <= pick->loss);
            QVERIFY2(pick->loss <= pick->bound * (1 + 1e-5), qPrintable(QString::number(pick->loss / pick->bound - 1)));
        }
    }
};

QTEST_APPLESS_MAIN(TestKnapsack)
#include "tst_knapsack.moc"
