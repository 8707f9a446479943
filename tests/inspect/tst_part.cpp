// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/part.h"
#include "core/quant/codec.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <numeric>

using namespace halftone;

class TestPart : public QObject {
    Q_OBJECT

    /// Three matrices of 2 rows x 64 columns, row r full of r's.
    static test::MadeTensor stack(quant::Type type)
    {
        std::vector<float> weights(6 * 64);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = float(i / 64);
        test::MadeTensor made(type, 64, weights);
        made.tensor.shape.extent = {64, 2, 3, 1};
        made.tensor.shape.rank = 3;
        return made;
    }

    static std::vector<float> read(const model::Tensor& tensor)
    {
        std::vector<float> weights(tensor.shape.elements());
        quant::dequantize(tensor.type, tensor.data, weights);
        return weights;
    }

private Q_SLOTS:
    void eachStackedMatrixHasItsOwnRows_data()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("F32") << int(quant::Type::F32);
        QTest::newRow("F16") << int(quant::Type::F16);
    }
    void eachStackedMatrixHasItsOwnRows()
    {
        QFETCH(int, type);
        const auto made = stack(quant::Type(type));
        QCOMPARE(inspect::stackedMatrices(made.tensor), std::uint64_t(3));
        for (std::uint64_t i = 0; i < 3; ++i) {
            const auto matrix = inspect::stackedMatrix(made.tensor, i);
            QCOMPARE(matrix.shape.rank, 2u);
            const auto weights = read(matrix);
            QCOMPARE(weights.size(), std::size_t(128));
            QCOMPARE(weights.front(), float(2 * i));
            QCOMPARE(weights.back(), float(2 * i + 1));
        }
    }

    void rowsOfAreWholeRows()
    {
        const auto made = stack(quant::Type::F32);
        const auto weights = read(inspect::rowsOf(made.tensor, 3, 2));
        QCOMPARE(weights.size(), std::size_t(128));
        QCOMPARE(weights.front(), 3.0f);
        QCOMPARE(weights.back(), 4.0f);
    }

    void aMatrixIsItsOwnOnlyPart()
    {
        auto made = stack(quant::Type::F32);
        made.tensor.shape.extent = {64, 6, 1, 1};
        QCOMPARE(inspect::stackedMatrices(made.tensor), std::uint64_t(1));
        QCOMPARE(inspect::stackedMatrix(made.tensor, 0).shape, made.tensor.shape);
    }

    void withoutDataTheTensorStaysWhole()
    {
        auto made = stack(quant::Type::F32);
        made.tensor.data = {};
        QCOMPARE(inspect::stackedMatrix(made.tensor, 1).shape, made.tensor.shape);
    }
};

QTEST_APPLESS_MAIN(TestPart)
#include "tst_part.moc"
