// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/placement_text.h"

#include <QCoreApplication>

namespace halftone::app {
namespace {

struct PlacementText {
    Q_DECLARE_TR_FUNCTIONS(PlacementText)
};

}  // namespace

QString shortDeviceName(const QString& device)
{
    return device.section(QStringLiteral(" ("), 0, 0);  // "Intel(R)" is part of a name
}

QString onDeviceText(const QString& device)
{
    return device.isEmpty() ? PlacementText::tr("on the CPU") : PlacementText::tr("on %1").arg(shortDeviceName(device));
}

QString onDeviceText(const QString& device, const infer::DeviceShare& share)
{
    if (share.layers == 0 || share.output)
        return onDeviceText(share.output ? device : QString());
    return PlacementText::tr("on %1 and the CPU").arg(shortDeviceName(device));
}

QString shareText(const QString& device, const infer::DeviceShare& share)
{
    const int all = int(share.allLayers);
    if (share.layers == 0)
        return PlacementText::tr("All %n layers on the CPU", nullptr, all);
    if (share.output)
        return PlacementText::tr("All %n layers on %1", nullptr, all).arg(device);
    if (share.layers == share.allLayers)
        return PlacementText::tr("All %n layers on %1, what lies behind them on the CPU", nullptr, all).arg(device);
    return PlacementText::tr("%1 of %n layers on %2, the others on the CPU", nullptr, all).arg(int(share.layers)).arg(device);
}

}  // namespace halftone::app
