// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/figures.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace halftone::evaluate;

namespace {

bool near(double a, double b)
{
    return std::abs(a - b) < 1e-5;
}

TokenFigures token(double probability, float kld, float entropy, float confidence, bool right)
{
    return {.nll = float(-std::log(probability)), .kld = kld, .entropy = entropy, .confidence = confidence, .right = right};
}

}  // namespace

class TestFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRowOfLogitsGivesItsFigures()
    {
        const std::vector<float> logits{0, 1, 2, 3, 4, 5, -1};
        const BaseRow base(logits);
        QCOMPARE(base.five, (std::array<std::size_t, 5>{5, 4, 3, 2, 1}));
        double sum = 0, entropy = 0;
        for (const float x : logits)
            sum += std::exp(double(x));
        for (const float x : logits)
            entropy -= std::exp(double(x)) / sum * (double(x) - std::log(sum));
        const TokenFigures own = figuresOf(base, 4);
        QVERIFY(near(double(own.nll), std::log(sum) - 4));
        QVERIFY(near(double(own.entropy), entropy));
        QVERIFY(near(double(own.confidence), std::exp(5) / sum));
        QVERIFY(own.right == 0 && own.kld == 0 && own.sameFirst == 1 && own.sameFive == 5);
        QVERIFY(figuresOf(base, 5).right == 1);
    }

    void anotherRowIsComparedWithTheOriginals()
    {
        const std::vector<float> x{0, 1, 2, 3, 4, 5, -1}, y{9, 1, 2, 3, 4, 8, -1};  // 0 came in before 5, and 1 left
        const TokenFigures other = figuresOf(BaseRow(x), y, 5);
        const auto logSum = [](const std::vector<float>& row) {
            double sum = 0;
            for (const float v : row)
                sum += std::exp(double(v));
            return std::log(sum);
        };
        double kld = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            kld += std::exp(double(x[i]) - logSum(x)) * ((double(x[i]) - logSum(x)) - (double(y[i]) - logSum(y)));
        QVERIFY(std::abs(double(other.kld) / kld - 1) < 1e-4);
        QVERIFY(other.sameFirst == 0);
        QCOMPARE(int(other.sameFive), 4);
        QVERIFY(other.right == 0);
    }

    void fewTokensStillHaveFive()
    {
        const std::vector<float> logits{1, 2};
        QCOMPARE(BaseRow(logits).five, (std::array<std::size_t, 5>{1, 0, 1, 1, 1}));
    }

    void meansFollowTheDefinitions()
    {
        const std::vector<TokenFigures> base{token(0.5, 0, 1, 0.5f, true), token(0.25, 0, 2, 0.4f, false)};
        std::vector<TokenFigures> own{token(0.25, 0.1f, 1, 0.9f, true), token(0.125, 0.3f, 2, 0.9f, false)};
        own[1].sameFirst = 0;
        own[1].sameFive = 3;
        const Figures f = summarize(own, base, 2);
        QCOMPARE(f.tokens, std::uint64_t(2));
        QVERIFY(near(f.nll, (std::log(4.0) + std::log(8.0)) / 2));
        QVERIFY(near(f.perplexity, std::sqrt(32.0)));
        QVERIFY(near(f.meanKld, 0.2) && near(f.medianKld, 0.2) && near(f.maxKld, 0.3) && near(f.p99Kld, 0.298));
        QVERIFY(near(f.trueChange, -(0.25 + 0.125) / 2));
        QVERIFY(near(f.trueChangeRms, std::sqrt((0.0625 + 0.015625) / 2)));
        QVERIFY(near(f.top1Agreement, 0.5) && near(f.top5Agreement, 0.8));
        QVERIFY(near(f.entropy, 1.5));
        QVERIFY(near(f.calibrationError, 0.4));  // one bin: 0.9 believed, 0.5 right
    }

    void calibrationTakesEachBinAlone()
    {
        // 0.9 believed and always right, 0.3 believed and never right: 0.1 and 0.3 off.
        const std::vector<TokenFigures> own{token(0.9, 0, 0, 0.9f, true), token(0.1, 0, 0, 0.3f, false)};
        QVERIFY(near(summarize(own, own, 2).calibrationError, 0.2));
    }

    void binsSayWhereTheLossFalls()
    {
        std::vector<TokenFigures> base, own;
        for (int i = 0; i < 100; ++i) {
            base.push_back(token(i < 50 ? 0.9 : 0.1, 0, i < 50 ? 0.1f : 3.0f, 0.5f, true));
            own.push_back(token(i < 50 ? 0.9 : 0.05, i < 50 ? 0.0f : 0.5f, 0, 0.5f, true));
        }
        const Figures f = summarize(own, base, 50);
        QCOMPARE(f.uncertainty.size(), std::size_t(10));
        QVERIFY(near(f.uncertainty.front().after, f.uncertainty.front().before) && near(f.uncertainty.front().kld, 0));
        QVERIFY(near(f.uncertainty.back().after - f.uncertainty.back().before, std::log(2.0)) && near(f.uncertainty.back().kld, 0.5));
        QCOMPARE(f.confidence.size(), std::size_t(2));
        QVERIFY(near(f.confidence[0].before, 0.1) && near(f.confidence[0].after, 0.05));
        QVERIFY(near(f.confidence[1].before, 0.9) && near(f.confidence[1].after, 0.9));
        QCOMPARE(f.positions.size(), std::size_t(32));
        std::uint64_t tokens = 0;
        for (const Bin& bin : f.positions) {
            tokens += bin.tokens;
            QVERIFY(near(bin.kld, 0.25));  // each position once in either window
        }
        QCOMPARE(tokens, std::uint64_t(100));
    }

    void unsoundFiguresAreSeen()
    {
        QVERIFY(isSound(token(0.5, 0, 1, 0.5f, true)));
        QVERIFY(!isSound(token(0.5, NAN, 1, 0.5f, true)));
        QVERIFY(!isSound(token(0.5, 0, -1, 0.5f, true)));
        QVERIFY(!isSound(token(0.5, 0, 1, 1.5f, true)));
        QVERIFY(!isSound({.sameFive = 6}));
    }
};

QTEST_APPLESS_MAIN(TestFigures)
#include "tst_figures.moc"
