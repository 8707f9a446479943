// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/binning.h"
#include "core/inspect/scan.h"
#include "gpu/commands.h"
#include "gpu/staging.h"
#include "tests/gpu/opened_device.h"

#include <bit>
#include <numeric>
#include <random>
#include <vector>

using namespace halftone;
using namespace halftone::gpu;

namespace {

std::vector<float> normalWeights(std::size_t count)
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0.01f, 0.3f);
    std::vector<float> weights(count);
    std::ranges::generate(weights, [&] { return normal(random); });
    return weights;
}

}  // namespace

class TestComputeDevice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_failure = VK_SUCCESS;
        m_device = openForTest({.submitHook = [this] { return m_failure; }});
        if (!m_device)
            QSKIP("no Vulkan device");
    }
    void cleanup()
    {
        if (m_device)
            QCOMPARE(m_device->instance().validationMessages(), 0);
        m_device.reset();
    }

    void itSaysWhatItIs()
    {
        QVERIFY(!m_device->description().name.empty());
        QVERIFY(m_device->limits().storageRange >= 128u << 20);
        QVERIFY(m_device->limits().groupInvocations >= 64);
        const MemoryBudget budget = m_device->memoryBudget();
        QVERIFY(budget.totalBytes > 0 && budget.freeBytes <= budget.totalBytes);
    }

    void aDeviceThatIsNotThereIsRefused() { QVERIFY_EXCEPTION_THROWN(ComputeDevice({.index = 1000}), Error); }

    void bytesComeBackInManyParts()
    {
        Staging staging(*m_device, 4096);
        std::vector<std::byte> bytes(4096 * 7 + 13);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::byte(i * 31 >> 3);
        const Buffer buffer(*m_device, bytes.size() + 64, Buffer::Place::Device);
        const Ticket there = staging.upload(bytes, buffer, 64);
        std::vector<std::byte> back(bytes.size());
        staging.download(buffer, 64, back, there);
        QVERIFY(back == bytes);
    }

    void aKernelCountsAsTheCpuDoes()
    {
        const std::vector<float> weights = normalWeights(10007);
        const inspect::Binning binning(-1, 1, 100);
        std::vector<std::uint64_t> expected(100);
        const std::uint64_t beyond = inspect::scanBins(weights, binning, 0, 0.5f, expected);

        const Kernel kernel(*m_device, {.shader = "histogram", .buffers = 3, .pushWords = 6, .constants = {std::uint32_t(quant::Type::F32), 1, 32, 2}});
        const Buffer input(*m_device, weights.size() * 4, Buffer::Place::Device), counts(*m_device, 101 * 4, Buffer::Place::Device);
        const Buffer tables(*m_device, 4, Buffer::Place::Device);
        Staging staging(*m_device);
        const Ticket there = staging.upload(std::as_bytes(std::span(weights)), input);
        const std::array<std::uint32_t, 6> push{std::uint32_t(weights.size()),
                                                100,
                                                std::bit_cast<std::uint32_t>(binning.low()),
                                                std::bit_cast<std::uint32_t>(binning.scale()),
                                                0,
                                                std::bit_cast<std::uint32_t>(0.5f)};
        Commands commands(*m_device, m_device->compute());
        commands.begin();
        commands.fill(counts, 0);
        commands.barrier();
        commands.dispatch(kernel, std::array<Slice, 3>{input, tables, counts}, push, std::uint32_t(weights.size() / (64 * 16) + 1));
        const Ticket done = commands.submit({&there, 1});
        std::vector<std::uint32_t> found(101);
        staging.download(counts, 0, std::as_writable_bytes(std::span(found)), done);
        QVERIFY(std::equal(expected.begin(), expected.end(), found.begin()));
        QCOMPARE(std::uint64_t(found[100]), beyond);
    }

    void aLostDeviceIsAnError_data()
    {
        QTest::addColumn<int>("result");
        QTest::addColumn<int>("code");
        QTest::newRow("lost") << int(VK_ERROR_DEVICE_LOST) << int(ErrorCode::System);
        QTest::newRow("memory") << int(VK_ERROR_OUT_OF_DEVICE_MEMORY) << int(ErrorCode::OutOfMemory);
    }
    void aLostDeviceIsAnError()
    {
        QFETCH(int, result);
        QFETCH(int, code);
        Commands commands(*m_device, m_device->compute());
        commands.begin();
        m_failure = VkResult(result);
        try {
            commands.submit();
            QFAIL("the submit succeeded");
        } catch (const Error& error) {
            QCOMPARE(int(error.code()), code);
        }
    }

    void moreThanTheDeviceAllowsIsOutOfMemory()
    {
        try {
            const Buffer buffer(*m_device, m_device->limits().bufferBytes + 4, Buffer::Place::Device);
            QFAIL("the buffer was made");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::OutOfMemory);
        }
    }

private:
    std::unique_ptr<ComputeDevice> m_device;
    VkResult m_failure = VK_SUCCESS;
};

QTEST_GUILESS_MAIN(TestComputeDevice)
#include "tst_compute_device.moc"
