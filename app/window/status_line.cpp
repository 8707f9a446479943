// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/status_line.h"

#include "app/jobs/job_manager.h"
#include "app/window/device_chip.h"
#include "app/window/devices.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/base/system.h"

#include <QAction>
#include <QLabel>
#include <QLocale>
#include <QTimer>
#include <QToolButton>

namespace halftone::app {
namespace {

constexpr int kMemoryRefreshMs = 1000;

}  // namespace

StatusLine::StatusLine(Workspace& workspace, QAction* showDevices, QAction* showLog, QWidget* parent)
    : QStatusBar(parent), m_workspace(workspace), m_jobs(new QLabel(this)), m_memory(new QLabel(this)), m_device(new DeviceChip(workspace, this)), m_memoryTotal(systemInfo().memoryBytes)
{
    setSizeGripEnabled(false);
    setContentsMargins(8, 0, 8, 0);
    addWidget(m_jobs);
    addWidget(new QLabel(tr("%n thread(s)", nullptr, m_workspace.executor()->threads()), this));
    addWidget(m_memory);
    addPermanentWidget(m_device);
    connect(m_device, &DeviceChip::clicked, showDevices, &QAction::trigger);
    auto* log = new QToolButton(this);
    log->setDefaultAction(showLog);
    log->setFocusPolicy(Qt::TabFocus);
    addPermanentWidget(log);
    connect(&m_workspace.jobs(), &JobManager::jobsChanged, this, &StatusLine::refreshJobs);
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &StatusLine::refreshMemory);
    timer->start(kMemoryRefreshMs);
    refreshJobs();
    refreshMemory();
    connect(&m_workspace.devices(), &Devices::changed, this, &StatusLine::tellDevice);
    m_workspace.devices().discover(m_workspace.jobs());
}

void StatusLine::refreshJobs()
{
    const int count = int(m_workspace.jobs().jobs().size());
    m_jobs->setText(count ? tr("%n job(s)", nullptr, count) : tr("no jobs"));
}

void StatusLine::refreshMemory()
{
    const auto gigabytes = [](quint64 bytes, int digits) { return QLocale().toString(double(bytes) / 1e9, 'f', digits); };
    const quint64 used = residentBytes();
    m_memory->setText(m_memoryTotal ? tr("memory %1 of %2 GB").arg(gigabytes(used, 1), gigabytes(m_memoryTotal, 0)) : tr("memory %1 GB").arg(gigabytes(used, 1)));
}

/// Not each time that the memory of devices is looked at.
void StatusLine::tellDevice()
{
    if (m_told == m_device->sentence())
        return;
    m_told = m_device->sentence();
    Q_EMIT deviceChanged(m_told);
}

}  // namespace halftone::app
