// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/devices.h"
#include "core/inspect/statistics.h"

#include <memory>

namespace halftone::app {

/// Counts weights where the user wants it: on the device that was chosen by name, else on the CPU, which reads a tensor as fast as it would
/// be sent to a device. The device is opened for the first tensor and stays open. A value that jobs take along; copies share the device,
/// which serves one job at a time while the others count on the CPU. Bins may differ from the CPU's by weights at the border of two.
class WeightCounter {
public:
    /// `say` gets a line where the device fails, on the job's thread; it may be empty.
    explicit WeightCounter(std::shared_ptr<const Executor> executor, backend::Say say = {});

    /// The same counter, told what the user chose.
    WeightCounter on(DeviceTarget target) const;
    /// As inspect::inspect(). Any thread.
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) const;
    const Executor& executor() const { return *m_executor; }

private:
    struct Opened;
    backend::Backend* deviceFor(quant::Type type) const;

    std::shared_ptr<const Executor> m_executor;
    std::shared_ptr<Opened> m_opened;
    DeviceTarget m_target;
};

}  // namespace halftone::app
