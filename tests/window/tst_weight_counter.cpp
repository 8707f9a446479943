// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/weight_counter.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

using namespace halftone;
using namespace halftone::app;

class TestWeightCounter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_packed.resize(quant::rowBytes(quant::Type::Q8_0, kColumns * kRows));
        quant::quantize(quant::Type::Q8_0, test::bell(kColumns * kRows, 0.03f, 0.002f), kColumns, {}, m_packed);
        m_tensor = {.name = "made", .shape = {{kColumns, kRows, 1, 1}, 2}, .type = quant::Type::Q8_0, .data = m_packed};
        m_expected = inspect::inspect(m_tensor, kBins, *m_executor, m_progress);
    }
    void init() { m_said.clear(); }

    void withoutAChoiceTheCpuCounts()
    {
        const WeightCounter counter = makeCounter();
        for (const DeviceTarget& target : {DeviceTarget{}, DeviceTarget{0, gpu::Use::WhereFaster, QStringLiteral("any")}}) {
            const inspect::Inspection seen = counter.on(target).inspect(m_tensor, kBins, m_progress);
            QVERIFY(seen.histogram.counts == m_expected.histogram.counts);
            QCOMPARE(seen.statistics.kurtosis, m_expected.statistics.kurtosis);
        }
        QVERIFY(m_said.empty());
    }

    void aChosenDeviceCounts()
    {
        if (gpu::discoverDevices().devices.empty())
            QSKIP("no Vulkan device");
        const WeightCounter counter = makeCounter().on({0, gpu::Use::Always, QStringLiteral("the first")});
        compare(counter.inspect(m_tensor, kBins, m_progress));
        QVERIFY(m_said.empty());
        Progress cancelled;
        cancelled.cancel();
        QVERIFY_THROWS_EXCEPTION(Error, counter.inspect(m_tensor, kBins, cancelled));
        compare(counter.inspect(m_tensor, kBins, m_progress));
    }

    void aDeviceThatIsNotThereLeavesItToTheCpuAndIsToldOfOnce()
    {
        const WeightCounter counter = makeCounter().on({1000, gpu::Use::Always, QStringLiteral("gone")});
        for (int i = 0; i < 2; ++i)
            QVERIFY(counter.inspect(m_tensor, kBins, m_progress).histogram.counts == m_expected.histogram.counts);
        QCOMPARE(m_said.size(), std::size_t(1));
    }

    void jobsOnSeveralThreadsShareADevice()
    {
        const WeightCounter counter = makeCounter().on({0, gpu::Use::Always, QStringLiteral("the first")});
        std::array<inspect::Inspection, 3> seen;
        std::vector<std::thread> threads;
        for (inspect::Inspection& each : seen)
            threads.emplace_back([&, counter] {
                Progress progress;
                each = counter.inspect(m_tensor, kBins, progress);
            });
        for (std::thread& thread : threads)
            thread.join();
        for (const inspect::Inspection& each : seen)
            compare(each);
    }

private:
    static constexpr std::size_t kColumns = 1024, kRows = 60;
    static constexpr int kBins = 200;

    WeightCounter makeCounter()
    {
        return WeightCounter(m_executor, [this](const std::string& line) { m_said.push_back(line); });
    }

    void compare(const inspect::Inspection& seen)
    {
        const inspect::Statistics &a = seen.statistics, &b = m_expected.statistics;
        QCOMPARE(a.count, b.count);
        QCOMPARE(a.zeros, b.zeros);
        QVERIFY(std::abs(a.std - b.std) <= 1e-3 * b.std && std::abs(a.kurtosis - b.kurtosis) <= 1e-3 * b.kurtosis);
        std::uint64_t moved = 0;  // weights at the border of two bins
        for (std::size_t i = 0; i < m_expected.histogram.counts.size(); ++i)
            moved += std::uint64_t(std::abs(std::int64_t(seen.histogram.counts[i] - m_expected.histogram.counts[i])));
        QVERIFY(moved * 1000 <= b.count);
    }

    const std::shared_ptr<const Executor> m_executor = std::make_shared<const Executor>(2);
    std::vector<std::byte> m_packed;
    model::Tensor m_tensor;
    inspect::Inspection m_expected;
    Progress m_progress;
    std::vector<std::string> m_said;
};

QTEST_GUILESS_MAIN(TestWeightCounter)
#include "tst_weight_counter.moc"
