// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/backend.h"
#include "core/backend/cpu_backend.h"

#include <functional>
#include <memory>

namespace halftone::backend {

/// Receives one line for the log, in English, without a final full stop.
using Say = std::function<void(const std::string&)>;

/// A device until it fails, the processor from there on: what the device was at is done again from its beginning, and one line says so.
class WithFallback final : public Backend {
public:
    /// `executor` must live longer. `say` may be empty.
    WithFallback(std::unique_ptr<Backend> device, const Executor& executor, Say say);

    std::string name() const override;
    /// False for everything once the device has failed: then the caller's own way is as good.
    bool canQuantize(quant::Type type, bool importance) override;
    void quantize(const Rows& rows, std::span<std::byte> packed, Progress& progress) override;
    bool canDequantize(quant::Type type) override;
    void dequantize(const Packed& packed, std::span<float> out, Progress& progress) override;
    bool canInspect(quant::Type type) override;
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) override;

private:
    template <class Question>
    bool askDevice(const Question& question);
    /// Runs `work(backend)` on the device, or on the processor.
    template <class Work>
    void run(const Work& work);
    void giveUp(const std::string& reason);

    std::unique_ptr<Backend> m_device;  ///< null once it has failed
    CpuBackend m_cpu;
    Say m_say;
};

}  // namespace halftone::backend
