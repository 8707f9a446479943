// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;

namespace halftone::app {

class ShareBar;
class Workspace;

/// What computes, in a word, with a bar of its memory where it is a device whose driver says what is free. While a job runs there the bar
/// follows.
class DeviceChip : public QWidget {
    Q_OBJECT
public:
    explicit DeviceChip(Workspace& workspace, QWidget* parent = nullptr);

    /// One line for the log.
    QString sentence() const;

Q_SIGNALS:
    void clicked();

private:
    void refresh();
    void followMemory();
    QString details() const;

    Workspace& m_workspace;
    ShareBar* m_memory;
    QToolButton* m_name;
    bool m_busy = false;  ///< a job runs on the device
};

}  // namespace halftone::app
