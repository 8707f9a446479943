// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/backend.h"

namespace halftone {
class Executor;
}

namespace halftone::backend {

/// The processor, on all threads of an executor, which must live longer.
class CpuBackend final : public Backend {
public:
    explicit CpuBackend(const Executor& executor) : m_executor(executor) {}

    std::string name() const override { return "CPU"; }
    bool canQuantize(quant::Type type, bool importance) override;
    void quantize(const Rows& rows, std::span<std::byte> packed, Progress& progress) override;
    bool canDequantize(quant::Type type) override { return canInspect(type); }
    void dequantize(const Packed& packed, std::span<float> out, Progress& progress) override;
    bool canInspect(quant::Type type) override;
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) override;

private:
    const Executor& m_executor;
};

}  // namespace halftone::backend
