// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/device_box.h"

#include "app/window/devices.h"

#include <QSignalBlocker>

#include <algorithm>

namespace halftone::app {

DeviceBox::DeviceBox(Devices& devices, QWidget* parent) : QComboBox(parent), m_devices(devices)
{
    setAccessibleName(tr("What computes"));
    setToolTip(tr("All give the same file. Automatic takes a graphics device for the types that it makes faster than the CPU."));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(&m_devices, &Devices::changed, this, &DeviceBox::refill);
    connect(this, &QComboBox::activated, this, [this](int index) { m_devices.choose(itemData(index).toString()); });
    refill();
}

void DeviceBox::refill()
{
    const QSignalBlocker quiet(this);
    clear();
    addItem(tr("Automatic: %1").arg(m_devices.automatic().name), kAutomaticDevice);
    addItem(tr("CPU"), kCpuDevice);
    const auto& found = m_devices.found();
    for (int i = 0; found && i < int(found->devices.size()); ++i) {
        const QString name = m_devices.nameOf(i);
        addItem(found->devices[std::size_t(i)].kind == gpu::Device::Kind::Software ? tr("%1 (software)").arg(name) : name, name);
    }
    setCurrentIndex(std::max(0, findData(m_devices.choice())));
}

}  // namespace halftone::app
