// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"

#include <QList>
#include <QObject>
#include <QString>

#include <optional>
#include <string>

namespace halftone::app {

class Workspace;

/// How fast the CPU, and the device that was chosen, run each type in matrices like the open model's. Figures are kept in the user's cache
/// folder and found again. Lives on the UI thread beside the workspace; measuring and reading are jobs.
class TypeSpeeds : public QObject {
    Q_OBJECT
public:
    explicit TypeSpeeds(Workspace& workspace);

    // Empty while not known; the device's also where none is chosen.
    const plan::DecodeSpeeds& ofCpu() const { return m_cpu; }
    const plan::DecodeSpeeds& ofDevice() const { return m_device; }
    /// What estimates are made from: the device's where they are known, else the CPU's.
    const plan::DecodeSpeeds& current() const { return m_device.empty() ? m_cpu : m_device; }
    /// Where current() holds: "this CPU", or the device's name.
    QString place() const;
    /// Bytes that weights may take where current() holds; none: the machine's own memory.
    std::optional<quint64> roomBytes() const;

    /// First the CPU, then the device if one is chosen. Ends in progressed() or failed().
    void measure();
    void cancel();
    bool measuring() const { return m_job != 0; }
    /// The running job, for its progress; 0: none.
    quint64 job() const { return m_job; }

Q_SIGNALS:
    void changed();  ///< the speeds; not when another model is opened, which all of them belong to
    void progressed();  ///< measuring() or job()
    void failed(const QString& reason);

private:
    enum class Where { Cpu, Device };
    void onModelChanged();
    void onDevicesChanged();
    void load();
    void measureNext();
    void take(Where where, const std::string& identity, plan::DecodeSpeeds speeds);
    void stop();

    Workspace& m_workspace;
    plan::DecodeSpeeds m_cpu, m_device;
    std::string m_identity;  ///< of the device chosen; empty: none
    QList<Where> m_left;  ///< to be measured
    quint64 m_job = 0;
};

}  // namespace halftone::app
