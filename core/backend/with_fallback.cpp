// SPDX-License-Identifier: Apache-2.0
#include "core/backend/with_fallback.h"

#include "core/base/error.h"

namespace halftone::backend {
namespace {

/// A device's own trouble. Everything else is the caller's, and the processor would say the same.
bool isOfTheDevice(const Error& error)
{
    return error.code() == ErrorCode::System || error.code() == ErrorCode::OutOfMemory || error.code() == ErrorCode::Unsupported;
}

}  // namespace

WithFallback::WithFallback(std::unique_ptr<Backend> device, const Executor& executor, Say say)
    : m_device(std::move(device)),
      m_cpu(executor),
      m_say(std::move(say))
{
}

std::string WithFallback::name() const
{
    return m_device ? m_device->name() : m_cpu.name();
}

bool WithFallback::canQuantize(quant::Type type, bool importance)
{
    return askDevice([&] { return m_device->canQuantize(type, importance); });
}

void WithFallback::quantize(const Rows& rows, std::span<std::byte> packed, Progress& progress)
{
    run([&](Backend& backend) { backend.quantize(rows, packed, progress); });
}

bool WithFallback::canDequantize(quant::Type type)
{
    return askDevice([&] { return m_device->canDequantize(type); });
}

void WithFallback::dequantize(const Packed& packed, std::span<float> out, Progress& progress)
{
    run([&](Backend& backend) { backend.dequantize(packed, out, progress); });
}

bool WithFallback::canInspect(quant::Type type)
{
    return askDevice([&] { return m_device->canInspect(type); });
}

inspect::Inspection WithFallback::inspect(const model::Tensor& tensor, int bins, Progress& progress)
{
    inspect::Inspection result;
    run([&](Backend& backend) { result = backend.inspect(tensor, bins, progress); });
    return result;
}

template <class Question>
bool WithFallback::askDevice(const Question& question)
{
    if (!m_device)
        return false;
    try {
        return question();
    } catch (const Error& error) {
        giveUp(error.problem());
        return false;
    }
}

template <class Work>
void WithFallback::run(const Work& work)
{
    if (m_device) {
        try {
            return work(*m_device);
        } catch (const Error& error) {
            if (!isOfTheDevice(error))
                throw;
            giveUp(error.problem());
        }
    }
    work(m_cpu);
}

void WithFallback::giveUp(const std::string& reason)
{
    const std::string name = m_device->name();
    m_device.reset();
    if (m_say)
        m_say(reason + " (" + name + "); the CPU goes on");
}

}  // namespace halftone::backend
