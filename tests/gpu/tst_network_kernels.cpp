// SPDX-License-Identifier: GPL-3.0-or-later
// Each kernel of a network beside plain loops in double precision, on shapes that fill no work-group and on one row.
#include "core/evaluate/token_figures.h"
#include "core/infer/vector_math.h"
#include "core/quant/codec.h"
#include "tests/gpu/kernel_test.h"

#include <QFile>

#include <cstring>
#include <numeric>

Q_DECLARE_METATYPE(halftone::quant::Type)

using namespace halftone;
using namespace halftone::gpu;

namespace {

std::vector<float> dequantized(quant::Type type, std::span<const std::byte> packed)
{
    const quant::TypeInfo& info = quant::info(type);
    std::vector<float> weights(packed.size() / info.blockBytes * info.blockSize);
    quant::dequantize(type, packed, weights);
    return weights;
}

std::vector<std::byte> goldenBytes(const quant::TypeInfo& type)
{
    QFile file(QStringLiteral(TEST_DATA "/golden/%1.%2.bin")
                   .arg(QLatin1StringView(type.name.data()), QLatin1StringView(type.needsImportance ? "imat" : "noimat")));
    const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    std::vector<std::byte> result(std::size_t(bytes.size()));
    std::memcpy(result.data(), bytes.constData(), result.size());
    return result;
}

/// infer::logSumExp() is exact to 1e-7, which small divergences are not far from.
double logSumExp(std::span<const float> x)
{
    const double largest = double(*std::ranges::max_element(x));
    return largest + std::log(std::accumulate(x.begin(), x.end(), 0.0, [&](double sum, float value) {
               return sum + std::exp(double(value) - largest);
           }));
}

/// In the order of compare.comp. What rounding costs grows with the logarithms that a share is made from.
void verifyFigures(std::span<const float> found, const evaluate::TokenFigures& expected, double logSum)
{
    const double tolerance = 1e-5 * std::max(1.0, std::abs(logSum));
    QVERIFY(std::abs(found[0] - expected.nll) < tolerance);
    QVERIFY2(std::abs(found[1] - expected.entropy) < tolerance, qPrintable(QString("%1 is not %2").arg(found[1]).arg(expected.entropy)));
    QVERIFY(std::abs(found[2] - expected.confidence) < tolerance);
    QCOMPARE(found[3], float(expected.right));
}

/// By its definition.
double divergenceOf(std::span<const float> p, std::span<const float> q)
{
    const double logSumP = logSumExp(p), logSumQ = logSumExp(q);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double logP = double(p[i]) - logSumP, logQ = double(q[i]) - logSumQ;
        sum += std::exp(logP) * (logP - logQ);
    }
    return sum;
}

double gelu(double x)
{
    return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

}  // namespace

class TestNetworkKernels : public KernelTest {
    Q_OBJECT

    /// Half of the product added to ones.
    std::vector<float> addedProduct(const DeviceMatrix& matrix, std::span<const float> x, std::uint32_t tokens)
    {
        const std::size_t count = std::size_t(tokens) * matrix.rows;
        const Buffer input = uploaded(x), output = uploaded(std::vector<float>(count, 1.0f));
        run([&](NetworkCommands& steps) { steps.addProduct(matrix, input, output, tokens, 0.5f); });
        return downloaded(output, count);
    }
    std::vector<float> product(const DeviceMatrix& matrix, std::span<const float> x, std::uint32_t tokens)
    {
        const Buffer input = uploaded(x), output = empty(std::size_t(tokens) * matrix.rows);
        run([&](NetworkCommands& steps) { steps.multiply(matrix, input, output, tokens); });
        return downloaded(output, std::size_t(tokens) * matrix.rows);
    }

private Q_SLOTS:
    void initTestCase() { open(); }
    void cleanup() { nothingWasComplainedAbout(); }

    /// A product with one column of ones for each column reads every weight as it is.
    void weightsAreTheGoldenOnes_data()
    {
        QTest::addColumn<quant::Type>("type");
        for (const quant::TypeInfo& type : quant::allTypes())
            if (type.canDequantize && type.type != quant::Type::F32)
                QTest::newRow(type.name.data()) << type.type;
    }
    void weightsAreTheGoldenOnes()
    {
        QFETCH(quant::Type, type);
        constexpr std::uint32_t kColumns = 1024, kRows = 10;
        const std::vector<std::byte> packed = goldenBytes(quant::info(type));
        QVERIFY(!packed.empty());
        const std::vector<float> expected = dequantized(type, packed);
        std::vector<float> ones(kColumns * kColumns);
        for (std::size_t i = 0; i < kColumns; ++i)
            ones[i * kColumns + i] = 1;
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(infer::PackedMatrix{type, packed.data(), kRows, kColumns});
        const std::vector<float> ours = product(matrix, ones, kColumns);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const float weight = ours[i % kColumns * kRows + i / kColumns];
            QVERIFY2(std::abs(weight - expected[i]) <= 1e-6f * std::abs(expected[i]) + 1e-12f,
                     qPrintable(QString("weight %1: %2 is not %3").arg(i).arg(double(weight)).arg(double(expected[i]))));
        }
    }

    void productsAreTheSumsInDoublePrecision_data()
    {
        QTest::addColumn<quant::Type>("type");
        for (const quant::TypeInfo& type : quant::allTypes())
            if (type.canDequantize && type.canQuantize)
                QTest::newRow(type.name.data()) << type.type;
    }
    void productsAreTheSumsInDoublePrecision()
    {
        QFETCH(quant::Type, type);
        struct Shape {
            std::uint32_t rows, columns, tokens;
        };
        const bool single = quant::info(type).blockSize == 1;
        const std::uint32_t block = std::max(quant::info(type).blockSize, 8u);
        for (const Shape& shape :
             {Shape{1, block, 1}, {37, 3 * block, 1}, {70, single ? 61u : 5 * block, 3}, {45, single ? 77u : 2 * block, 37}}) {
            std::vector<float> weights = randomFloats(shape.rows * shape.columns, shape.rows);
            const std::vector<float> x = randomFloats(shape.columns * shape.tokens, 5), bias = randomFloats(shape.rows, 6);
            std::vector<std::byte> packed(quant::rowBytes(type, shape.columns) * shape.rows);
            quant::quantize(type, weights, shape.columns, std::vector<float>(shape.columns, 1.0f), packed);
            weights = dequantized(type, packed);
            std::vector<double> expected(shape.tokens * shape.rows);
            for (std::size_t t = 0; t < shape.tokens; ++t)
                for (std::size_t r = 0; r < shape.rows; ++r)
                    expected[t * shape.rows + r] = std::inner_product(x.begin() + std::ptrdiff_t(t * shape.columns),
                                                                      x.begin() + std::ptrdiff_t((t + 1) * shape.columns),
                                                                      weights.begin() + std::ptrdiff_t(r * shape.columns), double(bias[r]),
                                                                      std::plus<>(), [](double a, double b) { return a * b; });
            // Chunks of some rows each: the matrix is in many parts, as one larger than a device can bind.
            for (const std::uint64_t chunk : {std::uint64_t(1) << 20, std::max<std::uint64_t>(1024, packed.size() / 3)}) {
                WeightMemory memory(*m_device, chunk);
                DeviceMatrix matrix = memory.add(infer::PackedMatrix{type, packed.data(), shape.rows, shape.columns});
                QVERIFY(chunk > packed.size() || matrix.parts.size() > 1);
                matrix.bias = memory.add(std::span<const float>(bias));
                memory.finish();
                const double error = worstError(product(matrix, x, shape.tokens), expected);
                QVERIFY2(error < kTolerance, qPrintable(QString("%1 rows: %2").arg(shape.rows).arg(error)));
                std::vector<double> added(expected);
                for (double& value : added)
                    value = 1 + value / 2;
                QVERIFY(worstError(addedProduct(matrix, x, shape.tokens), added) < kTolerance);
            }
        }
    }

    /// llvmpipe ends long loops without a word.
    void noColumnOfLongRowsIsLeftOut_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::newRow("a token") << 1;
        QTest::newRow("some tokens") << 20;
        QTest::newRow("many tokens") << 70;
    }
    void noColumnOfLongRowsIsLeftOut()
    {
        QFETCH(int, tokens);
        constexpr std::uint32_t kRows = 3, kColumns = 36864;
        const auto count = std::uint32_t(tokens);
        std::vector<std::byte> packed(quant::rowBytes(quant::Type::Q8_0, kColumns) * kRows);
        quant::quantize(quant::Type::Q8_0, randomFloats(kRows * kColumns, 1), kColumns, {}, packed);
        const std::vector<float> weights = dequantized(quant::Type::Q8_0, packed), x = randomFloats(count * kColumns, 2);
        std::vector<double> expected;
        for (std::uint32_t t = 0; t < count; ++t)
            for (std::uint32_t r = 0; r < kRows; ++r) {
                double sum = 0;
                for (std::uint32_t c = 0; c < kColumns; ++c)
                    sum += double(weights[r * kColumns + c]) * double(x[t * kColumns + c]);
                expected.push_back(sum);
            }
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(infer::PackedMatrix{quant::Type::Q8_0, packed.data(), kRows, kColumns});
        memory.finish();
        const double error = worstError(product(matrix, x, count), expected);
        QVERIFY2(error < kTolerance, qPrintable(QString::number(error)));
    }

    void rowsAreNormalized_data()
    {
        QTest::addColumn<bool>("layer");
        QTest::addColumn<bool>("biased");
        QTest::newRow("RMSNorm") << false << false;
        QTest::newRow("LayerNorm") << true << false;
        QTest::newRow("LayerNorm with biases") << true << true;
    }
    void rowsAreNormalized()
    {
        QFETCH(bool, layer);
        QFETCH(bool, biased);
        constexpr float kEpsilon = 1e-5f;
        for (const auto& [rows, width] : {std::pair(1u, 1u), {1u, 300u}, {7u, 64u}, {5u, 61u}}) {
            const auto x = randomFloats((rows + 2) * width, 1, 2, 0.7f), weight = randomFloats(width, 2), bias = randomFloats(width, 3);
            std::vector<double> expected;
            for (std::size_t r = 2; r < rows + 2; ++r) {
                const std::span row = std::span(x).subspan(r * width, width);
                const double mean = layer ? std::accumulate(row.begin(), row.end(), 0.0) / width : 0;
                double squares = 0;
                for (const float value : row)
                    squares += (double(value) - mean) * (double(value) - mean);
                for (std::size_t i = 0; i < width; ++i)
                    expected.push_back((double(row[i]) - mean) / std::sqrt(squares / width + double(kEpsilon)) * double(weight[i])
                                       + (biased ? double(bias[i]) : 0));
            }
            const Buffer in = uploaded(x), out = empty(rows * width), w = uploaded(weight), b = uploaded(bias);
            run([&](NetworkCommands& steps) {
                steps.normalize({.weight = w, .bias = biased ? Slice(b) : Slice()}, layer ? infer::NormKind::Layer : infer::NormKind::Rms,
                                kEpsilon, in, {out, rows, width}, 2);
            });
            QVERIFY(worstError(downloaded(out, rows * width), expected) < kTolerance);
        }
    }

    void headsTurn_data()
    {
        QTest::addColumn<bool>("halves");
        QTest::newRow("neighbours") << false;
        QTest::newRow("halves") << true;
    }
    void headsTurn()
    {
        QFETCH(bool, halves);
        constexpr std::uint32_t kTokens = 5, kHeads = 3, kSize = 20, kPairs = 7, kCapacity = 16, kPosition = 9;
        const auto x = randomFloats(kTokens * kHeads * kSize, 1), angles = randomFloats(2 * kCapacity * kPairs, 2);
        std::vector<double> expected(x.begin(), x.end());
        for (std::size_t t = 0; t < kTokens; ++t)
            for (std::size_t h = 0; h < kHeads; ++h)
                for (std::size_t p = 0; p < kPairs; ++p) {
                    const std::size_t head = (t * kHeads + h) * kSize, a = head + (halves ? p : 2 * p), b = a + (halves ? kPairs : 1);
                    const std::size_t angle = (kPosition + t) * kPairs + p;
                    const double cosine = double(angles[angle]), sine = double(angles[kCapacity * kPairs + angle]);
                    expected[a] = double(x[a]) * cosine - double(x[b]) * sine;
                    expected[b] = double(x[a]) * sine + double(x[b]) * cosine;
                }
        const Buffer rows = uploaded(x), turns = uploaded(angles);
        run([&](NetworkCommands& steps) {
            steps.rotate({.rows = rows,
                          .angles = turns,
                          .tokens = kTokens,
                          .heads = kHeads,
                          .headSize = kSize,
                          .pairs = kPairs,
                          .position = kPosition,
                          .capacity = kCapacity,
                          .pairing = halves ? infer::RopePairing::Halves : infer::RopePairing::Neighbours});
        });
        QVERIFY(worstError(downloaded(rows, x.size()), expected) < kTolerance);
    }

    void hiddenLayersAreActivated_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("SiLU") << 0;
        QTest::newRow("GELU") << 1;
        QTest::newRow("clamped SiLU") << 2;
        QTest::newRow("GELU alone") << 3;
    }
    void hiddenLayersAreActivated()
    {
        QFETCH(int, kind);
        const auto gate = randomFloats(1003, 1, 8), up = randomFloats(1003, 2, 8);
        std::vector<double> expected;
        for (std::size_t i = 0; i < gate.size(); ++i) {
            const double g = double(gate[i]), u = double(up[i]), low = std::min(g, 7.0);
            expected.push_back(kind == 0       ? g / (1 + std::exp(-g)) * u
                                   : kind == 1 ? gelu(g) * u
                                   : kind == 2 ? low / (1 + std::exp(-1.702 * low)) * (std::clamp(u, -7.0, 7.0) + 1)
                                               : gelu(g));
        }
        const Buffer hidden = uploaded(gate), factor = uploaded(up);
        constexpr std::array kActivations{infer::Activation::Silu, infer::Activation::Gelu, infer::Activation::ClampedSilu,
                                          infer::Activation::Gelu};
        run([&](NetworkCommands& steps) {
            steps.activate(kActivations[std::size_t(kind)], hidden, kind == 3 ? Slice() : Slice(factor), std::uint32_t(gate.size()));
        });
        QVERIFY(worstError(downloaded(hidden, gate.size()), expected) < kTolerance);
    }

    void predictionsAreCompared_data()
    {
        QTest::addColumn<int>("vocabulary");
        QTest::addColumn<float>("noise");
        QTest::newRow("far apart") << 1003 << 3.0f;
        QTest::newRow("close") << 1003 << 0.05f;
        QTest::newRow("hardly apart") << 4001 << 0.001f;
        QTest::newRow("few tokens") << 7 << 0.5f;
        QTest::newRow("fewer than five") << 3 << 0.5f;
        QTest::newRow("shares of nothing") << 300 << 60.0f;
    }
    void predictionsAreCompared()
    {
        QFETCH(int, vocabulary);
        QFETCH(float, noise);
        constexpr std::uint32_t kRows = 5;
        const auto count = std::size_t(vocabulary);
        auto x = randomFloats(kRows * count, 1, 4, 10), y = randomFloats(kRows * count, 2, noise);
        std::ranges::transform(x, y, y.begin(), std::plus<>());
        x[3] = x[5] = 40;  // the first row has two that are largest
        y[3] = y[5] = 40;
        std::vector<std::uint32_t> targets{0, 5, 1, 2, 6};
        for (std::uint32_t& target : targets)
            target %= std::uint32_t(vocabulary);
        const Buffer first = uploaded(x), second = uploaded(y), results = empty(kRows * 12);
        Buffer asked(*m_device, targets.size() * 4, Buffer::Place::Device);
        m_device->wait(m_staging->upload(std::as_bytes(std::span(targets)), asked));
        run([&](NetworkCommands& steps) { steps.compare({first, second, asked, results, kRows, std::uint32_t(vocabulary)}); });
        const auto found = downloaded(results, kRows * 12);
        for (std::size_t row = 0; row < kRows; ++row) {
            const std::span p = std::span(x).subspan(row * count, count), q = std::span(y).subspan(row * count, count);
            const std::span ours = std::span(found).subspan(row * 12, 12);
            const auto target = token::Id(targets[row]);
            const evaluate::BaseRow base(p);
            const evaluate::TokenFigures compared = evaluate::figuresOf(base, q, target);
            verifyFigures(ours.first(4), evaluate::figuresOf(base, target), base.logSum);
            verifyFigures(ours.subspan(4, 4), compared, infer::logSumExp(q));
            QVERIFY2(std::abs(ours[8] - divergenceOf(p, q)) < 1e-3 * divergenceOf(p, q) + 1e-10,
                     qPrintable(QString("%1 is not %2").arg(double(ours[8])).arg(divergenceOf(p, q))));
            QCOMPARE(ours[9], float(compared.sameFirst));
            QCOMPARE(ours[10], float(compared.sameFive));
        }
    }

    void rowsAreAddedAndCapped()
    {
        const auto x = randomFloats(777, 1, 30), y = randomFloats(777, 2);
        std::vector<double> sum, capped, scaled;
        for (std::size_t i = 0; i < x.size(); ++i) {
            sum.push_back(double(y[i]) + 0.3 * double(x[i]));
            capped.push_back(5 * std::tanh(0.25 * double(x[i]) / 5));
            scaled.push_back(0.25 * double(x[i]));
        }
        const Buffer addend = uploaded(x), total = uploaded(y), limited = uploaded(x), free = uploaded(x);
        const auto count = std::uint32_t(x.size());
        run([&](NetworkCommands& steps) {
            steps.add(total, addend, 0.3f, count);
            steps.cap(limited, 0.25f, 5, 0, count);
            steps.cap(free, 0.25f, 0, 0, count);
        });
        QVERIFY(worstError(downloaded(total, x.size()), sum) < kTolerance);
        QVERIFY(worstError(downloaded(limited, x.size()), capped) < kTolerance);
        QVERIFY(worstError(downloaded(free, x.size()), scaled) < kTolerance);
    }
};

QTEST_GUILESS_MAIN(TestNetworkKernels)
#include "tst_network_kernels.moc"
