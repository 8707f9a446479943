// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/devices.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone::gpu;

namespace {

constexpr const char* kDriverVariables[] = {"VK_ICD_FILENAMES", "VK_DRIVER_FILES"};

/// The loader sees these driver manifests alone until the test ends.
void offerOnly(const QString& manifests)
{
    for (const char* variable : kDriverVariables)
        qputenv(variable, manifests.toLocal8Bit());
}

QString lavapipeManifest()
{
    const QDir folder("/usr/share/vulkan/icd.d");
    const QStringList found = folder.entryList({"lvp_icd*.json"});
    return found.isEmpty() ? QString() : folder.filePath(found.first());
}

int orderOf(Device::Kind kind)
{
    switch (kind) {
    case Device::Kind::Discrete: return 0;
    case Device::Kind::Integrated: return 1;
    case Device::Kind::Virtual: return 2;
    case Device::Kind::Other: return 3;
    case Device::Kind::Software: return 4;
    }
    return -1;
}

}  // namespace

class TestDevices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup()
    {
        for (const char* variable : kDriverVariables)
            qunsetenv(variable);
    }

    void eitherDevicesOrAProblem()
    {
        for (int i = 0; i < 2; ++i) {  // the second time the loader is there already
            const Discovery found = discoverDevices();
            QCOMPARE(found.devices.empty(), !found.problem.empty());
        }
    }

    void devicesAreSortedAndDescribed()
    {
        const Discovery found = discoverDevices();
        QVERIFY(std::is_sorted(found.devices.begin(), found.devices.end(), [](const Device& a, const Device& b) { return orderOf(a.kind) < orderOf(b.kind); }));
        for (const Device& device : found.devices) {
            QVERIFY(!device.name.empty());
            QVERIFY(!device.driver.empty());
            QVERIFY(device.apiVersion.starts_with("1."));
        }
    }

    void withoutADriverThereIsAProblem()
    {
        const QTemporaryDir folder;
        offerOnly(folder.filePath("none.json"));
        const Discovery found = discoverDevices();
        QVERIFY(found.devices.empty());
        QVERIFY(!found.problem.empty());
        QVERIFY(!found.problem.ends_with('.'));
    }

    void aBrokenDriverManifestIsAProblem()
    {
        const QTemporaryDir folder;
        QFile manifest(folder.filePath("broken.json"));
        QVERIFY(manifest.open(QIODevice::WriteOnly));
        manifest.write("{\"file_format_version\": \"1.0.0\", \"ICD\": {\"library_path\": \"libnothing.so\", \"api_version\": \"1.3.0\"}}");
        manifest.close();
        offerOnly(manifest.fileName());
        const Discovery found = discoverDevices();
        QVERIFY(found.devices.empty());
        QVERIFY(!found.problem.empty());
    }

    void lavapipeIsASoftwareDevice()
    {
        const QString manifest = lavapipeManifest();
        if (manifest.isEmpty())
            QSKIP("lavapipe is not installed");
        offerOnly(manifest);
        const Discovery found = discoverDevices();
        if (found.problem == "This build has no Vulkan support")
            QSKIP("built without Vulkan");
        QCOMPARE(found.problem, std::string());
        QCOMPARE(found.devices.back().kind, Device::Kind::Software);
        QVERIFY(found.devices.back().hasCompute);
        QVERIFY(found.devices.back().memoryBytes > 0);
        QVERIFY(found.devices.back().driver.find("llvmpipe") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDevices)
#include "tst_devices.moc"
