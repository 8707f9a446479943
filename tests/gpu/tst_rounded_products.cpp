// SPDX-License-Identifier: GPL-3.0-or-later
// Vectors rounded to bytes on a device, and their products with packed weights, beside the CPU's engine, which rounds alike.
#include "core/base/executor.h"
#include "core/infer/matmul_reference.h"
#include "core/quant/codec.h"
#include "tests/gpu/kernel_test.h"
#include "tests/gpu/random_rows.h"

#include <cstring>

Q_DECLARE_METATYPE(halftone::quant::Type)

using namespace halftone;
using namespace halftone::gpu;

namespace {

constexpr quant::Type kTypes[] = {quant::Type::Q4_0, quant::Type::Q8_0, quant::Type::Q4_K, quant::Type::Q5_K, quant::Type::Q6_K};

std::vector<std::byte> packedWeights(quant::Type type, std::size_t rows, std::size_t columns)
{
    std::vector<std::byte> packed(quant::rowBytes(type, columns) * rows);
    quant::quantize(type, randomFloats(rows * columns, unsigned(rows)), columns, std::vector<float>(columns, 1.0f), packed);
    return packed;
}

/// Products with the matrix as the CPU's engine has them: rounded activations, or floats.
std::vector<double> cpuProducts(const infer::PackedMatrix& matrix, std::span<const float> x)
{
    infer::Activations activations;
    activations.assign(x, matrix.columns);
    std::vector<float> products(activations.tokens() * matrix.rows);
    infer::multiply(matrix, activations, products, Executor(1));
    return {products.begin(), products.end()};
}

std::vector<double> exactProducts(const infer::PackedMatrix& matrix, std::span<const float> x)
{
    std::vector<float> weights(matrix.rows * matrix.columns);
    quant::dequantize(matrix.type, {matrix.data, quant::rowBytes(matrix.type, matrix.columns) * matrix.rows}, weights);
    std::vector<double> products;
    for (std::size_t t = 0; t < x.size() / matrix.columns; ++t)
        for (std::size_t r = 0; r < matrix.rows; ++r) {
            double sum = 0;
            for (std::size_t c = 0; c < matrix.columns; ++c)
                sum += double(weights[r * matrix.columns + c]) * double(x[t * matrix.columns + c]);
            products.push_back(sum);
        }
    return products;
}

/// In the order of round.comp: of each 32 columns eight words of codes, the scale's bits, and one that counts for nothing (0 here).
template <class Block, std::size_t columns>
std::vector<std::uint32_t> roundedByTheReference(std::span<const float> x)
{
    std::vector<std::uint32_t> words;
    for (std::size_t at = 0; at < x.size(); at += columns) {
        Block block;
        infer::reference::quantize(x.subspan(at).template first<columns>(), block);
        for (std::size_t c = 0; c < columns; c += 32) {
            std::uint32_t piece[10] = {};
            std::memcpy(piece, block.codes + c, 32);
            std::memcpy(piece + 8, &block.scale, 4);
            words.insert(words.end(), piece, piece + 10);
        }
    }
    return words;
}

/// Ordinary vectors, with blocks of zeros, of numbers below what counts, on ties between two codes, and large ones.
std::vector<float> awkwardVector(std::size_t count)
{
    std::vector<float> x = randomFloats(count, 3);
    for (std::size_t i = 0; i < count; ++i)
        switch (i / 256 % 5) {
        case 1: x[i] = 0; break;
        case 2: x[i] *= 1e-33f; break;
        case 3: x[i] = i % 32 == 0 ? 127.0f : float(int(i % 29) - 14) + 0.5f; break;
        case 4: x[i] *= 1e20f; break;
        }
    return x;
}

}  // namespace

class TestRoundedProducts : public KernelTest {
    Q_OBJECT

    std::vector<float> product(const DeviceMatrix& matrix, std::span<const float> x)
    {
        const auto tokens = std::uint32_t(x.size() / matrix.columns);
        const Buffer input = uploaded(x), output = empty(std::size_t(tokens) * matrix.rows);
        run([&](NetworkCommands& steps) { steps.multiply(matrix, input, output, tokens); });
        return downloaded(output, std::size_t(tokens) * matrix.rows);
    }

private Q_SLOTS:
    void initTestCase()
    {
        // llvmpipe does one thing after the other: only the layer sees a barrier that is missing.
        qputenv("VK_LAYER_ENABLES", "VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT");
        open(IntegerDot::Always);
        if (!m_kernels->roundsVectors(quant::Type::Q8_0))
            QSKIP("no integer dot products");
    }
    void cleanup() { nothingWasComplainedAbout(); }

    void onlyTypesWithIntegerProductsAreRoundedFor()
    {
        for (const quant::TypeInfo& type : quant::allTypes())
            QCOMPARE(m_kernels->roundsVectors(type.type), std::ranges::find(kTypes, type.type) != std::end(kTypes));
    }

    void vectorsAreRoundedToTheBit_data()
    {
        QTest::addColumn<quant::Type>("type");
        QTest::newRow("in blocks of 32") << quant::Type::Q8_0;
        QTest::newRow("in blocks of 256") << quant::Type::Q4_K;
    }
    void vectorsAreRoundedToTheBit()
    {
        QFETCH(quant::Type, type);
        const std::vector<float> x = awkwardVector(256 * 11);
        const auto expected =
            type == quant::Type::Q8_0 ? roundedByTheReference<infer::Block32, 32>(x) : roundedByTheReference<infer::Block256, 256>(x);
        const Buffer input = uploaded(x), words = empty(expected.size());
        Commands commands(*m_device, m_device->compute());
        commands.begin();
        commands.dispatch(m_kernels->round(type), std::array<Slice, 2>{input, words}, std::array{std::uint32_t(x.size() / 8)}, 2);
        m_device->wait(commands.submit());
        std::vector<std::uint32_t> found(expected.size());
        m_staging->download(words, 0, std::as_writable_bytes(std::span(found)));
        QCOMPARE(found, expected);
    }

    void productsAreTheEngines_data()
    {
        QTest::addColumn<quant::Type>("type");
        for (const quant::Type type : kTypes)
            QTest::newRow(quant::info(type).name.data()) << type;
    }
    void productsAreTheEngines()
    {
        QFETCH(quant::Type, type);
        struct Shape {
            std::uint32_t rows, blocks, tokens;
        };
        for (const Shape& shape : {Shape{1, 1, 1}, {37, 3, 1}, {70, 5, 3}, {9, 33, 4}}) {
            const std::uint32_t columns = shape.blocks * quant::info(type).blockSize;
            const std::vector<std::byte> packed = packedWeights(type, shape.rows, columns);
            const infer::PackedMatrix weights{type, packed.data(), shape.rows, columns};
            const std::vector<float> x = randomFloats(columns * shape.tokens, 5, 3);
            const std::vector<double> expected = cpuProducts(weights, x);
            // Chunks of some rows each: the matrix is in many parts, as one larger than a device can bind.
            for (const std::uint64_t chunk : {std::uint64_t(1) << 20, std::max<std::uint64_t>(1024, packed.size() / 3)}) {
                WeightMemory memory(*m_device, chunk);
                const DeviceMatrix matrix = memory.add(weights);
                memory.finish();
                const std::vector<float> ours = product(matrix, x);
                const double error = worstError(ours, expected), ofExact = worstError(ours, exactProducts(weights, x));
                QVERIFY2(error < 2e-6, qPrintable(QString("%1 rows: %2").arg(shape.rows).arg(error)));
                QVERIFY2(ofExact > 1e-4, qPrintable(QString("%1 rows: not rounded, %2").arg(shape.rows).arg(ofExact)));
            }
        }
    }

    /// Blocks of any bytes have scales and minimums of every size.
    void productsWithAnyBlocksAreTheEngines_data() { productsAreTheEngines_data(); }
    void productsWithAnyBlocksAreTheEngines()
    {
        QFETCH(quant::Type, type);
        constexpr std::size_t kRows = 24, kColumns = 512;
        const std::vector<std::byte> packed = test::randomBlocks(type, kRows * kColumns, 4);
        const std::vector<float> x = randomFloats(kColumns, 6);
        WeightMemory memory(*m_device, 1u << 20);
        const infer::PackedMatrix weights{type, packed.data(), kRows, kColumns};
        const DeviceMatrix matrix = memory.add(weights);
        memory.finish();
        const std::vector<double> expected = cpuProducts(weights, x);
        const std::vector<float> ours = product(matrix, x);
        for (std::size_t row = 0; row < kRows; ++row) {  // each for itself, as their sizes differ
            if (!std::isfinite(expected[row])) {
                QVERIFY(!std::isfinite(ours[row]));
                continue;
            }
            const double error = std::abs(double(ours[row]) - expected[row]), size = exactSize(weights, row, x);
            QVERIFY2(error <= 1e-6 * size, qPrintable(QString("row %1: %2 of %3").arg(row).arg(error).arg(size)));
        }
    }

    void whatIsNoNumberShows()
    {
        constexpr std::uint32_t kColumns = 512;
        const std::vector<std::byte> packed = packedWeights(quant::Type::Q4_K, 3, kColumns);
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(infer::PackedMatrix{quant::Type::Q4_K, packed.data(), 3, kColumns});
        memory.finish();
        for (const float poison : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
            std::vector<float> x = randomFloats(kColumns, 1);
            x[300] = poison;
            for (const float value : product(matrix, x))
                QVERIFY(std::isnan(value));
        }
        for (const float value : product(matrix, std::vector<float>(kColumns, 1e-31f)))
            QCOMPARE(value, 0.0f);
    }

    /// They share the room for rounded vectors, and none waits by itself for another.
    void productsOneAfterTheOtherKeepTheirVectors()
    {
        constexpr std::uint32_t kRows = 40, kColumns = 1024, kProducts = 12;
        const std::vector<std::byte> packed = packedWeights(quant::Type::Q8_0, kRows, kColumns);
        const infer::PackedMatrix weights{quant::Type::Q8_0, packed.data(), kRows, kColumns};
        const std::vector<float> x = randomFloats(kColumns * kProducts, 8);
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(weights);
        memory.finish();
        const Buffer input = uploaded(x), output = empty(kRows * kProducts);
        run([&](NetworkCommands& steps) {
            for (std::uint32_t i = 0; i < kProducts; ++i)
                steps.multiply(matrix, Slice(input, i * kColumns * 4, kColumns * 4), output, 1, i);
        });
        QVERIFY(worstError(downloaded(output, kRows * kProducts), cpuProducts(weights, x)) < 2e-6);
    }

    void expertsTakeTheirRoundedVectors_data()
    {
        QTest::addColumn<bool>("ownInput");
        QTest::newRow("the token's") << false;
        QTest::newRow("each its own") << true;
    }
    void expertsTakeTheirRoundedVectors()
    {
        QFETCH(bool, ownInput);
        constexpr std::uint32_t kExperts = 4, kUsed = 2, kTokens = 3, kRows = 13, kColumns = 256;
        const std::vector<std::byte> packed = packedWeights(quant::Type::Q6_K, kExperts * kRows, kColumns);
        const infer::PackedMatrix first{quant::Type::Q6_K, packed.data(), kRows, kColumns};
        const std::vector<float> x = randomFloats(kTokens * (ownInput ? kUsed : 1) * kColumns, 2);
        const std::vector<std::uint32_t> chosen{2, 0, 3, 1, 2, 3};
        std::vector<double> expected;
        for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
            infer::PackedMatrix expert = first;
            expert.data += chosen[slot] * kRows * quant::rowBytes(first.type, kColumns);
            const auto row = cpuProducts(expert, std::span(x).subspan((ownInput ? slot : slot / kUsed) * kColumns, kColumns));
            expected.insert(expected.end(), row.begin(), row.end());
        }
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(infer::Linear{.name = {}, .weight = first, .experts = kExperts, .bias = {}});
        memory.finish();
        const Buffer input = uploaded(x), named = uploaded(chosen), output = empty(expected.size());
        run([&](NetworkCommands& steps) {
            steps.multiplyExperts(matrix, input, output, kTokens,
                                  {.chosen = named, .used = kUsed, .experts = kExperts, .ownInput = ownInput});
        });
        QVERIFY(worstError(downloaded(output, expected.size()), expected) < 2e-6);
    }

    /// Where vectors do not fit into the room for rounded ones they stay floats.
    void vectorsWithoutRoomStayFloats()
    {
        constexpr std::uint32_t kColumns = 1u << 18, kTokens = 4;
        QVERIFY(NetworkKernels::roundedBytes(kColumns * kTokens) > m_kernels->rounded().bytes);
        const std::vector<std::byte> packed = packedWeights(quant::Type::Q8_0, 2, kColumns);
        const infer::PackedMatrix weights{quant::Type::Q8_0, packed.data(), 2, kColumns};
        const std::vector<float> x = randomFloats(kColumns * kTokens, 9);
        WeightMemory memory(*m_device, 1u << 20);
        const DeviceMatrix matrix = memory.add(weights);
        memory.finish();
        QVERIFY(worstError(product(matrix, x), exactProducts(weights, x)) < kTolerance);
    }

private:
    /// Sum of the magnitudes that a row's product is made of.
    static double exactSize(const infer::PackedMatrix& matrix, std::size_t row, std::span<const float> x)
    {
        infer::PackedMatrix one = matrix;
        one.rows = 1;
        one.data += row * quant::rowBytes(matrix.type, matrix.columns);
        std::vector<float> weights(matrix.columns);
        quant::dequantize(one.type, {one.data, quant::rowBytes(one.type, one.columns)}, weights);
        double size = 0;
        for (std::size_t c = 0; c < x.size(); ++c)
            size += std::abs(double(weights[c]) * double(x[c]));
        return size;
    }
};

QTEST_GUILESS_MAIN(TestRoundedProducts)
#include "tst_rounded_products.moc"
