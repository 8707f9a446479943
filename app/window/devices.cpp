// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/devices.h"

#include "app/jobs/job_manager.h"
#include "app/window/settings.h"
#include "gpu/infer/accelerator.h"

#include <algorithm>

namespace halftone::app {
namespace {

const QString kKey = QStringLiteral("device");

}  // namespace

std::unique_ptr<backend::Backend> DeviceTarget::open(const Executor& executor, const backend::Say& say) const
{
    if (!index)
        return nullptr;
    try {
        return gpu::openBackend(*index, use, executor, say);
    } catch (const Error& error) {
        say(error.problem() + "; the CPU computes");
        return nullptr;
    }
}

std::unique_ptr<infer::Accelerator> DeviceTarget::openAccelerator(gpu::TextUse texts, const backend::Say& say) const
{
    if (!index)
        return nullptr;
    try {
        return gpu::openAccelerator(*index, say, texts);
    } catch (const Error& error) {
        say(error.problem() + "; the CPU computes");
        return nullptr;
    }
}

Devices::Devices(QObject* parent) : QObject(parent) {}

void Devices::discover(JobManager& jobs)
{
    jobs.start(
        {.title = tr("Looking for Vulkan devices"), .tag = QStringLiteral("devices"), .shown = false}, this,
        [](Progress&) { return gpu::discoverDevices(); },
        [this](const gpu::Discovery& found) {
            m_found = found;
            Q_EMIT changed();
        });
}

QString Devices::choice() const
{
    const QString kept = Settings().value(kKey).toString();
    return kept.isEmpty() ? kAutomaticDevice : kept;
}

void Devices::choose(const QString& choice)
{
    Settings().setValue(kKey, choice);
    Q_EMIT changed();
}

QString Devices::nameOf(int index) const
{
    const auto& devices = m_found->devices;
    const std::string& name = devices[std::size_t(index)].name;
    const auto before =
        std::count_if(devices.begin(), devices.begin() + index, [&](const gpu::Device& device) { return device.name == name; });
    const QString text = QString::fromStdString(name);
    return before > 0 ? QStringLiteral("%1 #%2").arg(text).arg(before + 1) : text;
}

DeviceTarget Devices::target() const
{
    const QString chosen = choice();
    if (chosen == kCpuDevice || !m_found)
        return {};
    for (int i = 0; i < int(m_found->devices.size()); ++i)
        if (nameOf(i) == chosen)
            return {i, gpu::Use::Always, chosen};
    return automatic();
}

std::optional<gpu::Device> Devices::targetDevice() const
{
    const DeviceTarget chosen = target();
    return chosen.index ? std::optional(m_found->devices[std::size_t(*chosen.index)]) : std::nullopt;
}

DeviceTarget Devices::automatic() const
{
    if (!m_found || m_found->devices.empty())
        return {};
    if (m_found->devices.front().kind == gpu::Device::Kind::Software)  // slower than the CPU that it runs on
        return {};
    return {0, gpu::Use::WhereFaster, nameOf(0)};
}

}  // namespace halftone::app
