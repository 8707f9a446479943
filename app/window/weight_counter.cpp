// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/weight_counter.h"

#include "core/base/executor.h"
#include "core/model/tensor.h"

#include <mutex>

namespace halftone::app {

/// What copies share.
struct WeightCounter::Opened {
    std::mutex mutex;
    backend::Say say;
    std::optional<int> index;  ///< of the device; once tried it is not tried again
    std::unique_ptr<backend::Backend> backend;
};

WeightCounter::WeightCounter(std::shared_ptr<const Executor> executor, backend::Say say)
    : m_executor(std::move(executor)),
      m_opened(std::make_shared<Opened>())
{
    m_opened->say = [say = std::move(say)](const std::string& line) {
        if (say)
            say(line);
    };
}

WeightCounter WeightCounter::on(DeviceTarget target) const
{
    WeightCounter counter = *this;
    counter.m_target = std::move(target);
    return counter;
}

inspect::Inspection WeightCounter::inspect(const model::Tensor& tensor, int bins, Progress& progress) const
{
    if (m_target.index && m_target.use == gpu::Use::Always) {
        const std::unique_lock lock(m_opened->mutex, std::try_to_lock);
        if (backend::Backend* const device = lock ? deviceFor(tensor.type) : nullptr)
            return device->inspect(tensor, bins, progress);
    }
    return inspect::inspect(tensor, bins, *m_executor, progress);
}

/// Null where the device cannot be opened or does not know the type. Requires the mutex.
backend::Backend* WeightCounter::deviceFor(quant::Type type) const
{
    Opened& opened = *m_opened;
    if (opened.index != m_target.index) {
        opened.index = m_target.index;
        opened.backend.reset();
        opened.backend = m_target.open(*m_executor, opened.say);
    }
    return opened.backend && opened.backend->canInspect(type) ? opened.backend.get() : nullptr;
}

}  // namespace halftone::app
