// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/infer/routing.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace halftone::infer;

class TestRouting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tokensGoToTheirMostProbableExperts()
    {
        std::vector<float> scores{0, 2, 1,  -1,  // experts 1 and 2
                                  3, 0, -2, 4};  // experts 3 and 0
        const Routing routing = route(scores, {.experts = 4, .used = 2});
        QCOMPARE(routing.size(), std::size_t(4));
        QCOMPARE(routing[0].size(), std::size_t(1));
        QCOMPARE(routing[0][0].token, std::size_t(1));
        QCOMPARE(routing[1][0].token, std::size_t(0));
        QCOMPARE(routing[2][0].token, std::size_t(0));
        QCOMPARE(routing[3][0].token, std::size_t(1));
        const double all = 1 + std::exp(2.0) + std::exp(1.0) + std::exp(-1.0);
        QVERIFY(std::abs(routing[1][0].weight - std::exp(2.0) / all) < 1e-6);
        QVERIFY(std::abs(routing[2][0].weight - std::exp(1.0) / all) < 1e-6);
    }

    void weightsMaySumToOne()
    {
        std::vector<float> scores{0, 2, 1, -1};
        const Routing routing = route(scores, {.experts = 4, .used = 2, .sumToOne = true});
        QVERIFY(std::abs(routing[1][0].weight - std::exp(1.0) / (1 + std::exp(1.0))) < 1e-6);
        QVERIFY(std::abs(routing[1][0].weight + routing[2][0].weight - 1) < 1e-6);
    }

    void ofEquallyProbableExpertsTheFirstAreTaken()
    {
        std::vector<float> scores(6, 0.5f);
        const Routing routing = route(scores, {.experts = 6, .used = 2});
        for (std::size_t expert = 0; expert < 6; ++expert)
            QCOMPARE(routing[expert].size(), std::size_t(expert < 2 ? 1 : 0));
    }

    void aBiasChoosesAndDoesNotCount()
    {
        std::vector<float> scores{2, 1, 0, -1};
        const std::vector<float> bias{0, 0, 0, 1};
        const RoutingRule rule{.experts = 4, .used = 2, .sumToOne = true, .sigmoid = true, .scale = 3};
        const Routing routing = route(scores, rule, bias);
        const double first = 1 / (1 + std::exp(-2.0)), last = 1 / (1 + std::exp(1.0));
        QVERIFY(routing[1].empty() && routing[2].empty());
        QVERIFY(std::abs(routing[0].at(0).weight - 3 * first / (first + last)) < 1e-6);
        QVERIFY(std::abs(routing[3].at(0).weight - 3 * last / (first + last)) < 1e-6);
    }

    void onlyTheBestGroupsAreChosenFrom()
    {
        std::vector<float> scores{5, -9, -9, 1, 2, 2, 0, -1, 3};  // two good ones beat one better
        const RoutingRule rule{.experts = 9, .used = 3, .sigmoid = true, .groups = 3, .groupsUsed = 1};
        const Routing routing = route(scores, rule);
        for (std::size_t expert = 0; expert < 9; ++expert)
            QCOMPARE(routing[expert].size(), std::size_t(expert / 3 == 1 ? 1 : 0));
    }

    void nothingProbableIsNotDividedByZero()
    {
        std::vector<float> scores(4, -200.0f);
        const Routing routing = route(scores, {.experts = 4, .used = 2, .sumToOne = true, .sigmoid = true});
        QVERIFY(std::isfinite(routing[0].at(0).weight));
    }

    void anExpertSeesItsTokensInOrder()
    {
        std::vector<float> scores;
        for (int token = 0; token < 9; ++token)
            scores.insert(scores.end(), {float(token % 2), 0.5f});
        const Routing routing = route(scores, {.experts = 2, .used = 1});
        for (std::size_t i = 0; i < routing[1].size(); ++i)
            QCOMPARE(routing[1][i].token, 2 * i);
        for (std::size_t i = 0; i < routing[0].size(); ++i)
            QCOMPARE(routing[0][i].token, 2 * i + 1);
        QCOMPARE(routing[0].size() + routing[1].size(), std::size_t(9));
    }
};

QTEST_APPLESS_MAIN(TestRouting)
#include "tst_routing.moc"
