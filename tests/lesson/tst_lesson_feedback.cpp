// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lesson/feedback.h"
#include "core/lesson/grid.h"
#include "tests/inspect/made_tensor.h"

#include <Eigen/Dense>
#include <QtTest>

using namespace halftone;
using namespace halftone::test;

namespace {

Eigen::MatrixXd covariance(int count, double rho)
{
    Eigen::MatrixXd h(count, count);
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < count; ++j)
            h(i, j) = std::pow(rho, std::abs(i - j));
    return h;
}

/// GPTQ as its paper writes it: the error of each weight, over U(i, i), times row i of U is taken from the later ones.
std::vector<float> gptq(std::span<const float> row, const lesson::FeedbackKnobs& knobs)
{
    const int count = int(row.size());
    const Eigen::MatrixXd inverse = covariance(count, knobs.rho).inverse();
    const Eigen::MatrixXd u = inverse.llt().matrixU();
    std::vector<double> w(row.begin(), row.end());
    std::vector<float> result;
    for (int i = 0; i < count; ++i) {
        const auto block = row.subspan(std::size_t(i) / knobs.block * knobs.block, knobs.block);
        const double value = lesson::symmetricGrid(lesson::largestMagnitude(block), knobs.bits).snap(w[std::size_t(i)]);
        const double error = (w[std::size_t(i)] - value) / u(i, i);
        for (int j = i; j < count; ++j)
            w[std::size_t(j)] -= error * u(i, j);
        result.push_back(float(value));
    }
    return result;
}

}  // namespace

class TestLessonFeedback : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isGptqForInputsThatFollowEachOther_data()
    {
        QTest::addColumn<double>("rho");
        for (const double rho : {0.0, 0.3, 0.7, 0.95})
            QTest::newRow(qPrintable(QString::number(rho))) << rho;
    }
    void isGptqForInputsThatFollowEachOther()
    {
        QFETCH(double, rho);
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const auto row = bell(16, 0.1f, 0, seed);
            const lesson::FeedbackKnobs knobs{3, rho, 1, 8};
            QCOMPARE(lesson::quantizeWithFeedback(row, knobs).quantized, gptq(row, knobs));
        }
    }

    void theAccumulatedErrorIsTheQuadraticForm()
    {
        const auto row = bell(48, 0.1f);
        const auto result = lesson::quantizeWithFeedback(row, {3, 0.8, 0.5, 16});
        const Eigen::MatrixXd h = covariance(48, 0.8);
        Eigen::VectorXd e(48), w(48);
        for (int i = 0; i < 48; ++i) {
            w(i) = double(row[std::size_t(i)]);
            e(i) = w(i) - double(result.quantized[std::size_t(i)]);
        }
        for (int count = 1; count <= 48; ++count) {
            const double expected = e.head(count).dot(h.topLeftCorner(count, count) * e.head(count));
            QVERIFY(std::abs(result.outputError[std::size_t(count) - 1] - expected) < 1e-6 * (1 + expected));
        }
        QVERIFY(std::abs(result.rmse - e.norm() / std::sqrt(48.0)) < 1e-7);
        QVERIFY(std::abs(lesson::expectedSquare(row, 0.8) - w.dot(h * w)) < 1e-9);
    }

    void withoutAShareItIsRoundingToNearest()
    {
        const auto row = bell(64, 0.1f);
        const auto result = lesson::quantizeWithFeedback(row, {4, 0.9, 0, 32});
        for (std::size_t i = 0; i < 64; ++i) {
            const auto block = std::span(row).subspan(i / 32 * 32, 32);
            QCOMPARE(result.quantized[i], float(lesson::symmetricGrid(lesson::largestMagnitude(block), 4).snap(double(row[i]))));
        }
    }

    void feedbackTakesFromTheOutputAndAddsToTheWeights()
    {
        const auto row = bell(2048, 0.1f);
        const auto plain = lesson::quantizeWithFeedback(row, {3, 0.9, 0, 32}), fed = lesson::quantizeWithFeedback(row, {3, 0.9, 1, 32});
        QVERIFY(fed.outputError.back() < 0.6 * plain.outputError.back());
        QVERIFY(fed.rmse > plain.rmse);
    }

    void aShortLastBlockHasItsOwnGrid()
    {
        const std::vector<float> row{8, 0, 0, 0, 1, 0.5f};
        const auto result = lesson::quantizeWithFeedback(row, {2, 0, 1, 4});
        QCOMPARE(result.quantized, (std::vector<float>{8, 0, 0, 0, 1, 1}));
    }
};

QTEST_APPLESS_MAIN(TestLessonFeedback)
#include "tst_lesson_feedback.moc"
