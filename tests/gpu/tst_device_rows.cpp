// SPDX-License-Identifier: GPL-3.0-or-later
// Packed rows unpacked on a device, alone and before they are quantized, against those of the CPU, bit for bit.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/quant/codec.h"
#include "gpu/self_check.h"
#include "gpu/vulkan_backend.h"
#include "tests/backend/failing_device.h"
#include "tests/gpu/random_rows.h"

#include <QtTest>

#include <bit>
#include <climits>
#include <cmath>

using namespace halftone;
using namespace halftone::gpu;
using quant::Type;
using test::randomBlocks, test::randomImportance, test::randomWeights;

namespace {

std::vector<std::byte> packedBy(backend::Backend& backend, const backend::Rows& rows)
{
    std::vector<std::byte> packed(quant::rowBytes(rows.type, rows.count()), std::byte(0xee));
    Progress progress;
    backend.quantize(rows, packed, progress);
    return packed;
}

std::vector<float> unpackedHere(const backend::Packed& packed, std::size_t count)
{
    std::vector<float> weights(count);
    quant::dequantize(packed.type, packed.bytes, weights);
    return weights;
}

/// What the CPU makes of the floats that packed rows stand for.
std::vector<std::byte> packedHere(const backend::Rows& rows)
{
    const std::vector<float> weights = unpackedHere(rows.packed, rows.count());
    std::vector<std::byte> packed(quant::rowBytes(rows.type, weights.size()));
    quant::quantize(rows.type, weights, rows.columns, rows.importance, packed);
    return packed;
}

bool isSame(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// Rows of a type whose weights are all finite.
std::vector<std::byte> goodRows(Type type, std::size_t rows, std::size_t columns)
{
    std::vector<float> weights = randomWeights(rows * columns, unsigned(columns));
    for (float& w : weights)
        w = std::clamp(w, -60.0f, 60.0f);
    const std::vector<float> importance = randomImportance(columns, 3);
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    quant::quantize(type, weights, columns, quant::info(type).needsImportance ? importance : std::span<const float>(), packed);
    return packed;
}

}  // namespace

class TestDeviceRows : public QObject {
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

    void unpackedFloatsAreTheCpus_data() { addTypes(); }
    void unpackedFloatsAreTheCpus()
    {
        QFETCH(int, type);
        const quant::TypeInfo& info = quant::info(Type(type));
        QVERIFY2(m_backend->canDequantize(info.type), m_said.c_str());
        for (const std::size_t blocks : {std::size_t(1), std::size_t(3), 100003 / std::size_t(info.blockSize)}) {
            const std::size_t count = blocks * info.blockSize;
            const std::vector<std::byte> bytes = randomBlocks(info.type, count, unsigned(blocks));
            std::vector<float> found(count, -1.0f);
            Progress progress;
            m_backend->dequantize({info.type, bytes}, found, progress);
            const auto [a, b] = std::ranges::mismatch(found, unpackedHere({info.type, bytes}, count), isSame);
            QVERIFY2(a == found.end(), qPrintable(QStringLiteral("weight %1 of %2").arg(a - found.begin()).arg(count)));
        }
    }

    void packedRowsAreQuantizedAsTheirFloatsAre_data() { addTypes(); }
    void packedRowsAreQuantizedAsTheirFloatsAre()
    {
        QFETCH(int, type);
        constexpr std::size_t kColumns = 768, kRows = 60;
        const std::vector<std::byte> bytes = goodRows(Type(type), kRows, kColumns);
        const std::vector<float> importance = randomImportance(kColumns, 5);
        // Blocks of either size; with importance whole rows of Q4_0 count, and columns of Q4_K.
        for (const auto& [target, weighted] :
             {std::pair{Type::Q4_0, true}, {Type::Q8_0, false}, {Type::Q4_K, false}, {Type::Q4_K, true}, {Type::IQ4_NL, false}}) {
            QVERIFY2(m_backend->canQuantize(target, weighted), m_said.c_str());
            const backend::Rows rows{
                target, {}, kColumns, weighted ? std::span<const float>(importance) : std::span<const float>(), {Type(type), bytes}};
            QVERIFY2(packedBy(*m_backend, rows) == packedHere(rows), quant::name(target).data());
        }
        QVERIFY2(m_said.empty(), m_said.c_str());
    }

    void packedRowsBeyondABindingAreCutIntoTiles()
    {
        const auto small = openBackend({.mostStorageRange = 40000});
        constexpr std::size_t kColumns = 1280, kRows = 23;
        const std::vector<float> importance = randomImportance(kColumns, 4);
        for (const Type source : {Type::F16, Type::Q6_K, Type::IQ2_XXS}) {
            const std::vector<std::byte> bytes = goodRows(source, kRows, kColumns);
            std::vector<float> found(kRows * kColumns);
            Progress progress;
            QVERIFY2(small->canDequantize(source) && small->canQuantize(Type::Q5_1, true), m_said.c_str());
            small->dequantize({source, bytes}, found, progress);
            QVERIFY(std::ranges::equal(found, unpackedHere({source, bytes}, found.size()), isSame));
            const backend::Rows rows{Type::Q5_1, {}, kColumns, importance, {source, bytes}};
            QVERIFY(packedBy(*small, rows) == packedHere(rows));
        }
        QCOMPARE(small->device().instance().validationMessages(), 0);
    }

    void aWeightThatIsNoNumberIsToldWhateverIsMade_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<bool>("importance");
        for (const quant::TypeInfo& type : quant::allTypes())
            for (const bool importance : {false, true})
                if (quantizeKernel(type.type, importance))
                    QTest::addRow("%s%s", type.name.data(), importance ? " with importance" : "") << int(type.type) << importance;
    }
    void aWeightThatIsNoNumberIsToldWhateverIsMade()
    {
        QFETCH(int, type);
        QFETCH(bool, importance);
        QVERIFY2(m_backend->canQuantize(Type(type), importance), m_said.c_str());
        const std::vector<float> weighing = randomImportance(1024, 4);
        for (const unsigned wrong : {0x7c00u, 0xfc00u, 0x7e01u}) {  // infinities and NaN
            std::vector<std::byte> bytes = goodRows(Type::F16, 4, 1024);
            bytes[2 * 2100] = std::byte(wrong & 255);
            bytes[2 * 2100 + 1] = std::byte(wrong >> 8);
            const backend::Rows rows{
                Type(type), {}, 1024, importance ? std::span<const float>(weighing) : std::span<const float>(), {Type::F16, bytes}};
            try {
                packedBy(*m_backend, rows);
                QFAIL("nothing was said");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::Malformed);
            }
        }
    }

    void anUnpackingThatDiffersIsFoundOut()
    {
        class Wrong final : public test::FailingDevice {
        public:
            using FailingDevice::FailingDevice;
            void dequantize(const backend::Packed& packed, std::span<float> out, Progress& progress) override
            {
                FailingDevice::dequantize(packed, out, progress);
                out[out.size() / 3] = std::nextafter(out[out.size() / 3], 100.0f);
            }
        };
        const Executor executor(1);
        Wrong wrong(executor, INT_MAX);
        test::FailingDevice right(executor, INT_MAX);
        for (const Type type : {Type::F16, Type::Q4_K, Type::MXFP4}) {
            QVERIFY(!unpacksAsTheCpu(wrong, type));
            QVERIFY(unpacksAsTheCpu(right, type));
        }
    }

    void whatADriverCannotCompileIsTheCpus()
    {
        const auto device = openBackend({.compileHook = [](std::string_view shader) {
            return shader == "unpack" || shader == "quantize_splits" ? VK_ERROR_INITIALIZATION_FAILED : VK_SUCCESS;
        }});
        QVERIFY(!device->canDequantize(Type::Q8_0));
        QVERIFY(!device->canQuantize(Type::IQ1_M, false));
        QVERIFY(m_said.find("does not unpack Q8_0") != std::string::npos);
        QVERIFY(m_said.find("does not make IQ1_M") != std::string::npos);
        m_said.clear();
        QVERIFY(device->canQuantize(Type::Q4_K, false));
        const std::vector<std::byte> bytes = goodRows(Type::Q8_0, 60, 1024);
        const backend::Rows rows{Type::Q4_K, {}, 1024, {}, {Type::Q8_0, bytes}};
        QVERIFY(packedBy(*device, rows) == packedHere(rows));  // of floats that came unpacked
        QCOMPARE(device->device().instance().validationMessages(), 0);
    }

    void aDeviceLostWhileItUnpacksLeavesTheRestToTheCpu()
    {
        int submits = INT_MAX;
        auto device =
            openBackend({.submitHook = [&] { return submits-- > 0 ? VK_SUCCESS : VK_ERROR_DEVICE_LOST; }, .mostStorageRange = 1u << 18});
        const Executor executor(2);
        std::vector<std::string> lines;
        backend::WithFallback backend(std::move(device), executor, [&](const std::string& line) { lines.push_back(line); });
        QVERIFY(backend.canDequantize(Type::Q8_0) && backend.canQuantize(Type::Q4_K, false));
        submits = 7;
        const std::vector<std::byte> bytes = goodRows(Type::Q8_0, 512, 1024);
        const backend::Rows rows{Type::Q4_K, {}, 1024, {}, {Type::Q8_0, bytes}};
        QVERIFY(packedBy(backend, rows) == packedHere(rows));
        QCOMPARE(lines.size(), std::size_t(1));
        QVERIFY(!backend.canDequantize(Type::Q8_0));
    }

    /// While the host waits for one tile the next is the device's already: it never idles before the last.
    void theNextTileIsSubmittedBeforeTheHostWaitsForTheFormer()
    {
        constexpr int kSubmitsOfATile = 3;  // to the device, computing, back
        int submitted = 0, waits = 0, early = 0;
        std::uint64_t before = UINT64_MAX, lastWaitedFor = 0;
        const auto device = openBackend({.submitHook =
                                             [&] {
                                                 ++submitted;
                                                 return VK_SUCCESS;
                                             },
                                         .waitHook =
                                             [&](const Ticket& ticket) {
                                                 if (ticket.value <= std::max(before, lastWaitedFor))
                                                     return;  // done
                                                 lastWaitedFor = ticket.value;
                                                 ++waits;
                                                 early += int(ticket.value) + kSubmitsOfATile > submitted;
                                             },
                                         .mostStorageRange = 1u << 17});
        if (device->device().features().transferQueue)
            QSKIP("tickets of two queues do not tell an order");
        QVERIFY(device->canQuantize(Type::Q8_0, false) && device->canDequantize(Type::F16));
        const std::vector<std::byte> bytes = goodRows(Type::F16, 256, 1024);
        submitted = int(device->device().compute().submitted);
        before = std::uint64_t(submitted);
        packedBy(*device, {Type::Q8_0, {}, 1024, {}, {Type::F16, bytes}});
        const int tiles = (submitted - int(before)) / kSubmitsOfATile;
        QVERIFY2(tiles >= 8, qPrintable(QString::number(tiles)));
        QCOMPARE(waits, tiles);
        QCOMPARE(early, 1);  // nothing follows the last
    }

private:
    static void addTypes()
    {
        QTest::addColumn<int>("type");
        for (const quant::TypeInfo& type : quant::allTypes())
            if (type.canDequantize)
                QTest::addRow("%s", type.name.data()) << int(type.type);
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

    std::unique_ptr<VulkanBackend> m_backend;
    std::string m_said;
};

QTEST_GUILESS_MAIN(TestDeviceRows)
#include "tst_device_rows.moc"
