// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/sense/input_moments.h"
#include "core/sense/weight_errors.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

using namespace halftone;
using quant::Type;

namespace {

std::vector<float> requantized(const std::vector<float>& weights, Type type, std::size_t columns, std::span<const float> importance = {})
{
    std::vector<std::byte> packed(quant::rowBytes(type, columns) * (weights.size() / columns));
    std::vector<float> result(weights.size());
    quant::quantize(type, weights, columns, importance, packed);
    quant::dequantize(type, packed, result);
    return result;
}

/// sum over rows of r S r^T by the definition.
double form(const std::vector<float>& rows, const std::vector<float>& second, std::size_t columns)
{
    double sum = 0;
    for (std::size_t r = 0; r < rows.size(); r += columns)
        for (std::size_t i = 0; i < columns; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                sum += double(rows[r + i]) * double(second[i * columns + j]) * double(rows[r + j]);
    return sum;
}

std::vector<float> difference(const std::vector<float>& a, const std::vector<float>& b)
{
    std::vector<float> result(a.size());
    std::ranges::transform(a, b, result.begin(), std::minus());
    return result;
}

bool close(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::abs(b);
}

}  // namespace

class TestWeightErrors : public QObject {
    Q_OBJECT

    Executor m_executor{2};
    Progress m_progress;

private Q_SLOTS:
    void figuresAreThoseOfQuantizingAndComparing()
    {
        const auto weights = test::bell(512 * 300, 0.02f);
        const test::MadeTensor made(Type::F32, 512, weights);
        const std::vector<Type> types{Type::Q2_K, Type::Q4_0, Type::Q6_K};
        const auto trials = sense::tryTypes(made.tensor, types, {}, m_executor, m_progress);
        QCOMPARE(trials.size(), types.size());
        for (const auto& trial : trials) {
            const auto result = requantized(weights, trial.type, 512);
            inspect::DistortionMeter meter;
            meter.add(weights, result);
            QVERIFY(close(trial.weights.rmse, meter.result().rmse, 1e-9));
            QVERIFY(close(trial.weights.cosine, meter.result().cosine, 1e-12));
            QVERIFY(close(trial.outputError, std::pow(10, -meter.result().snrDb / 10), 1e-9));  // without inputs, noise over signal
        }
        QVERIFY(trials[0].outputError > trials[1].outputError && trials[1].outputError > trials[2].outputError);
    }

    void sameForAnyNumberOfThreads()
    {
        const test::MadeTensor made(Type::F16, 256, test::bell(256 * 700, 0.1f));
        const std::vector<Type> types{Type::Q3_K, Type::Q5_1};
        const Executor one(1), three(3);
        const auto a = sense::tryTypes(made.tensor, types, {}, one, m_progress),
                   b = sense::tryTypes(made.tensor, types, {}, three, m_progress);
        for (std::size_t i = 0; i < types.size(); ++i) {
            QCOMPARE(a[i].outputError, b[i].outputError);
            QCOMPARE(a[i].weights.rmse, b[i].weights.rmse);
        }
    }

    void secondMomentsWeighTheErrors()
    {
        constexpr std::size_t kColumns = 32, kRows = 40, kTokens = 50;
        const auto weights = test::bell(kColumns * kRows, 1), inputs = test::bell(kColumns * kTokens, 1, 0.5f, 9);
        const test::MadeTensor made(Type::F32, kColumns, weights);
        sense::MomentCollector collector(m_executor, m_progress);
        collector.observe({.weight = "made.weight", .rows = inputs, .columns = kColumns});
        const auto moments = collector.of("made.weight");
        const std::vector<Type> types{Type::Q4_0};
        const auto trial =
            sense::tryTypes(made.tensor, types, {.importance = {}, .squares = {}, .second = moments.full}, m_executor, m_progress).front();

        // The same from the outputs themselves: sum over tokens and rows of (d x)^2 over that of (w x)^2.
        const auto errors = difference(requantized(weights, Type::Q4_0, kColumns), weights);
        double error = 0, reference = 0;
        for (std::size_t t = 0; t < kTokens; ++t) {
            for (std::size_t r = 0; r < kRows; ++r) {
                double d = 0, w = 0;
                for (std::size_t c = 0; c < kColumns; ++c) {
                    d += double(errors[r * kColumns + c]) * double(inputs[t * kColumns + c]);
                    w += double(weights[r * kColumns + c]) * double(inputs[t * kColumns + c]);
                }
                error += d * d;
                reference += w * w;
            }
        }
        QVERIFY2(close(trial.outputError, error / reference, 1e-4),
                 qPrintable(QString("%1 %2").arg(trial.outputError).arg(error / reference)));
        QVERIFY(close(form(errors, moments.full, kColumns) / form(weights, moments.full, kColumns), error / reference, 1e-4));
    }

    /// The first expert is given every token, as the router is; the second expert's must not count as the router's.
    void anExpertThatSeesEveryTokenKeepsItsSumsApart()
    {
        const auto all = test::bell(20 * 3, 1, 0, 1), some = test::bell(20 * 2, 1, 0, 2);
        sense::MomentCollector collector(m_executor, m_progress);
        collector.observe({.weight = "router", .rows = all, .columns = 20});
        collector.observe({.weight = "experts", .rows = all, .columns = 20, .expert = 0, .experts = 2});
        collector.observe({.weight = "experts", .rows = some, .columns = 20, .expert = 1, .experts = 2});
        double square = 0;
        for (std::size_t t = 0; t < all.size(); t += 20)
            square += double(all[t + 7]) * double(all[t + 7]);
        QVERIFY(close(collector.of("router").diagonal[7], square / 3, 1e-5));
        for (std::size_t t = 0; t < some.size(); t += 20)
            square += double(some[t + 7]) * double(some[t + 7]);
        QVERIFY(close(collector.of("experts").diagonal[7], square / 5, 1e-5));
    }

    void momentsAreSharedByMatricesWithOneInputAndAveragedOverAll()
    {
        const auto first = test::bell(20 * 3, 1, 0, 1), second = test::bell(20 * 5, 1, 0, 2);
        sense::MomentCollector collector(m_executor, m_progress);
        for (const auto* rows : {&first, &second})
            for (const char* name : {"q", "k"})
                collector.observe({.weight = name, .rows = *rows, .columns = 20});
        double square = 0, product = 0;
        for (const auto* rows : {&first, &second})
            for (std::size_t t = 0; t < rows->size(); t += 20) {
                square += double((*rows)[t + 7]) * double((*rows)[t + 7]);
                product += double((*rows)[t + 7]) * double((*rows)[t + 3]);
            }
        for (const char* name : {"q", "k"}) {
            const auto moments = collector.of(name);
            QVERIFY(close(moments.diagonal[7], square / 8, 1e-5));
            QVERIFY(std::abs(moments.full[7 * 20 + 3] - product / 8) < 1e-4);
            QCOMPARE(moments.full[3 * 20 + 7], moments.full[7 * 20 + 3]);
        }
        QVERIFY(collector.of("v").diagonal.empty());
    }

    /// A stack of experts, each with an importance of its own: as each expert quantized for itself.
    void expertsAreQuantizedWithTheirOwnImportance()
    {
        constexpr std::size_t kColumns = 256, kRows = 3, kExperts = 4;
        const auto weights = test::bell(kColumns * kRows * kExperts, 0.05f);
        test::MadeTensor made(Type::F32, kColumns, weights);
        made.tensor.shape.rank = 3;
        made.tensor.shape.extent = {kColumns, kRows, kExperts, 1};
        std::vector<float> importance(kColumns * kExperts);
        for (std::size_t i = 0; i < importance.size(); ++i)
            importance[i] = 0.1f + float((i * 37) % 101) / 10;
        const std::vector<Type> types{Type::Q3_K};
        const auto trial =
            sense::tryTypes(made.tensor, types, {.importance = importance, .squares = {}, .second = {}}, m_executor, m_progress).front();
        inspect::DistortionMeter meter;
        for (std::size_t e = 0; e < kExperts; ++e) {
            const std::vector<float> part(weights.begin() + std::ptrdiff_t(e * kRows * kColumns),
                                          weights.begin() + std::ptrdiff_t((e + 1) * kRows * kColumns));
            meter.add(part, requantized(part, Type::Q3_K, kColumns, std::span(importance).subspan(e * kColumns, kColumns)));
        }
        QVERIFY(close(trial.weights.rmse, meter.result().rmse, 1e-9));
        QVERIFY_EXCEPTION_THROWN(sense::tryTypes(made.tensor, types,
                                                 {.importance = std::span(importance).first(kColumns), .squares = {}, .second = {}},
                                                 m_executor, m_progress),
                                 Error);
    }

    void candidatesFitTheRowsAndMakeTheTensorSmaller()
    {
        const test::MadeTensor narrow(Type::F16, 96, test::bell(96 * 4, 1)), packed(Type::Q5_0, 256, test::bell(256 * 4, 1));
        const std::vector<Type> wanted{Type::Q2_K, Type::Q4_K, Type::Q4_0, Type::Q8_0, Type::F16};
        QCOMPARE(sense::candidatesFor(narrow.tensor, wanted, false), (std::vector<Type>{Type::Q4_0, Type::Q5_0, Type::Q8_0}));
        QCOMPARE(sense::candidatesFor(packed.tensor, wanted, false), (std::vector<Type>{Type::Q2_K, Type::Q4_K, Type::Q4_0}));
    }

    void cancelStopsAtOnce()
    {
        const test::MadeTensor made(Type::F32, 256, test::bell(256 * 600, 1));
        const std::vector<Type> types{Type::Q2_K};
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(sense::tryTypes(made.tensor, types, {}, m_executor, progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestWeightErrors)
#include "tst_weight_errors.moc"
