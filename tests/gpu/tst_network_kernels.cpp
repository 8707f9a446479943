// SPDX-License-Identifier: GPL-3.0-or-later
// Each kernel of a network beside plain loops in double precision, on shapes that fill no work-group and on one row.
#include "core/evaluate/token_figures.h"
#include "core/infer/routing.h"
#include "core/infer/vector_math.h"
#include "core/quant/codec.h"
#include "gpu/infer/network_commands.h"
#include "tests/gpu/opened_device.h"

#include <QFile>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

Q_DECLARE_METATYPE(halftone::quant::Type)

using namespace halftone;
using namespace halftone::gpu;

namespace {

std::vector<float> randomFloats(std::size_t count, unsigned seed, float spread = 1, float centre = 0)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(centre, spread);
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return normal(random); });
    return values;
}

std::vector<float> dequantized(quant::Type type, std::span<const std::byte> packed)
{
    const quant::TypeInfo& info = quant::info(type);
    std::vector<float> weights(packed.size() / info.blockBytes * info.blockSize);
    quant::dequantize(type, packed, weights);
    return weights;
}

float asHalf(float value)
{
    std::array<std::byte, 2> half;
    quant::quantize(quant::Type::F16, {&value, 1}, 1, {}, half);
    return dequantized(quant::Type::F16, half)[0];
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

/// Largest difference over the largest magnitude expected.
double worstError(std::span<const float> ours, std::span<const double> expected)
{
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double difference = std::abs(double(ours[i]) - expected[i]);
        worst = std::isfinite(difference) ? std::max(worst, difference) : std::numeric_limits<double>::infinity();
        largest = std::max(largest, std::abs(expected[i]));
    }
    return worst / std::max(largest, 1e-30);
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

/// Beyond this a kernel does something else; sums of some thousand floats stay below.
constexpr double kTolerance = 2e-5;

}  // namespace

class TestNetworkKernels : public QObject {
    Q_OBJECT

    std::unique_ptr<ComputeDevice> m_device;
    std::unique_ptr<NetworkKernels> m_kernels;
    std::unique_ptr<Staging> m_staging;

    Buffer uploaded(std::span<const float> values)
    {
        Buffer buffer(*m_device, values.size_bytes(), Buffer::Place::Device);
        m_device->wait(m_staging->upload(std::as_bytes(values), buffer));
        return buffer;
    }
    Buffer empty(std::size_t count) { return uploaded(std::vector<float>(count, std::numeric_limits<float>::quiet_NaN())); }
    std::vector<float> downloaded(const Buffer& buffer, std::size_t count)
    {
        std::vector<float> values(count);
        m_staging->download(buffer, 0, std::as_writable_bytes(std::span(values)));
        return values;
    }
    template <class Record>
    void run(const Record& record)
    {
        Commands commands(*m_device, m_device->compute());
        NetworkCommands steps(*m_kernels, commands);
        commands.begin();
        record(steps);
        m_device->wait(commands.submit());
    }
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
    void initTestCase()
    {
        m_device = openForTest();
        if (!m_device)
            QSKIP("no Vulkan device");
        m_kernels = std::make_unique<NetworkKernels>(*m_device);
        m_staging = std::make_unique<Staging>(*m_device, 1u << 20);
    }
    void cleanup()
    {
        if (m_device)
            QCOMPARE(m_device->instance().validationMessages(), 0);
    }
    void cleanupTestCase()
    {
        m_staging.reset();
        m_kernels.reset();
        m_device.reset();
    }

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

    void attentionIsASoftmaxOverWhatIsSeen_data()
    {
        QTest::addColumn<int>("past");
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("valueSize");
        QTest::addColumn<int>("window");
        QTest::addColumn<double>("softCap");
        QTest::addColumn<bool>("sinks");
        QTest::newRow("the first token") << 0 << 1 << 16 << 0 << 0.0 << false;
        QTest::newRow("a prompt") << 0 << 70 << 13 << 0 << 0.0 << false;
        QTest::newRow("later, wide values") << 150 << 3 << 131 << 0 << 0.0 << false;
        QTest::newRow("a window") << 90 << 5 << 16 << 7 << 0.0 << false;
        QTest::newRow("a window of one") << 2 << 5 << 16 << 1 << 0.0 << false;
        QTest::newRow("a soft cap") << 90 << 5 << 16 << 0 << 2.5 << false;
        QTest::newRow("sinks and a window") << 60 << 70 << 16 << 66 << 0.0 << true;
    }
    void attentionIsASoftmaxOverWhatIsSeen()
    {
        QFETCH(int, past);
        QFETCH(int, tokens);
        QFETCH(int, valueSize);
        QFETCH(int, window);
        QFETCH(double, softCap);
        QFETCH(bool, sinks);
        constexpr std::uint32_t kHeads = 6, kKvHeads = 2, kKeySize = 19;
        constexpr float kScale = 0.4f;
        const std::uint32_t all = std::uint32_t(past + tokens), values = std::uint32_t(valueSize), count = std::uint32_t(tokens);
        const auto q = randomFloats(count * kHeads * kKeySize, 1, 2), k = randomFloats(all * kKvHeads * kKeySize, 2),
                   v = randomFloats(all * kKvHeads * values, 3), sink = randomFloats(kHeads, 4, 3);
        std::vector<double> expected(count * kHeads * values);
        for (std::uint32_t t = 0; t < count; ++t)
            for (std::uint32_t head = 0; head < kHeads; ++head) {
                const std::uint32_t end = std::uint32_t(past) + t + 1, kvHead = head / (kHeads / kKvHeads);
                const std::uint32_t begin = window > 0 && end > std::uint32_t(window) ? end - std::uint32_t(window) : 0;
                std::vector<double> shares;
                double total = sinks ? std::exp(double(sink[head])) : 0;
                for (std::uint32_t seen = begin; seen < end; ++seen) {
                    double logit = 0;
                    for (std::uint32_t i = 0; i < kKeySize; ++i)
                        logit +=
                            double(q[(t * kHeads + head) * kKeySize + i]) * double(asHalf(k[(seen * kKvHeads + kvHead) * kKeySize + i]));
                    logit *= double(kScale);
                    shares.push_back(std::exp(softCap > 0 ? softCap * std::tanh(logit / softCap) : logit));
                    total += shares.back();
                }
                for (std::uint32_t seen = begin; seen < end; ++seen)
                    for (std::uint32_t i = 0; i < values; ++i)
                        expected[(t * kHeads + head) * values + i] +=
                            shares[seen - begin] / total * double(asHalf(v[(seen * kKvHeads + kvHead) * values + i]));
            }
        const Buffer queries = uploaded(q), keys = uploaded(k), valueRows = uploaded(v), sinkLogits = uploaded(sink);
        const Buffer keyCache = empty(all * kKvHeads * 10), valueCache = empty(all * kKvHeads * (values + 1) / 2 + all * kKvHeads);
        const Buffer out = empty(expected.size());
        run([&](NetworkCommands& steps) {
            steps.store({keys, keyCache, all, kKvHeads, kKeySize, 0});
            steps.store({valueRows, valueCache, all, kKvHeads, values, 0});
            steps.barrier();
            steps.attend({.queries = queries,
                          .keys = keyCache,
                          .values = valueCache,
                          .out = out,
                          .sinks = sinks ? Slice(sinkLogits) : Slice(),
                          .tokens = count,
                          .heads = kHeads,
                          .kvHeads = kKvHeads,
                          .keySize = kKeySize,
                          .valueSize = values,
                          .position = std::uint32_t(past),
                          .window = window > 0 ? std::uint32_t(window) : UINT32_MAX,
                          .scale = kScale,
                          .softCap = float(softCap)});
        });
        // A half on the border between two may round either way.
        QVERIFY(worstError(downloaded(out, expected.size()), expected) < 5e-4);
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

    void tokensGoToTheirBestExperts_data()
    {
        QTest::addColumn<bool>("sumToOne");
        QTest::newRow("probabilities as they are") << false;
        QTest::newRow("shares of one") << true;
    }
    void tokensGoToTheirBestExperts()
    {
        QFETCH(bool, sumToOne);
        constexpr std::uint32_t kTokens = 7, kExperts = 70, kUsed = 5;
        constexpr std::array<std::uint32_t, 3> kTied{3, 12, 69};
        auto scores = randomFloats(kTokens * kExperts, 1, 3);
        for (const std::uint32_t tied : kTied)
            scores[tied] = 20;  // of equal ones the first
        const Buffer logits = uploaded(scores), chosen = empty(kTokens * kUsed), shares = empty(kTokens * kUsed);
        run([&](NetworkCommands& steps) { steps.route({logits, chosen, shares, kTokens, kExperts, kUsed, sumToOne}); });
        const auto ids = downloaded(chosen, kTokens * kUsed), weights = downloaded(shares, kTokens * kUsed);
        const infer::Routing expected = infer::route(scores, {.experts = kExperts, .used = kUsed, .sumToOne = sumToOne});
        for (std::size_t slot = 0; slot < ids.size(); ++slot) {
            const auto expert = std::bit_cast<std::uint32_t>(ids[slot]);
            QVERIFY(expert < kExperts);
            const auto& routed = expected[expert];
            const auto found = std::ranges::find(routed, slot / kUsed, &infer::Routed::token);
            QVERIFY(found != routed.end());
            QVERIFY(std::abs(weights[slot] / found->weight - 1) < 1e-5f);
            QVERIFY(slot >= 3 || expert == kTied[slot]);
        }
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
