// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/distortion.h"
#include "core/inspect/grid.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <numeric>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

class TestDistortion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void meterAgreesWithKnownNumbers()
    {
        inspect::DistortionMeter meter;
        meter.add(std::vector<float>{3, 0}, std::vector<float>{3, 4});
        const auto d = meter.result();
        QCOMPARE(d.rmse, std::sqrt(8.0));
        QCOMPARE(d.maxError, 4.0);
        QCOMPARE(d.cosine, 0.6);
        QCOMPARE(d.snrDb, 10 * std::log10(9.0 / 16.0));
    }

    void nothingChangedIsNoError()
    {
        const MadeTensor made(Type::F16, 256, bell(256 * 4, 1.0f));
        Progress progress;
        const auto d = inspect::measureType(made.tensor, Type::F32, 0, {}, Executor(1), progress);
        QCOMPARE(d.rmse, 0.0);
        QVERIFY(std::isinf(d.snrDb));
        QCOMPARE(d.cosine, 1.0);
    }

    void fewerBitsCostMore()
    {
        const MadeTensor made(Type::F32, 512, bell(512 * 40, 0.05f));
        Progress progress;
        double last = 0;
        for (const Type type : {Type::F16, Type::Q8_0, Type::Q6_K, Type::Q5_K, Type::Q4_K, Type::Q3_K, Type::Q2_K}) {
            const double rmse = inspect::measureType(made.tensor, type, 0, {}, Executor(2), progress).rmse;
            QVERIFY2(rmse > last, std::string(quant::name(type)).c_str());
            last = rmse;
        }
    }

    void someRowsStandForAll()
    {
        const MadeTensor made(Type::F32, 512, bell(512 * 200, 0.05f));
        Progress progress;
        const double all = inspect::measureType(made.tensor, Type::Q4_0, 0, {}, Executor(2), progress).rmse;
        const double some = inspect::measureType(made.tensor, Type::Q4_0, 50, {}, Executor(2), progress).rmse;
        QVERIFY(std::abs(some / all - 1) < 0.05);
    }

    void importanceMovesTheErrorToWhereItMattersExpertByExpert()
    {
        constexpr std::size_t kColumns = 256, kRows = 8;
        MadeTensor made(Type::F32, kColumns, bell(kColumns * kRows * 2, 0.05f));
        made.tensor.shape.rank = 3;
        made.tensor.shape.extent = {kColumns, kRows, 2, 1};
        std::vector<float> importance(2 * kColumns, 1.0f);
        std::fill_n(importance.begin() + kColumns, kColumns / 2, 0.001f);  // of the second expert, half is idle
        Progress progress;
        const auto all = inspect::measureType(made.tensor, Type::Q3_K, 0, importance, Executor(2), progress);
        double error2 = 0;
        for (std::size_t expert = 0; expert < 2; ++expert) {
            const auto weights = bell(kColumns * kRows * 2, 0.05f);
            const MadeTensor one(
                Type::F32, kColumns,
                {weights.begin() + long(expert * kColumns * kRows), weights.begin() + long((expert + 1) * kColumns * kRows)});
            error2 += std::pow(inspect::measureType(one.tensor, Type::Q3_K, 0, std::span(importance).subspan(expert * kColumns, kColumns),
                                                    Executor(1), progress)
                                   .rmse,
                               2)
                / 2;
        }
        QVERIFY(std::abs(all.rmse / std::sqrt(error2) - 1) < 1e-9);
        QVERIFY(all.rmse != inspect::measureType(made.tensor, Type::Q3_K, 0, {}, Executor(2), progress).rmse);
        QCOMPARE(inspect::tryType(made.tensor, Type::Q3_K, importance, 200, Executor(2), progress).distortion.rmse, all.rmse);
    }

    void candidateHasBothHistogramsAndTheSameError()
    {
        const MadeTensor made(Type::F16, 512, bell(512 * 60, 0.05f));
        Progress progress;
        const auto candidate = inspect::tryType(made.tensor, Type::Q4_K, {}, 200, Executor(3), progress);
        const auto measured = inspect::measureType(made.tensor, Type::Q4_K, 0, {}, Executor(1), progress);
        QCOMPARE(candidate.distortion.rmse, measured.rmse);
        const auto sum = [](const inspect::Histogram& h) { return std::accumulate(h.counts.begin(), h.counts.end(), std::uint64_t(0)); };
        QCOMPARE(sum(candidate.quantized), made.tensor.shape.elements());
        QCOMPARE(sum(candidate.error), made.tensor.shape.elements());
        QVERIFY(candidate.meanAbsoluteError > 0 && candidate.meanAbsoluteError < candidate.distortion.rmse);
    }

    void candidateIsTheSameForAnyNumberOfThreads()
    {
        const MadeTensor made(Type::F32, 512, bell(512 * 600, 0.05f));
        Progress progress;
        const auto one = inspect::tryType(made.tensor, Type::Q4_0, {}, 64, Executor(1), progress);
        const auto three = inspect::tryType(made.tensor, Type::Q4_0, {}, 64, Executor(3), progress);
        QCOMPARE(three.distortion.rmse, one.distortion.rmse);
        QCOMPARE(three.errorPerBin, one.errorPerBin);
        QCOMPARE(three.error.counts, one.error.counts);
    }

    void gridHoldsEveryDequantizedValue_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("codes");
        const std::pair<Type, int> types[] = {
            {Type::Q4_0, 16},  {Type::Q4_1, 16},  {Type::Q5_0, 32},    {Type::Q5_1, 32},  {Type::Q8_0, 255},  {Type::Q2_K, 4},
            {Type::Q3_K, 8},   {Type::Q4_K, 16},  {Type::Q5_K, 32},    {Type::Q6_K, 64},  {Type::IQ4_NL, 16}, {Type::IQ4_XS, 16},
            {Type::MXFP4, 15}, {Type::NVFP4, 15}, {Type::TQ1_0, 3},    {Type::TQ2_0, 3},  {Type::Q2_0, 4},    {Type::IQ2_XXS, 6},
            {Type::IQ2_XS, 6}, {Type::IQ2_S, 6},  {Type::IQ3_XXS, 16}, {Type::IQ3_S, 16}, {Type::IQ1_S, 3},   {Type::IQ1_M, 3}};
        for (const auto& [type, codes] : types)
            QTest::newRow(std::string(quant::name(type)).c_str()) << int(type) << codes;
    }
    void gridHoldsEveryDequantizedValue()
    {
        QFETCH(int, type);
        QFETCH(int, codes);
        std::vector<float> w = bell(256 * 8, 0.7f), importance(quant::info(Type(type)).needsImportance ? 256 : 0, 1.0f);
        std::vector<std::byte> packed(quant::rowBytes(Type(type), w.size()));
        quant::quantize(Type(type), w, 256, importance, packed);
        quant::dequantize(Type(type), packed, w);
        const std::size_t span = inspect::gridSpan(Type(type));
        int shown = 0;
        for (std::size_t at = 0; at < w.size(); at += span) {
            const auto part = std::span(w).subspan(at, span);
            const auto grid = inspect::gridOf(Type(type), part);
            if (grid.empty())
                continue;
            ++shown;
            QCOMPARE(int(grid.size()), codes);
            float step = grid[1] - grid[0];
            for (std::size_t i = 1; i < grid.size(); ++i)
                step = std::min(step, grid[i] - grid[i - 1]);
            QVERIFY(step > 0);
            for (const float value : part) {
                const float nearest = *std::ranges::min_element(grid, {}, [&](float g) { return std::abs(g - value); });
                QVERIFY(std::abs(nearest - value) < 0.02f * step);
            }
        }
        QVERIFY(shown * span > w.size() / 2);
    }

    void unevenGridFollowsFromFewValues()
    {
        const auto grid = inspect::gridOf(Type::IQ4_NL, std::vector<float>{0.5f * 113, 0.5f * -10, 0.5f * 1});
        QCOMPARE(grid.size(), std::size_t(16));
        QCOMPARE(grid.front(), -63.5f);
        QCOMPARE(grid.back(), 56.5f);
        const auto turned = inspect::gridOf(Type::IQ1_S, std::vector<float>{-2.25f, -0.25f, 1.75f, 1.75f});
        QCOMPARE(turned, (std::vector<float>{-2.25f, -0.25f, 1.75f}));
        QVERIFY(inspect::gridOf(Type::IQ4_NL, std::vector<float>{113, -9, 1}).empty());
        QVERIFY(inspect::gridOf(Type::TQ1_0, std::vector<float>{0, 0, 0}).empty());
    }

    void impossibleTypeIsRefused()
    {
        const MadeTensor made(Type::F32, 48, bell(48 * 4, 1.0f));
        Progress progress;
        QVERIFY_EXCEPTION_THROWN(inspect::measureType(made.tensor, Type::Q4_K, 0, {}, Executor(1), progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestDistortion)
#include "tst_distortion.moc"
