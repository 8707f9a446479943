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

constexpr std::size_t kColumns = 1024;

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

}  // namespace

class TestGolden : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void quantizedBytesAreTheReferences_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("importance");
        for (const char* type : {"F16", "BF16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K"}) {
            QTest::addRow("%s", type) << type << false;
            if (quant::findType(std::string_view(type))->family != quant::Family::Float)
                QTest::addRow("%s with importance", type) << type << true;
        }
    }
    void quantizedBytesAreTheReferences()
    {
        QFETCH(QString, type);
        QFETCH(bool, importance);
        const QByteArray expected = vectorFile(type + (importance ? ".imat.bin" : ".noimat.bin"));
        const auto weights = floats("input.f32");
        QCOMPARE(weights.size(), 10 * kColumns);
        QVERIFY(!expected.isEmpty());
        QByteArray packed(expected.size(), '\xee');
        quant::quantize(quant::findType(type.toStdString())->type, weights, kColumns, importance ? floats("imatrix.f32") : std::vector<float>(),
                        std::as_writable_bytes(std::span(packed.data(), std::size_t(packed.size()))));
        const auto rowBytes = packed.size() / 10;
        for (int row = 0; row < 10; ++row)
            QVERIFY2(packed.mid(row * rowBytes, rowBytes) == expected.mid(row * rowBytes, rowBytes), qPrintable(QStringLiteral("row %1 differs").arg(row)));
    }

    void dequantizedWeightsAreTheReferences_data()
    {
        QTest::addColumn<QString>("type");
        for (const char* type : {"F16", "BF16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K"})
            QTest::addRow("%s", type) << type;
    }
    void dequantizedWeightsAreTheReferences()
    {
        QFETCH(QString, type);
        const QByteArray packed = vectorFile(type + ".noimat.bin");
        const auto expected = floats(type + ".dequantized.f32");
        std::vector<float> weights(expected.size(), -1.0f);
        quant::dequantize(quant::findType(type.toStdString())->type, std::as_bytes(std::span(packed.constData(), std::size_t(packed.size()))), weights);
        QVERIFY(std::memcmp(weights.data(), expected.data(), weights.size() * sizeof(float)) == 0);
    }
};

QTEST_APPLESS_MAIN(TestGolden)
#include "tst_golden.moc"
