// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/with_fallback.h"
#include "core/infer/accelerator.h"
#include "gpu/devices.h"
#include "gpu/infer/accelerator.h"
#include "gpu/open_backend.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace halftone::app {

class JobManager;

inline const QString kAutomaticDevice = QStringLiteral("auto");
inline const QString kCpuDevice = QStringLiteral("cpu");
inline const QString kCpuName = QStringLiteral("CPU");

/// What a job is to compute on. A value: jobs take it along and open it on their own thread.
struct DeviceTarget {
    std::optional<int> index = {};  ///< into gpu::discoverDevices(); none: the CPU
    gpu::Use use = gpu::Use::WhereFaster;
    QString name = kCpuName;

    /// Null: the CPU, also where the device cannot be opened, which `say` is told. `executor` must live longer.
    std::unique_ptr<backend::Backend> open(const Executor& executor, const backend::Say& say) const;
    /// The same for running networks, whatever they are made of, on texts for such a use.
    std::unique_ptr<infer::Accelerator> openAccelerator(gpu::TextUse texts, const backend::Say& say) const;
    /// What a job's line in the panel says; empty: the CPU.
    QString ofJob() const { return index ? name : QString(); }
};

/// The devices of this machine, and which of them the user chose to compute on. Lives on the UI thread.
class Devices : public QObject {
    Q_OBJECT
public:
    explicit Devices(QObject* parent = nullptr);

    /// Looks for them in a job, also for what is free of their memory now; ends in changed().
    void discover(JobManager& jobs);
    /// Empty while nobody has looked.
    const std::optional<gpu::Discovery>& found() const { return m_found; }

    /// "auto", "cpu" or a device's name: what the settings keep. Numbers change when a card goes.
    QString choice() const;
    void choose(const QString& choice);
    /// What the settings call the device found at `index`: its name, with a number behind it where several have the same.
    QString nameOf(int index) const;
    /// The choice on this machine: a device that is not here any more is as automatic.
    DeviceTarget target() const;
    /// As it was found; none: the CPU.
    std::optional<gpu::Device> targetDevice() const;
    /// What "auto" is: the first device that is no software, else the CPU.
    DeviceTarget automatic() const;

Q_SIGNALS:
    void changed();  ///< found() or choice()

private:
    std::optional<gpu::Discovery> m_found;
};

}  // namespace halftone::app
