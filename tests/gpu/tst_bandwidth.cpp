// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, not how fast it is: the sums that the kernel makes are compared with what was written in measureBandwidth() itself.
#include "core/base/progress.h"
#include "gpu/bandwidth.h"
#include "tests/gpu/opened_device.h"

#include <cmath>

using namespace halftone;
using namespace halftone::gpu;

class TestBandwidth : public QObject {
    Q_OBJECT

    VkResult m_failure = VK_SUCCESS;
    std::unique_ptr<ComputeDevice> m_device;
    Progress m_progress;

    void open(OpenOptions options)
    {
        options.submitHook = [this] { return m_failure; };
        m_device = openForTest(std::move(options));
    }

private Q_SLOTS:
    void init()
    {
        m_failure = VK_SUCCESS;
        open({});
        if (!m_device)
            QSKIP("no Vulkan device");
    }
    void cleanup()
    {
        if (m_device)
            QCOMPARE(m_device->instance().validationMessages(), 0);
        m_device.reset();
    }

    void everyWayIsMeasured()
    {
        const Bandwidth measured = measureBandwidth(*m_device, m_progress);
        for (const double way : {measured.read, measured.upload, measured.download})
            QVERIFY(std::isfinite(way) && way > 0);
    }

    void memoryIsReadInPartsThatADeviceCanBind()
    {
        open({.mostStorageRange = 3u << 20});
        QVERIFY(measureBandwidth(*m_device, m_progress).read > 0);
    }

    void cancelStopsIt()
    {
        m_progress.cancel();
        QVERIFY_EXCEPTION_THROWN(measureBandwidth(*m_device, m_progress), Error);
    }

    void aLostDeviceIsAnError()
    {
        Progress progress;
        m_failure = VK_ERROR_DEVICE_LOST;
        QVERIFY_EXCEPTION_THROWN(measureBandwidth(*m_device, progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestBandwidth)
#include "tst_bandwidth.moc"
