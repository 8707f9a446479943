// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/devices.h"

#include "app/jobs/job_manager.h"
#include "app/window/settings.h"
#include "gpu/infer/accelerator.h"

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
        say(error.problem() + "; the CPU quantizes");
        return nullptr;
    }
}

std::unique_ptr<infer::Accelerator> DeviceTarget::openAccelerator(const backend::Say& say) const
{
    if (!index)
        return nullptr;
    try {
        return gpu::openAccelerator(*index, say);
    } catch (const Error& error) {
        say(error.problem() + "; the CPU computes");
        return nullptr;
    }
}

Devices::Devices(QObject* parent) : QObject(parent) {}

void Devices::discover(JobManager& jobs)
{
    jobs.start(
        {.title = tr("Looking for Vulkan devices"), .shown = false}, this, [](Progress&) { return gpu::discoverDevices(); },
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

DeviceTarget Devices::target() const
{
    const QString chosen = choice();
    if (chosen == kCpuDevice || !m_found || m_found->devices.empty())
        return {};
    const auto& devices = m_found->devices;
    for (int i = 0; i < int(devices.size()); ++i)
        if (const QString name = QString::fromStdString(devices[std::size_t(i)].name); name == chosen)
            return {i, gpu::Use::Always, name};
    return automatic();
}

DeviceTarget Devices::automatic() const
{
    if (!m_found || m_found->devices.empty())
        return {};
    const auto& devices = m_found->devices;
    if (devices.front().kind == gpu::Device::Kind::Software)  // slower than the CPU that it runs on
        return {};
    return {0, gpu::Use::WhereFaster, QString::fromStdString(devices.front().name)};
}

}  // namespace halftone::app
