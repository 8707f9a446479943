// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/device_texts.h"

#include "app/widgets/format_text.h"

#include <QCoreApplication>
#include <QStringList>

namespace halftone::app {
namespace {

struct DeviceTexts {
    Q_DECLARE_TR_FUNCTIONS(DeviceTexts)
};

QString kindText(gpu::Device::Kind kind)
{
    switch (kind) {
    case gpu::Device::Kind::Discrete: return DeviceTexts::tr("graphics card");
    case gpu::Device::Kind::Integrated: return DeviceTexts::tr("part of the processor");
    case gpu::Device::Kind::Virtual: return DeviceTexts::tr("virtual");
    case gpu::Device::Kind::Software:
        return DeviceTexts::tr("software: a program that computes on the CPU, slower than Halftone does there");
    case gpu::Device::Kind::Other: break;
    }
    return DeviceTexts::tr("of another kind");
}

/// The names that gpu/devices.cpp gives features.
QString featureText(const std::string& feature)
{
    static constexpr const char* kFeatures[] = {
        QT_TRANSLATE_NOOP("DeviceTexts", "16-bit storage"), QT_TRANSLATE_NOOP("DeviceTexts", "8-bit storage"),
        QT_TRANSLATE_NOOP("DeviceTexts", "16-bit floats"),  QT_TRANSLATE_NOOP("DeviceTexts", "integer dot products"),
        QT_TRANSLATE_NOOP("DeviceTexts", "matrix units"),
    };
    const QString text = QString::fromStdString(feature), subgroups = QStringLiteral("subgroups of ");
    if (text.startsWith(subgroups))
        return DeviceTexts::tr("subgroups of %1").arg(text.mid(subgroups.size()));
    for (const char* known : kFeatures)
        if (feature == known)
            return DeviceTexts::tr(known);
    return text;
}

}  // namespace

QString deviceFactsText(const gpu::Device& device)
{
    return QStringList{kindText(device.kind), QString::fromStdString(device.driver),
                       DeviceTexts::tr("Vulkan %1").arg(QString::fromStdString(device.apiVersion))}
        .join(QStringLiteral(" · "));
}

QString deviceFeaturesText(const gpu::Device& device)
{
    QStringList features;
    for (const std::string& feature : device.features)
        features << featureText(feature);
    return features.join(QStringLiteral(", "));
}

QString deviceMemoryText(const gpu::Device& device)
{
    return device.freeBytes ? DeviceTexts::tr("%1 of %2 free").arg(bytesText(*device.freeBytes), bytesText(device.memoryBytes))
                            : DeviceTexts::tr("%1; the driver does not say what is free").arg(bytesText(device.memoryBytes));
}

std::optional<double> takenShare(const gpu::Device& device)
{
    if (!device.freeBytes || device.memoryBytes == 0)
        return std::nullopt;
    return 1 - double(*device.freeBytes) / double(device.memoryBytes);
}

QString noDeviceText(const std::string& problem)
{
    static constexpr std::pair<const char*, const char*> kProblems[] = {
        {"Vulkan is not installed on this computer",
         QT_TRANSLATE_NOOP("DeviceTexts", "Vulkan is not installed: everything computes on the CPU.")},
        {"Vulkan is installed, but it has no working driver",
         QT_TRANSLATE_NOOP("DeviceTexts", "Vulkan is installed, but it has no working driver: everything computes on the CPU.")},
        {"Vulkan found no device", QT_TRANSLATE_NOOP("DeviceTexts", "Vulkan found no device: everything computes on the CPU.")},
        {"This build has no Vulkan support",
         QT_TRANSLATE_NOOP("DeviceTexts", "This build has no Vulkan support: everything computes on the CPU.")},
    };
    for (const auto& [said, text] : kProblems)
        if (problem == said)
            return DeviceTexts::tr(text);
    return DeviceTexts::tr("No device can be used, everything computes on the CPU: %1").arg(QString::fromStdString(problem));
}

}  // namespace halftone::app
