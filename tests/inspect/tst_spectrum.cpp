// SPDX-License-Identifier: GPL-3.0-or-later
// Matrices made of orthonormal vectors have the singular values that they were made with.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/distortion.h"
#include "core/inspect/spectrum.h"
#include "core/inspect/tridiagonal.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <thread>

using namespace halftone;

class TestSpectrum : public QObject {
    Q_OBJECT

    /// Vector k of an orthonormal basis of `size` dimensions: the discrete cosine transform's.
    static double cosine(std::size_t size, std::size_t k, std::size_t i)
    {
        const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / double(size));
        return scale * std::cos(std::numbers::pi * double(k) * (double(i) + 0.5) / double(size));
    }

    /// Sum over k of values[k] u_k v_k^T, rows x columns.
    static std::vector<float> matrixOf(const std::vector<double>& values, std::size_t rows, std::size_t columns)
    {
        std::vector<double> sum(rows * columns);
        for (std::size_t k = 0; k < values.size(); ++k)
            for (std::size_t row = 0; row < rows; ++row) {
                const double left = values[k] * cosine(rows, k, row);
                for (std::size_t column = 0; column < columns; ++column)
                    sum[row * columns + column] += left * cosine(columns, k, column);
            }
        return {sum.begin(), sum.end()};
    }

    static inspect::Spectrum spectrum(const model::Tensor& tensor, const inspect::SpectrumOptions& options = {}, int threads = 2)
    {
        Progress progress;
        return inspect::spectrum(tensor, Executor(threads), progress, options);
    }

    static std::vector<double> falling(std::size_t count, double ratio)
    {
        std::vector<double> values;
        for (double value = 4; values.size() < count; value *= ratio)
            values.push_back(value);
        return values;
    }

private Q_SLOTS:
    void theValuesAreThoseTheMatrixWasMadeOf_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("tall") << 600 << 40;
        QTest::newRow("wide") << 40 << 600;
        QTest::newRow("square") << 150 << 150;
        QTest::newRow("narrow") << 5 << 1;
        QTest::newRow("one row") << 1 << 32;
    }
    void theValuesAreThoseTheMatrixWasMadeOf()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const auto made = falling(std::size_t(std::min(rows, columns)), 0.9);
        const test::MadeTensor tensor(quant::Type::F32, std::uint64_t(columns), matrixOf(made, std::size_t(rows), std::size_t(columns)));
        const auto found = spectrum(tensor.tensor);
        QVERIFY(found.exact);
        QCOMPARE(found.count, std::uint64_t(made.size()));
        QCOMPARE(found.values.size(), made.size());
        double energy = 0;
        for (std::size_t k = 0; k < made.size(); ++k) {
            QVERIFY2(std::abs(found.values[k] - made[k]) < 1e-5, qPrintable(QString::number(found.values[k] - made[k])));
            energy += made[k] * made[k];
        }
        QVERIFY(std::abs(found.energy / energy - 1) < 1e-6);
    }

    void aFewDirectionsHoldMost()
    {
        // 9 + 1 + 90 x 0.01: the first of 92 holds 9 / 10.9, the first two 10 / 10.9.
        std::vector<double> made(92, 0.1);
        made[0] = 3;
        made[1] = 1;
        const test::MadeTensor tensor(quant::Type::F32, 92, matrixOf(made, 128, 92));
        const auto found = spectrum(tensor.tensor);
        QCOMPARE(found.countFor(0.5), std::optional<std::size_t>(1));
        QCOMPARE(found.countFor(0.9), std::optional<std::size_t>(2));
        QCOMPARE(found.countFor(0.99), std::optional<std::size_t>(2 + 80));
        QCOMPARE(found.countFor(1.0), std::optional<std::size_t>(92));
        const auto shares = found.shares();
        QVERIFY(std::ranges::is_sorted(shares));
        QVERIFY(std::abs(shares[1] - 10 / 10.9) < 1e-6);
    }

    void theFirstValuesOfALargeMatrixAreEstimated_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("tall") << 700 << 300;
        QTest::newRow("wide") << 300 << 768;
    }
    void theFirstValuesOfALargeMatrixAreEstimated()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const auto made = falling(120, 0.93);
        const test::MadeTensor tensor(quant::Type::F32, std::uint64_t(columns), matrixOf(made, std::size_t(rows), std::size_t(columns)));
        const auto found = spectrum(tensor.tensor, {.exactSide = 64, .estimatedValues = 20});
        QVERIFY(!found.exact);
        QCOMPARE(found.count, std::uint64_t(300));
        QCOMPARE(found.values.size(), std::size_t(20));
        for (std::size_t k = 0; k < found.values.size(); ++k)
            QVERIFY2(std::abs(found.values[k] / made[k] - 1) < 1e-3, qPrintable(QString::number(found.values[k] / made[k])));
        QVERIFY(found.countFor(0.5).has_value());
        QVERIFY(!found.countFor(0.9999).has_value());  // beyond the known ones
    }

    void estimatesOfANarrowSubspaceLeaveNoNoise()
    {
        // Rank 3: the other directions of the subspace are nothing.
        const test::MadeTensor tensor(quant::Type::F32, 200, matrixOf({5, 2, 1}, 300, 200));
        const auto found = spectrum(tensor.tensor, {.exactSide = 64, .estimatedValues = 10});
        QVERIFY(std::abs(found.values[0] - 5) < 1e-4 && std::abs(found.values[1] - 2) < 1e-4 && std::abs(found.values[2] - 1) < 1e-4);
        QVERIFY(found.values[3] < 1e-4);
        QCOMPARE(found.countFor(0.99), std::optional<std::size_t>(3));
    }

    void otherTypesAreRead()
    {
        const auto weights = test::bell(64 * 256, 0.1f);
        const test::MadeTensor whole(quant::Type::F32, 256, weights), packed(quant::Type::Q8_0, 256, weights);
        const auto exact = spectrum(whole.tensor), near = spectrum(packed.tensor);
        for (std::size_t k = 0; k < 64; ++k)
            QVERIFY(std::abs(near.values[k] / exact.values[k] - 1) < 0.01);
    }

    void eigenvaluesOfATridiagonalMatrix()
    {
        // Second differences: 2 - 2 cos(k pi / (n + 1)).
        constexpr std::size_t kSize = 300;
        Progress progress;
        const auto found = inspect::eigenvalues({std::vector<double>(kSize, 2), std::vector<double>(kSize - 1, -1)}, progress);
        for (std::size_t k = 1; k <= kSize; ++k)
            QVERIFY(std::abs(found[k - 1] - (2 - 2 * std::cos(double(k) * std::numbers::pi / double(kSize + 1)))) < 1e-12);
        QCOMPARE(inspect::eigenvalues({{3}, {}}, progress), (std::vector<double>{3}));
        QCOMPARE(inspect::eigenvalues({{5, 0, -2}, {0, 0}}, progress), (std::vector<double>{-2, 0, 5}));
        QVERIFY_EXCEPTION_THROWN(inspect::eigenvalues({{1, std::numeric_limits<double>::quiet_NaN()}, {1}}, progress), Error);
    }

    void theErrorOfATypeHasASpectrumToo()
    {
        // Two rows of whole numbers in blocks whose largest is 127, which Q8_0 holds exactly; a third row of others.
        std::vector<float> weights(64 * 3);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = i < 128 ? float(int(i % 32) - 16) : i % 2 == 0 ? 1.0f : 0.3333f;
        weights[0] = weights[32] = weights[64] = weights[96] = 127;
        const test::MadeTensor tensor(quant::Type::F32, 64, weights);
        Progress progress;
        const auto found = inspect::errorSpectrum(tensor.tensor, quant::Type::Q8_0, {}, Executor(1), progress);
        const auto distortion = inspect::measureType(tensor.tensor, quant::Type::Q8_0, 0, {}, Executor(1), progress);
        QVERIFY(found.energy > 0);
        QVERIFY(std::abs(found.energy / (distortion.rmse * distortion.rmse * double(weights.size())) - 1) < 1e-4);
        QCOMPARE(found.countFor(0.999), std::optional<std::size_t>(1));  // only one row has an error
    }

    void nothingAndWhatIsNotFinite()
    {
        std::vector<float> weights(32 * 8);
        const test::MadeTensor zero(quant::Type::F32, 32, weights);
        const auto nothing = spectrum(zero.tensor);
        QCOMPARE(nothing.energy, 0.0);
        QCOMPARE(nothing.countFor(0.9), std::optional<std::size_t>(1));
        weights[5] = std::numeric_limits<float>::quiet_NaN();
        weights[40] = 3;
        const test::MadeTensor odd(quant::Type::F32, 32, weights);
        const auto found = spectrum(odd.tensor);
        QCOMPARE(found.values[0], 3.0);
        QCOMPARE(found.values[1], 0.0);
    }

    void theResultDoesNotDependOnTheThreads()
    {
        const test::MadeTensor tensor(quant::Type::F32, 200, test::bell(300 * 200, 1));
        QCOMPARE(spectrum(tensor.tensor, {}, 1).values, spectrum(tensor.tensor, {}, 4).values);
        const inspect::SpectrumOptions estimate{.exactSide = 10, .estimatedValues = 8};
        QCOMPARE(spectrum(tensor.tensor, estimate, 1).values, spectrum(tensor.tensor, estimate, 4).values);
    }

    void aTensorWithoutDataIsRefused()
    {
        test::MadeTensor made(quant::Type::F32, 2, {1, 2, 3, 4});
        made.tensor.data = {};
        QVERIFY_EXCEPTION_THROWN(spectrum(made.tensor), Error);
    }

    void aCancelledJobStops()
    {
        const test::MadeTensor tensor(quant::Type::F32, 1024, test::bell(1024 * 1024, 1));
        for (const char* stage : {"reading", "finding singular values"}) {
            Progress progress;
            std::jthread watcher([&] {
                while (progress.snapshot().stage != stage)
                    std::this_thread::yield();
                progress.cancel();
            });
            QVERIFY_EXCEPTION_THROWN(inspect::spectrum(tensor.tensor, Executor(2), progress), Error);
        }
    }
};

QTEST_APPLESS_MAIN(TestSpectrum)
#include "tst_spectrum.moc"
