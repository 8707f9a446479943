// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/infer/sampler.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace halftone;
using namespace halftone::infer;

namespace {

// Probabilities 0.5, 0.25, 0.125, 0.0625, 0.0625 at ids 2, 0, 4, 1, 3.
const std::vector<float> kLogits{std::log(0.25f), std::log(0.0625f), std::log(0.5f), std::log(0.0625f), std::log(0.125f)};

std::map<token::Id, int> histogram(const SamplingOptions& options, int draws)
{
    Sampler sampler(options);
    std::map<token::Id, int> counts;
    for (int i = 0; i < draws; ++i)
        ++counts[sampler.next(kLogits)];
    return counts;
}

/// Draws agree with `expected` within five standard deviations of a binomial count.
void compareWith(const std::map<token::Id, double>& expected, const SamplingOptions& options)
{
    constexpr int kDraws = 20000;
    const auto counts = histogram(options, kDraws);
    QCOMPARE(counts.size(), expected.size());
    for (const auto& [id, p] : expected) {
        QVERIFY(counts.contains(id));
        const double deviation = std::abs(counts.at(id) - kDraws * p);
        QVERIFY2(deviation <= 5 * std::sqrt(kDraws * p * (1 - p)), qPrintable(QString("token %1: %2 of %3").arg(id).arg(counts.at(id)).arg(kDraws)));
    }
}

}  // namespace

class TestSampler : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void temperatureZeroTakesTheFirstOfTheLargest()
    {
        Sampler sampler({});
        QCOMPARE(sampler.next(kLogits), 2);
        QCOMPARE(sampler.next(std::vector<float>{1, 3, 3, 2}), 1);
        std::vector<float> many(1000, -1.0f);
        many[777] = many[901] = 4;
        QCOMPARE(sampler.next(many), 777);
    }

    void topKOfOneIsGreedy() { QCOMPARE(histogram({.temperature = 3, .topK = 1}, 100), (std::map<token::Id, int>{{2, 100}})); }
    void aTinyNucleusIsGreedy() { QCOMPARE(histogram({.temperature = 3, .topP = 0.01}, 100), (std::map<token::Id, int>{{2, 100}})); }

    void drawsFollowTheModel() { compareWith({{2, 0.5}, {0, 0.25}, {4, 0.125}, {1, 0.0625}, {3, 0.0625}}, {.temperature = 1}); }
    void temperatureFlattens()
    {
        const double total = std::sqrt(0.5) + std::sqrt(0.25) + std::sqrt(0.125) + 2 * std::sqrt(0.0625);
        compareWith({{2, std::sqrt(0.5) / total}, {0, std::sqrt(0.25) / total}, {4, std::sqrt(0.125) / total}, {1, std::sqrt(0.0625) / total}, {3, std::sqrt(0.0625) / total}},
                    {.temperature = 2});
    }
    void topKKeepsTheBest() { compareWith({{2, 0.5 / 0.875}, {0, 0.25 / 0.875}, {4, 0.125 / 0.875}}, {.temperature = 1, .topK = 3}); }
    void topPKeepsTheFewestThatReachIt() { compareWith({{2, 2.0 / 3}, {0, 1.0 / 3}}, {.temperature = 1, .topP = 0.7}); }
    void topPCountsWhatTopKLeft() { compareWith({{2, 2.0 / 3}, {0, 1.0 / 3}}, {.temperature = 1, .topK = 3, .topP = 0.8}); }
    void minPComparesWithTheBest() { compareWith({{2, 0.5 / 0.875}, {0, 0.25 / 0.875}, {4, 0.125 / 0.875}}, {.temperature = 1, .minP = 0.2}); }

    void aLargeVocabularyIsCutTheSameWay()
    {
        std::vector<float> flat(5000, 0.0f);
        Sampler sampler({.temperature = 1, .topP = 0.1});
        std::set<token::Id> seen;
        for (int i = 0; i < 3000; ++i)
            seen.insert(sampler.next(flat));
        QVERIFY(seen.size() > 480 && seen.size() <= 501);
        QVERIFY(*seen.rbegin() <= 500);   // ties by id
    }

    void theSameSeedGivesTheSameDraws()
    {
        const auto draw = [](std::uint64_t seed) {
            Sampler sampler({.temperature = 1, .seed = seed});
            std::vector<token::Id> ids;
            for (int i = 0; i < 64; ++i)
                ids.push_back(sampler.next(kLogits));
            return ids;
        };
        QCOMPARE(draw(42), draw(42));
        QVERIFY(draw(42) != draw(43));
        // Pinned, so that a text made on one machine can be made again on another.
        const auto first = draw(1);
        QCOMPARE(std::vector<token::Id>(first.begin(), first.begin() + 8), (std::vector<token::Id>{2, 2, 4, 2, 2, 2, 4, 2}));
    }

    void notANumberIsNeverDrawn()
    {
        std::vector<float> logits = kLogits;
        logits[0] = std::numeric_limits<float>::quiet_NaN();
        Sampler sampler({.temperature = 1, .topP = 0.99});
        for (int i = 0; i < 1000; ++i)
            QVERIFY(sampler.next(logits) != 0);
    }

    void mostProbableIsSortedWithTiesById()
    {
        const auto best = mostProbable(kLogits, 4);
        QCOMPARE(best.size(), std::size_t(4));
        QCOMPARE(best[0].id, 2);
        QCOMPARE(best[1].id, 0);
        QCOMPARE(best[2].id, 4);
        QCOMPARE(best[3].id, 1);
        QVERIFY(std::abs(best[0].probability - 0.5f) < 1e-6f);
        QCOMPARE(mostProbable(kLogits, 100).size(), kLogits.size());
    }

    void probabilitySurvivesLargeLogits()
    {
        const std::vector<float> logits{1000, 1000, -1000};
        QVERIFY(std::abs(probability(logits, 1) - 0.5f) < 1e-6f);
        QCOMPARE(probability(logits, 2), 0.0f);
        QCOMPARE(probability(logits, 3), 0.0f);
    }
};

QTEST_APPLESS_MAIN(TestSampler)
#include "tst_sampler.moc"
