// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/device_chip.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/share_bar.h"
#include "app/window/device_texts.h"
#include "app/window/devices.h"
#include "app/window/workspace.h"

#include <QHBoxLayout>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kRefreshMs = 3000;  ///< looking at the devices takes some 100 ms of a worker
constexpr int kBarWidth = 48, kWidestName = 220;

}  // namespace

DeviceChip::DeviceChip(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_memory(new ShareBar(this)),
      m_name(new QToolButton(this))
{
    m_name->setFocusPolicy(Qt::TabFocus);
    m_name->setObjectName(QStringLiteral("deviceChip"));
    m_memory->setFixedWidth(kBarWidth);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_memory);
    layout->addWidget(m_name);
    connect(m_name, &QToolButton::clicked, this, &DeviceChip::clicked);
    auto* timer = new QTimer(this);
    timer->setInterval(kRefreshMs);
    connect(timer, &QTimer::timeout, this, [this] { m_workspace.devices().discover(m_workspace.jobs()); });
    connect(&workspace.jobs(), &JobManager::jobsChanged, this, [this, timer] {
        followMemory();
        m_busy ? (timer->isActive() ? void() : timer->start()) : timer->stop();
    });
    connect(&workspace.devices(), &Devices::changed, this, &DeviceChip::refresh);
    refresh();
}

/// Once more when the last job on the device has ended: what it took is free again.
void DeviceChip::followMemory()
{
    const auto& jobs = m_workspace.jobs().jobs();
    const bool busy = std::ranges::any_of(jobs, [](const JobView& job) { return !job.device.isEmpty(); });
    if (m_busy && !busy)
        m_workspace.devices().discover(m_workspace.jobs());
    m_busy = busy;
}

void DeviceChip::refresh()
{
    const Devices& devices = m_workspace.devices();
    const auto device = devices.targetDevice();
    m_name->setText(m_name->fontMetrics().elidedText(devices.target().name, Qt::ElideMiddle, kWidestName));
    m_name->setAccessibleName(sentence());
    m_name->setToolTip(details());
    m_memory->setToolTip(details());
    const auto taken = device ? takenShare(*device) : std::nullopt;
    m_memory->setShare(taken);
    m_memory->setVisible(taken.has_value());
}

QString DeviceChip::details() const
{
    const Devices& devices = m_workspace.devices();
    QStringList lines{sentence()};
    if (const auto device = devices.targetDevice())
        lines << deviceFactsText(*device) << deviceMemoryText(*device);
    else if (devices.found() && devices.found()->devices.empty())
        lines << noDeviceText(devices.found()->problem);
    lines << tr("Click to choose another, and to measure speeds");
    return lines.join(QLatin1Char('\n'));
}

QString DeviceChip::sentence() const
{
    const Devices& devices = m_workspace.devices();
    return devices.found() ? tr("Computes on %1").arg(devices.target().name) : tr("Looking for Vulkan devices…");
}

}  // namespace halftone::app
