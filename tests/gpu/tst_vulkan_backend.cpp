// SPDX-License-Identifier: GPL-3.0-or-later
// Rows packed on a device against those of the CPU, bit for bit.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/quant/codec.h"
#include "gpu/self_check.h"
#include "gpu/vulkan_backend.h"
#include "tests/gpu/random_rows.h"
#include "tests/inspect/made_tensor.h"

#include <QFile>
#include <QtTest>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstring>
#include <random>

using namespace halftone;
using namespace halftone::gpu;
using test::randomImportance, test::randomWeights;

namespace {

std::vector<float> goldenFloats(const QString& name)
{
    QFile file(QStringLiteral(TEST_DATA "/golden/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    std::vector<float> values(std::size_t(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(float));
    return values;
}

std::vector<std::byte> packedBy(backend::Backend& backend, const backend::Rows& rows)
{
    std::vector<std::byte> packed(quant::rowBytes(rows.type, rows.weights.size()), std::byte(0xee));
    Progress progress;
    backend.quantize(rows, packed, progress);
    return packed;
}

std::vector<std::byte> packedHere(const backend::Rows& rows)
{
    std::vector<std::byte> packed(quant::rowBytes(rows.type, rows.weights.size()));
    quant::quantize(rows.type, rows.weights, rows.columns, rows.importance, packed);
    return packed;
}

QString firstDifference(const backend::Rows& rows, const std::vector<std::byte>& found, const std::vector<std::byte>& expected)
{
    const auto [a, b] = std::ranges::mismatch(found, expected);
    if (a == found.end())
        return {};
    const std::size_t block = std::size_t(a - found.begin()) / quant::info(rows.type).blockBytes;
    return QStringLiteral("block %1 (row %2) differs").arg(block).arg(block * quant::info(rows.type).blockSize / rows.columns);
}

constexpr std::size_t kAwkwardColumns = 1024, kAwkwardRows = 12;

/// Ties everywhere, cancelling sums, single weights, and sizes on both sides of what kernels leave to the CPU.
std::vector<float> awkwardWeights()
{
    std::mt19937 random(7);
    std::vector<float> weights;
    for (std::size_t i = 0; i < kAwkwardRows * kAwkwardColumns; ++i) {
        const std::size_t column = i % kAwkwardColumns;
        const float sign = random() % 2 ? 1.0f : -1.0f, even = float(random()) * 0x1p-31f - 1;
        switch (i / kAwkwardColumns) {
        case 0: weights.push_back(0.25f); break;
        case 1: weights.push_back(column % 2 ? 0.01f : -0.01f); break;
        case 2: weights.push_back(column % 67 == 0 ? sign : 0.0f); break;
        case 3: weights.push_back(sign * std::ldexp(1.0f, -int(column % 30))); break;
        case 4: weights.push_back(float(int(random() % 7) - 3) * 0.01f); break;
        case 5: weights.push_back(even * std::ldexp(1.0f, -10 - int(column / 32))); break;
        case 6: weights.push_back(even * 30000.0f); break;
        case 7: weights.push_back(column % 32 < 16 ? even : even * 1e-6f); break;
        case 8: weights.push_back(sign * (1 + even * 1e-6f)); break;
        case 9: weights.push_back(column / 8 % 3 ? even : -0.0f); break;
        case 10: weights.push_back(float(column % 32) * 0.001f - 0.0155f); break;
        default: weights.push_back(std::abs(even) * 0.02f); break;
        }
    }
    return weights;
}

/// Whole groups that do not count, and sizes far apart.
std::vector<float> awkwardImportance()
{
    std::mt19937 random(8);
    std::vector<float> importance(kAwkwardColumns);
    for (std::size_t i = 0; i < importance.size(); ++i) {
        const bool none = (i / 8 % 5 == 0) || (i / 32 % 7 == 0) || (i / 256 == 2 && i % 256 != 9);
        importance[i] = none ? 0.0f : std::ldexp(1.0f + float(random() % 1000) * 0.001f, int(random() % 40) - 20);
    }
    return importance;
}

}  // namespace

class TestVulkanBackend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_backend = openBackend({});
        if (!m_backend)
            QSKIP("no Vulkan device");
        QVERIFY2(m_backend->device().instance().validates(), "the validation layer is not installed; test.sh does it");
    }
    void cleanup() { QCOMPARE(m_backend ? m_backend->device().instance().validationMessages() : 0, 0); }
    void cleanupTestCase() { m_backend.reset(); }

    void quantizedBytesAreTheCpus_data() { addKernels(); }
    void quantizedBytesAreTheCpus()
    {
        QFETCH(int, type);
        QFETCH(bool, importance);
        m_weights = m_leftToCpu = 0;
        QVERIFY2(m_backend->canQuantize(quant::Type(type), importance), m_said.c_str());
        const std::vector<float> golden = goldenFloats("input.f32"), goldenImportance = goldenFloats("imatrix.f32");
        check(golden, 1024, goldenImportance, quant::Type(type), importance);
        for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{1, 256}, {1, 3840}, {3, 1280}, {77, 768}, {300, 512}})
            check(randomWeights(rows * columns, unsigned(columns)), columns, randomImportance(columns, 5), quant::Type(type), importance);
        QVERIFY2(m_leftToCpu * 3 < m_weights, "the CPU did most of it");
    }

    void awkwardRowsAreTheCpusToo_data() { addKernels(); }
    void awkwardRowsAreTheCpusToo()
    {
        QFETCH(int, type);
        QFETCH(bool, importance);
        QVERIFY2(m_backend->canQuantize(quant::Type(type), importance), m_said.c_str());
        check(awkwardWeights(), kAwkwardColumns, awkwardImportance(), quant::Type(type), importance);
    }

    void weightsOfEveryTypeAreCountedAsTheCpuDoes_data()
    {
        QTest::addColumn<int>("type");
        for (const quant::TypeInfo& type : quant::allTypes())
            if (type.canDequantize)
                QTest::addRow("%s", type.name.data()) << int(type.type);
    }
    void weightsOfEveryTypeAreCountedAsTheCpuDoes()
    {
        QFETCH(int, type);
        const quant::TypeInfo& info = quant::info(quant::Type(type));
        QVERIFY2(m_backend->canInspect(info.type), m_said.c_str());
        const std::size_t columns = info.blockSize == 1 ? 1003 : 768, rows = 91;
        const std::vector<float> weights = test::bell(columns * rows, 0.03f, 0.002f);
        std::vector<std::byte> packed(quant::rowBytes(info.type, weights.size()));
        quant::quantize(info.type, weights, columns, randomImportance(columns, 5), packed);
        const model::Tensor tensor{.name = "made", .shape = {{columns, rows, 1, 1}, 2}, .type = info.type, .data = packed};
        for (const int bins : {1, 200, 5000})
            compareInspections(tensor, bins);
    }

    void tensorsBeyondABindingAreCutIntoTiles()
    {
        const auto small = openBackend({.mostStorageRange = 40000});
        const std::size_t columns = 1280, rows = 23;
        const auto weights = randomWeights(rows * columns, 3), importance = randomImportance(columns, 4);
        for (const auto type : {quant::Type::Q5_1, quant::Type::Q3_K, quant::Type::IQ4_NL})
            for (const bool weighted : {false, true}) {
                const backend::Rows all{type, weights, columns, weighted ? std::span<const float>(importance) : std::span<const float>()};
                QVERIFY2(small->canQuantize(type, weighted), m_said.c_str());
                const QString difference = firstDifference(all, packedBy(*small, all), packedHere(all));
                QVERIFY2(difference.isEmpty(), qPrintable(difference));
            }
        QCOMPARE(small->device().instance().validationMessages(), 0);
    }

    void longRowsAreWeighedToTheirEnd()
    {
        const std::size_t columns = 1u << 17;
        const auto weights = test::bell(2 * columns, 0.02f), importance = randomImportance(columns, 4);
        const backend::Rows rows{quant::Type::Q4_0, weights, columns, importance};
        QVERIFY(m_backend->canQuantize(rows.type, true));
        const std::uint64_t before = m_backend->quantizer().leftToCpu();
        QVERIFY(packedBy(*m_backend, rows) == packedHere(rows));
        QCOMPARE(m_backend->quantizer().leftToCpu(), before);
    }

    void rowsBeyondABindingAreLeftToTheCpu()
    {
        const auto small = openBackend({.mostStorageRange = 40000});
        const auto weights = randomWeights(2 * 20480, 3), importance = randomImportance(20480, 4);
        const backend::Rows rows{quant::Type::Q4_0, weights, 20480, importance};
        QVERIFY(small->canQuantize(rows.type, true));
        QVERIFY(packedBy(*small, rows) == packedHere(rows));
    }

    void aKernelThatDiffersIsFoundOut()
    {
        class Wrong final : public backend::Backend {
            std::string name() const override { return "wrong"; }
            bool canQuantize(quant::Type, bool) override { return true; }
            void quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress&) override
            {
                std::ranges::copy(packedHere(rows), packed.begin());
                packed[packed.size() - 7] ^= std::byte(1);
            }
            bool canDequantize(quant::Type) override { return false; }
            void dequantize(const backend::Packed&, std::span<float>, Progress&) override {}
            bool canInspect(quant::Type) override { return true; }
            inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) override
            {
                inspect::Inspection result = inspect::inspect(tensor, bins, Executor(1), progress);
                result.statistics.std *= 1.01;
                return result;
            }
        } wrong;
        QVERIFY(!agreesWithCpu(wrong, quant::Type::Q8_0, false));
        QVERIFY(agreesWithCpu(*m_backend, quant::Type::Q8_0, false));
        QVERIFY(!inspectsAsTheCpu(wrong, quant::Type::Q8_0));
        QVERIFY(inspectsAsTheCpu(*m_backend, quant::Type::Q8_0));
    }

    void aDeviceLostMidwayLeavesTheRestToTheCpu_data()
    {
        QTest::addColumn<int>("result");
        QTest::newRow("lost") << int(VK_ERROR_DEVICE_LOST);
        QTest::newRow("out of memory") << int(VK_ERROR_OUT_OF_DEVICE_MEMORY);
    }
    void aDeviceLostMidwayLeavesTheRestToTheCpu()
    {
        QFETCH(int, result);
        int submits = INT_MAX;
        auto device =
            openBackend({.submitHook = [&] { return submits-- > 0 ? VK_SUCCESS : VkResult(result); }, .mostStorageRange = 1u << 20});
        const Executor executor(2);
        std::vector<std::string> lines;
        backend::WithFallback backend(std::move(device), executor, [&](const std::string& line) { lines.push_back(line); });
        QVERIFY(backend.canQuantize(quant::Type::Q4_K, false));
        submits = 5;
        const auto weights = randomWeights(1u << 20, 8);
        const backend::Rows rows{quant::Type::Q4_K, weights, 1024};
        QVERIFY(packedBy(backend, rows) == packedHere(rows));
        QCOMPARE(lines.size(), std::size_t(1));
        QVERIFY(!backend.canQuantize(quant::Type::Q4_K, false));
    }

    void aCancelStopsTheDevice()
    {
        const auto weights = randomWeights(1u << 20, 8);
        Progress progress;
        progress.cancel();
        std::vector<std::byte> packed(quant::rowBytes(quant::Type::Q4_K, weights.size()));
        QVERIFY_EXCEPTION_THROWN(m_backend->quantize({quant::Type::Q4_K, weights, 1024}, packed, progress), Error);
        const backend::Rows rows{quant::Type::Q4_K, weights, 1024};
        QVERIFY(packedBy(*m_backend, rows) == packedHere(rows));
    }

private:
    void compareInspections(const model::Tensor& tensor, int bins)
    {
        Progress progress;
        const inspect::Inspection found = m_backend->inspect(tensor, bins, progress);
        const inspect::Inspection expected = inspect::inspect(tensor, bins, Executor(1), progress);
        const inspect::Statistics &a = found.statistics, &b = expected.statistics;
        QCOMPARE(a.count, b.count);
        QCOMPARE(a.zeros, b.zeros);
        QCOMPARE(a.nonFinite, b.nonFinite);
        QVERIFY(std::abs(a.min - b.min) <= 1e-6 * b.absMax && std::abs(a.max - b.max) <= 1e-6 * b.absMax);
        QVERIFY(std::abs(a.mean - b.mean) <= 1e-3 * std::abs(b.mean) && std::abs(a.std - b.std) <= 1e-3 * b.std);
        QVERIFY(std::abs(a.kurtosis - b.kurtosis) <= 1e-3 * b.kurtosis);
        std::uint64_t moved = 0, total = 0;  // weights at the border of two bins may go either way
        for (std::size_t i = 0; i < expected.histogram.counts.size(); ++i) {
            total += found.histogram.counts[i];
            moved += std::uint64_t(std::abs(std::int64_t(found.histogram.counts[i] - expected.histogram.counts[i])));
        }
        QCOMPARE(total, b.count);
        QVERIFY2(moved * 1000 <= total, qPrintable(QString::number(moved)));
        QVERIFY(std::abs(std::int64_t(a.beyond6Sigma - b.beyond6Sigma)) <= 2);
    }

    std::unique_ptr<VulkanBackend> openBackend(OpenOptions options)
    {
        options.validation = Instance::Validation::On;
        try {
            return std::make_unique<VulkanBackend>(std::move(options), [this](const std::string& line) { m_said += line + '\n'; });
        } catch (const Error& error) {
            qInfo("no device: %s", error.what());
            return nullptr;
        }
    }

    static void addKernels()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<bool>("importance");
        for (const quant::TypeInfo& type : quant::allTypes())
            for (const bool importance : {false, true})
                if (quantizeKernel(type.type, importance))
                    QTest::addRow("%s%s", type.name.data(), importance ? " with importance" : "") << int(type.type) << importance;
    }

    void check(const std::vector<float>& weights, std::size_t columns, const std::vector<float>& importance, quant::Type type,
               bool weighted)
    {
        const backend::Rows rows{type, weights, columns, weighted ? std::span<const float>(importance) : std::span<const float>()};
        const std::uint64_t before = m_backend->quantizer().leftToCpu();
        const QString difference = firstDifference(rows, packedBy(*m_backend, rows), packedHere(rows));
        m_weights += weights.size();
        m_leftToCpu += m_backend->quantizer().leftToCpu() - before;
        QVERIFY2(difference.isEmpty(), qPrintable(QStringLiteral("%1 columns: %2").arg(columns).arg(difference)));
    }

    std::unique_ptr<VulkanBackend> m_backend;
    std::string m_said;
    std::uint64_t m_weights = 0, m_leftToCpu = 0;  // of the kernel under test
};

QTEST_GUILESS_MAIN(TestVulkanBackend)
#include "tst_vulkan_backend.moc"
