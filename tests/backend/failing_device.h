// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cpu_backend.h"
#include "core/base/error.h"

#include <algorithm>

namespace halftone::test {

/// Packs as the CPU does, and fails after some calls with half of the bytes written.
class FailingDevice : public backend::Backend {
public:
    FailingDevice(const Executor& executor, int callsUntilFailure, ErrorCode code = ErrorCode::System)
        : m_cpu(executor),
          m_callsLeft(callsUntilFailure),
          m_code(code)
    {
    }

    std::string name() const override { return "the device of the test"; }
    bool canQuantize(quant::Type type, bool importance) override { return m_cpu.canQuantize(type, importance); }
    void quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress) override
    {
        m_cpu.quantize(rows, packed, progress);
        if (m_callsLeft-- > 0)
            return;
        std::ranges::fill(packed.subspan(packed.size() / 2), std::byte(0xee));
        throw Error(m_code, "the device was lost");
    }

    bool canDequantize(quant::Type type) override { return m_cpu.canDequantize(type); }
    void dequantize(const backend::Packed& packed, std::span<float> out, Progress& progress) override
    {
        if (m_callsLeft-- > 0)
            return m_cpu.dequantize(packed, out, progress);
        throw Error(m_code, "the device was lost");
    }

    bool canInspect(quant::Type type) override { return m_cpu.canInspect(type); }
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) override
    {
        if (m_callsLeft-- > 0)
            return m_cpu.inspect(tensor, bins, progress);
        throw Error(m_code, "the device was lost");
    }

private:
    backend::CpuBackend m_cpu;
    int m_callsLeft;
    ErrorCode m_code;
};

}  // namespace halftone::test
