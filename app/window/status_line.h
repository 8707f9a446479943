// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStatusBar>

class QAction;
class QLabel;

namespace halftone::app {

class Workspace;

/// Jobs, threads, memory, Vulkan, and the switch of the log.
class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    StatusLine(Workspace& workspace, QAction* showLog, QWidget* parent = nullptr);

Q_SIGNALS:
    /// Vulkan was looked for, or another device chosen; `line` is what the status bar says.
    void devicesFound(const QString& line);

private:
    void refreshJobs();
    void refreshMemory();
    void showDevices();

    Workspace& m_workspace;
    QLabel* m_jobs;
    QLabel* m_memory;
    QLabel* m_vulkan;
    quint64 m_memoryTotal = 0;
};

}  // namespace halftone::app
