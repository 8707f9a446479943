// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/compressibility.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <random>

using namespace halftone;
using namespace halftone::test;
using inspect::Compressibility;
using quant::Type;

namespace {

/// A tensor of bytes as they are given.
model::Tensor tensorOf(Type type, std::span<const std::byte> bytes)
{
    model::Tensor tensor;
    tensor.name = "made.weight";
    tensor.type = type;
    tensor.data = bytes;
    tensor.shape.extent = {bytes.size() / quant::info(type).blockBytes * quant::info(type).blockSize, 1, 1, 1};
    return tensor;
}

std::vector<std::byte> randomBytes(std::size_t count, unsigned seed = 1)
{
    std::mt19937 random(seed);
    std::vector<std::byte> bytes(count);
    std::ranges::generate(bytes, [&] { return std::byte(random() >> 24); });
    return bytes;
}

}  // namespace

class TestCompressibility : public QObject {
    Q_OBJECT

    Compressibility measured(const model::Tensor& tensor, int threads = 2)
    {
        Progress progress;
        progress.begin("compressing", tensor.bytes(), Unit::Bytes);
        const auto result = inspect::compressibility(tensor, Executor(threads), progress);
        if (progress.snapshot().done != tensor.bytes())
            qFatal("progress does not count every byte");
        return result;
    }

private Q_SLOTS:
    void noiseHasAllItsBits()
    {
        const auto bytes = randomBytes(18 * 30'000);
        const auto packed = measured(tensorOf(Type::Q4_0, bytes));
        QVERIFY(packed.ofCodes);
        QVERIFY(packed.entropyBits > 3.999 && packed.entropyBits <= 4);
        QVERIFY(packed.zstdRatio > 0.99 && packed.zstdRatio <= 1);
        const auto halves = measured(tensorOf(Type::F16, bytes));
        QVERIFY(!halves.ofCodes);
        QVERIFY(halves.entropyBits > 15.99 && halves.entropyBits <= 16);
        const auto blocks = measured(tensorOf(Type::IQ4_NL, bytes));  // blocks whose codes are not taken apart: 18 bytes for 32
        QVERIFY(!blocks.ofCodes);
        QVERIFY(blocks.entropyBits > 4.499 && blocks.entropyBits <= 4.5);
    }

    void sameBytesHaveNone()
    {
        const std::vector<std::byte> bytes(144 * 1000, std::byte(0x33));
        const auto result = measured(tensorOf(Type::Q4_K, bytes));
        QCOMPARE(result.entropyBits, 0.0);
        QVERIFY(result.zstdRatio > 100);
    }

    void entropyIsThatOfTheCodes()
    {
        // Scales all alike, codes 3 in a quarter of the weights and 0 in the others.
        std::vector<std::byte> bytes(18 * 4096);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::byte(i % 18 < 2 ? 0x11 : i % 2 ? 0x30 : 0x00);
        const double expected = -(0.25 * std::log2(0.25) + 0.75 * std::log2(0.75));
        QVERIFY(std::abs(measured(tensorOf(Type::Q4_0, bytes)).entropyBits - expected) < 1e-12);
    }

    void bytesOfFloatsAreCountedByPlace()
    {
        // The low byte says nothing, the high byte is one of two.
        std::vector<std::byte> bytes(2 * 4096);
        for (std::size_t i = 0; i < bytes.size(); i += 2)
            bytes[i + 1] = std::byte(i % 4 ? 0x3c : 0xbc);
        QCOMPARE(measured(tensorOf(Type::BF16, bytes)).entropyBits, 1.0);
    }

    void quantizedWeightsCarryLessThanTheirBits()
    {
        const MadeTensor made(Type::Q4_0, 256, bell(256 * 2000, 0.1f));
        const auto result = measured(made.tensor);
        QVERIFY(result.entropyBits > 3 && result.entropyBits < 3.95);
    }

    void largeTensorsAreSampledAndSayso()
    {
        // 40 MiB of which the sample must see both kinds.
        std::vector<std::byte> bytes(std::size_t(40) << 20);
        const auto noise = randomBytes(std::size_t(20) << 20);
        std::ranges::copy(noise, bytes.begin());
        const auto result = measured(tensorOf(Type::F16, bytes));
        QVERIFY(result.sampled);
        QCOMPARE(result.zstdBytes, std::uint64_t(32) << 20);
        QVERIFY(result.zstdRatio > 1.9 && result.zstdRatio < 2.1);
        const auto part = measured(tensorOf(Type::F16, std::span(bytes).first(std::size_t(32) << 20)));
        QVERIFY(!part.sampled);
        QCOMPARE(part.zstdBytes, std::uint64_t(32) << 20);
    }

    void theSameForAnyNumberOfThreads()
    {
        const MadeTensor made(Type::Q5_K, 256, bell(256 * 20'000, 0.1f));
        const auto one = measured(made.tensor, 1), four = measured(made.tensor, 4);
        QCOMPARE(one.entropyBits, four.entropyBits);
        QCOMPARE(one.zstdRatio, four.zstdRatio);
    }

    void anEmptyTensorIsNoTrouble()
    {
        const auto result = measured(tensorOf(Type::Q4_K, {}));
        QCOMPARE(result.entropyBits, 0.0);
        QCOMPARE(result.zstdRatio, 1.0);
    }
};

QTEST_APPLESS_MAIN(TestCompressibility)
#include "tst_compressibility.moc"
