// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, not how fast it is: each type's product is compared with the CPU's before its time is believed.
#include "core/base/progress.h"
#include "core/evaluate/decode_speeds.h"
#include "core/quant/codec.h"
#include "gpu/infer/vulkan_accelerator.h"
#include "tests/gpu/opened_device.h"

#include <random>

using namespace halftone;
using namespace halftone::gpu;
using quant::Type;

namespace {

constexpr std::uint64_t kColumns = 512;

std::vector<std::byte> packed(Type type, std::uint64_t rows)
{
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0, 0.05f);
    std::vector<float> weights(rows * kColumns), importance(kColumns, 1.0f);
    std::ranges::generate(weights, [&] { return normal(random); });
    std::vector<std::byte> bytes(rows * quant::rowBytes(type, kColumns));
    quant::quantize(type, weights, kColumns, importance, bytes);
    return bytes;
}

}  // namespace

class TestProductTimer : public QObject {
    Q_OBJECT

    VkResult m_failure = VK_SUCCESS;
    std::string m_said;
    Progress m_progress;
    std::unique_ptr<VulkanAccelerator> m_accelerator;

    void open(double tolerance, std::uint64_t chunkBytes = 256u << 20)
    {
        m_accelerator = std::make_unique<VulkanAccelerator>(AcceleratorOptions{
            .open = {.validation = Instance::Validation::On, .submitHook = [this] { return m_failure; }},
            .chunkBytes = chunkBytes,
            .say = [this](const std::string& sentence) { m_said = sentence; },
            .tolerance = tolerance,
        });
    }

    std::optional<double> secondsOf(Type type)
    {
        const std::vector<std::byte> first = packed(type, 40), second = packed(type, 7);
        const std::vector<infer::PackedMatrix> matrices{{type, first.data(), 40, kColumns}, {type, second.data(), 7, kColumns}};
        return m_accelerator->multiplySeconds(matrices, m_progress);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!openForTest())
            QSKIP("no Vulkan device");
    }
    void init()
    {
        m_failure = VK_SUCCESS;
        m_said.clear();
        open(0.05);
    }
    void cleanup()
    {
        if (m_accelerator)
            QCOMPARE(m_accelerator->device().instance().validationMessages(), 0);
        m_accelerator.reset();
    }

    void everyTypeHasATime_data()
    {
        QTest::addColumn<int>("type");
        for (const Type type : evaluate::runnableTypes())
            QTest::newRow(std::string(quant::name(type)).c_str()) << int(type);
    }
    void everyTypeHasATime()
    {
        QFETCH(int, type);
        const auto seconds = secondsOf(Type(type));
        QVERIFY2(seconds, m_said.c_str());
        QVERIFY(*seconds > 0);
        QVERIFY(m_said.empty());
    }

    void matricesMayLieInSeveralBuffers()
    {
        open(0.05, 8192);  // fifteen rows of Q8_0
        QVERIFY(secondsOf(Type::Q8_0));
    }

    void aProductThatIsNotTheCpusIsNotBelieved()
    {
        open(1e-6);  // the CPU rounds the vector to 8 bits, the device does not
        QVERIFY(!secondsOf(Type::Q8_0));
        QVERIFY(m_said.find("otherwise than the CPU") != std::string::npos);
    }

    void aLostDeviceSaysSo()
    {
        m_failure = VK_ERROR_DEVICE_LOST;
        QVERIFY(!secondsOf(Type::Q8_0));
        QVERIFY(!m_said.empty());
    }

    void cancelStopsIt()
    {
        Progress progress;
        progress.cancel();
        const std::vector<std::byte> bytes = packed(Type::Q8_0, 4);
        const std::vector<infer::PackedMatrix> matrices{{Type::Q8_0, bytes.data(), 4, kColumns}};
        QVERIFY_EXCEPTION_THROWN(m_accelerator->multiplySeconds(matrices, progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestProductTimer)
#include "tst_product_timer.moc"
