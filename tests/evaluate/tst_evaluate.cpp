// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/evaluate.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "tests/evaluate/bos_only.h"
#include "tests/infer/reference_llama.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace halftone;
using namespace halftone::evaluate;
using halftone::test::BosOnly;

namespace {

std::vector<token::Id> text(std::size_t length)
{
    std::vector<token::Id> ids(length);
    for (std::size_t i = 0; i < length; ++i)
        ids[i] = token::Id((i * i * 11 + 5 * i + 3) % 61);
    return ids;
}

double logSum(const std::vector<double>& row)
{
    double sum = 0;
    for (const double x : row)
        sum += std::exp(x);
    return std::log(sum);
}

/// The scored rows of logits and their true tokens, by llama-perplexity's definition written out.
struct Scored {
    std::vector<std::vector<double>> rows;
    std::vector<token::Id> targets;
};
Scored scored(const test::MadeModel& made, std::vector<token::Id> ids, std::size_t window, bool bos)
{
    if (bos)
        ids.insert(ids.begin(), 1);
    Scored result;
    const test::ReferenceLlama reference(made, test::ReferenceLlama::Cache::Halves);
    for (std::size_t begin = 0; begin + window <= ids.size(); begin += window) {
        std::vector<int> input(ids.begin() + std::ptrdiff_t(begin), ids.begin() + std::ptrdiff_t(begin + window));
        if (bos)
            input[0] = 1;
        const auto logits = reference.run(input);
        for (std::size_t i = window / 2; i < window - 1; ++i) {
            result.rows.push_back(logits[i]);
            result.targets.push_back(ids[begin + i + 1]);
        }
    }
    return result;
}

/// The same model with slightly other weights, as if it had been quantized.
test::MadeModel disturbed(const test::MadeModel& made)
{
    test::MadeModel other = made;
    for (auto& [name, values] : other.weights)
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= 1 + 0.05f * float(int(i % 3) - 1);
    for (auto& tensor : other.parts.tensors)
        tensor.data = std::as_bytes(std::span(other.weights.at(tensor.name)));
    return other;
}

}  // namespace

class TestEvaluate : public QObject {
    Q_OBJECT

    Executor m_executor{3};
    Progress m_progress;

    std::shared_ptr<const infer::Variant> variantOf(const test::MadeModel& made)
    {
        return infer::Variant::original(made.model(), m_executor, m_progress);
    }

private Q_SLOTS:
    void perplexityFollowsTheDefinition_data()
    {
        QTest::addColumn<bool>("bos");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("window");
        QTest::newRow("with BOS") << true << 103 << 16;
        QTest::newRow("without BOS") << false << 103 << 16;
        QTest::newRow("BOS completes the last window") << true << 47 << 16;
        QTest::newRow("odd window") << true << 60 << 17;
    }
    void perplexityFollowsTheDefinition()
    {
        QFETCH(bool, bos);
        QFETCH(int, length);
        QFETCH(int, window);
        const auto made = test::ModelMaker::make({});
        const auto ids = text(std::size_t(length));
        const Scored expected = scored(made, ids, std::size_t(window), bos);
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < expected.rows.size(); ++i) {
            const double nll = logSum(expected.rows[i]) - expected.rows[i][std::size_t(expected.targets[i])];
            sum += nll;
            squares += nll * nll;
        }
        const double n = double(expected.rows.size()), mean = sum / n;

        const auto ours = perplexity(variantOf(made), BosOnly(bos), ids, {.window = std::size_t(window)}, m_executor, m_progress);
        QCOMPARE(ours.tokens, std::uint64_t(expected.rows.size()));
        QVERIFY(std::abs(ours.nll - mean) < 2e-4);
        QVERIFY(std::abs(ours.perplexity / std::exp(mean) - 1) < 2e-4);
        QVERIFY(std::abs(ours.error / (std::exp(mean) * std::sqrt((squares / n - mean * mean) / (n - 1))) - 1) < 1e-3);
        const auto snapshot = m_progress.snapshot();
        QVERIFY(snapshot.unit == Unit::Tokens && snapshot.total > 0);
        QCOMPARE(snapshot.done, snapshot.total);
    }

    void divergenceFollowsTheDefinition()
    {
        const auto made = test::ModelMaker::make({}), other = disturbed(made);
        const auto ids = text(103);
        const Scored p = scored(made, ids, 16, true), q = scored(other, ids, 16, true);
        std::vector<double> kld;
        double same = 0;
        for (std::size_t i = 0; i < p.rows.size(); ++i) {
            const double a = logSum(p.rows[i]), b = logSum(q.rows[i]);
            double sum = 0;
            for (std::size_t k = 0; k < p.rows[i].size(); ++k)
                sum += std::exp(p.rows[i][k] - a) * ((p.rows[i][k] - a) - (q.rows[i][k] - b));
            kld.push_back(sum);
            same += std::max_element(p.rows[i].begin(), p.rows[i].end()) - p.rows[i].begin()
                == std::max_element(q.rows[i].begin(), q.rows[i].end()) - q.rows[i].begin();
        }
        const double mean = std::accumulate(kld.begin(), kld.end(), 0.0) / double(kld.size());
        std::sort(kld.begin(), kld.end());
        QVERIFY(mean > 1e-4);  // else the test shows nothing

        const auto ours = divergence(variantOf(made), variantOf(other), BosOnly(true), ids, {.window = 16}, m_executor, m_progress);
        QCOMPARE(ours.base.tokens, std::uint64_t(kld.size()));
        QVERIFY(std::abs(ours.meanKld / mean - 1) < 0.01);
        QVERIFY(std::abs(ours.maxKld / kld.back() - 1) < 0.01);
        const std::size_t n = kld.size();
        QVERIFY(std::abs(ours.medianKld / ((kld[(n - 1) / 2] + kld[n / 2]) / 2) - 1) < 0.01);
        QVERIFY(ours.p99Kld <= ours.maxKld && ours.p99Kld >= ours.medianKld);
        QVERIFY(ours.meanKldError > 0);
        QVERIFY(std::abs(ours.top1Agreement - same / double(n)) < 1.5 / double(n));
        const auto alone = perplexity(variantOf(other), BosOnly(true), ids, {.window = 16}, m_executor, m_progress);
        QCOMPARE(ours.quantized.perplexity, alone.perplexity);
        QCOMPARE(ours.quantized.error, alone.error);
    }

    void aModelDoesNotDivergeFromItself()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        const auto ours = divergence(variant, variant, BosOnly(true), text(200), {.window = 32}, m_executor, m_progress);
        QCOMPARE(ours.meanKld, 0.0);
        QCOMPARE(ours.maxKld, 0.0);
        QCOMPARE(ours.top1Agreement, 1.0);
        QCOMPARE(ours.base.perplexity, ours.quantized.perplexity);
    }

    void fewerBitsInTheCacheAreSeenBesideHalves()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        const auto measured = [&](infer::KvType type) {
            return divergence(variant, variant, BosOnly(true), text(200), {.window = 32}, m_executor, m_progress, type);
        };
        const auto floats = measured(infer::KvType::F32), bytes = measured(infer::KvType::Q8_0);
        QVERIFY(floats.meanKld > 0 && bytes.meanKld > 16 * floats.meanKld);
        QCOMPARE(bytes.base.nll, floats.base.nll);
        const auto alone =
            perplexity(variant, BosOnly(true), text(200), {.window = 32}, m_executor, m_progress, infer::KvType::Q8_0);
        QCOMPARE(alone.nll, bytes.quantized.nll);
        QVERIFY(alone.nll != bytes.base.nll);
    }

    void theNumberOfThreadsDoesNotChangeTheFigures()
    {
        const auto made = test::ModelMaker::make({});
        const auto a = variantOf(made), b = variantOf(disturbed(made));
        const Executor one(1), four(4);
        const auto x = divergence(a, b, BosOnly(true), text(200), {.window = 32}, one, m_progress);
        const auto y = divergence(a, b, BosOnly(true), text(200), {.window = 32}, four, m_progress);
        QCOMPARE(x.meanKld, y.meanKld);
        QCOMPARE(x.p99Kld, y.p99Kld);
        QCOMPARE(x.base.nll, y.base.nll);
        QCOMPARE(x.quantized.error, y.quantized.error);
    }

    void maxWindowsLimitsTheText()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        const auto some = perplexity(variant, BosOnly(false), text(200), {.window = 16, .maxWindows = 3}, m_executor, m_progress);
        const auto shorter = perplexity(variant, BosOnly(false), text(48), {.window = 16}, m_executor, m_progress);
        QCOMPARE(some.tokens, std::uint64_t(3 * 7));
        QCOMPARE(some.perplexity, shorter.perplexity);
    }

    void aShortTextIsRefused()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        try {
            perplexity(variant, BosOnly(false), text(15), {.window = 16}, m_executor, m_progress);
            QFAIL("a text shorter than a window was measured");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Usage);
        }
    }

    void windowsLongerThanTheContextAreRefusedWithWhatWouldFit()
    {
        const auto made = test::ModelMaker::make({.contextLength = 48});
        const auto numbers = infer::readHyperparameters(*made.model());
        checkWindows(numbers, BosOnly(false), text(100), {.window = 48});
        try {
            checkWindows(numbers, BosOnly(false), text(100), {.window = 49});
            QFAIL("a window longer than the context was taken");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Usage);
            QVERIFY(error.advice().find("48") != std::string::npos);
        }
        try {
            checkWindows(numbers, BosOnly(false), text(47), {.window = 48});
            QFAIL("a text shorter than a window was taken");
        } catch (const Error& error) {
            QVERIFY(error.advice().find("47") != std::string::npos);
        }
    }

    void modelsOfDifferentVocabulariesAreRefused()
    {
        const auto a = variantOf(test::ModelMaker::make({})), b = variantOf(test::ModelMaker::make({.vocabulary = 60}));
        QVERIFY_THROWS_EXCEPTION(Error, divergence(a, b, BosOnly(false), text(50), {.window = 16}, m_executor, m_progress));
    }

    void aCancelIsSeen()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        Progress progress;
        progress.cancel();
        try {
            perplexity(variant, BosOnly(false), text(64), {.window = 16}, m_executor, progress);
            QFAIL("a cancelled measurement went on");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
    }
};

QTEST_APPLESS_MAIN(TestEvaluate)
#include "tst_evaluate.moc"
