// SPDX-License-Identifier: GPL-3.0-or-later
// The same bytes as ggml's reference quantizer, on its own vectors (tests/data/golden: ten rows of 1024 weights, gaussian to
// pathological, with and without importance weights).
#include "core/quant/codec.h"

#include <QFile>
#include <QtTest>

#include <cstring>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t kColumns = 1024, kRows = 10;

QByteArray vectorFile(const QString& name)
{
    QFile file(QStringLiteral(TEST_DATA "/golden/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<float> floats(const QString& name)
{
    const QByteArray bytes = vectorFile(name);
    std::vector<float> values(std::size_t(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(float));
    return values;
}

quant::Type typeNamed(const QString& name)
{
    return quant::findType(std::string_view(name.toStdString()))->type;
}

std::vector<float> dequantized(const QString& type, const QByteArray& packed)
{
    const quant::TypeInfo& info = quant::info(typeNamed(type));
    std::vector<float> weights(std::size_t(packed.size()) / info.blockBytes * info.blockSize, -1.0f);
    quant::dequantize(info.type, std::as_bytes(std::span(packed.constData(), std::size_t(packed.size()))), weights);
    return weights;
}

/// IQ1_M sorts weights, and the order of equal ones is anyone's; row 4 is full of them.
bool isUndetermined(const QString& type, bool importance, int row)
{
    return type == QStringLiteral("IQ1_M") && importance && row == 4;
}

double weightedError(const QString& type, const QByteArray& packedRow, int row)
{
    const auto weights = floats("input.f32"), importance = floats("imatrix.f32"), after = dequantized(type, packedRow);
    double sum = 0;
    for (std::size_t i = 0; i < kColumns; ++i) {
        const double difference = double(after[i]) - double(weights[std::size_t(row) * kColumns + i]);
        sum += double(importance[i]) * difference * difference;
    }
    return sum;
}

}  // namespace

class TestGolden : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void quantizedBytesAreTheReferences_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("importance");
        for (const quant::TypeInfo& type : quant::allTypes()) {
            if (!type.canQuantize || type.type == quant::Type::F32)
                continue;
            if (!type.needsImportance)
                QTest::addRow("%s", type.name.data()) << type.name.data() << false;
            if (type.family != quant::Family::Float)
                QTest::addRow("%s with importance", type.name.data()) << type.name.data() << true;
        }
    }
    void quantizedBytesAreTheReferences()
    {
        QFETCH(QString, type);
        QFETCH(bool, importance);
        const QByteArray expected = vectorFile(type + (importance ? ".imat.bin" : ".noimat.bin"));
        const auto weights = floats("input.f32");
        QCOMPARE(weights.size(), kRows * kColumns);
        QVERIFY(!expected.isEmpty());
        QByteArray packed(expected.size(), '\xee');
        quant::quantize(typeNamed(type), weights, kColumns, importance ? floats("imatrix.f32") : std::vector<float>(),
                        std::as_writable_bytes(std::span(packed.data(), std::size_t(packed.size()))));
        const auto rowBytes = packed.size() / qsizetype(kRows);
        for (int row = 0; row < int(kRows); ++row) {
            const QByteArray ours = packed.mid(row * rowBytes, rowBytes), theirs = expected.mid(row * rowBytes, rowBytes);
            if (isUndetermined(type, importance, row))
                QVERIFY(weightedError(type, ours, row) <= weightedError(type, theirs, row));
            else
                QVERIFY2(ours == theirs, qPrintable(QStringLiteral("row %1 differs").arg(row)));
        }
    }

    void dequantizedWeightsAreTheReferences_data()
    {
        QTest::addColumn<QString>("type");
        for (const quant::TypeInfo& type : quant::allTypes())
            if (type.canDequantize && type.type != quant::Type::F32)
                QTest::addRow("%s", type.name.data()) << type.name.data();
    }
    void dequantizedWeightsAreTheReferences()
    {
        QFETCH(QString, type);
        const QByteArray packed = vectorFile(type + (quant::info(typeNamed(type)).needsImportance ? ".imat.bin" : ".noimat.bin"));
        const auto expected = floats(type + ".dequantized.f32");
        const auto weights = dequantized(type, packed);
        QCOMPARE(weights.size(), expected.size());
        QVERIFY(std::memcmp(weights.data(), expected.data(), weights.size() * sizeof(float)) == 0);
    }
};

QTEST_APPLESS_MAIN(TestGolden)
#include "tst_golden.moc"
