// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStatusBar>

class QAction;
class QLabel;

namespace halftone::app {

class DeviceChip;
class Workspace;

/// Jobs, threads, memory, what computes, and the switch of the log.
class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    StatusLine(Workspace& workspace, QAction* showDevices, QAction* showLog, QWidget* parent = nullptr);

Q_SIGNALS:
    /// Devices were looked for first, or another was chosen; `line` says what computes.
    void deviceChanged(const QString& line);

private:
    void refreshJobs();
    void refreshMemory();
    void tellDevice();

    Workspace& m_workspace;
    QLabel* m_jobs;
    QLabel* m_memory;
    DeviceChip* m_device;
    QString m_told;  ///< last in deviceChanged()
    quint64 m_memoryTotal = 0;
};

}  // namespace halftone::app
