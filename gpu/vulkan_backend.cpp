// SPDX-License-Identifier: Apache-2.0
#include "gpu/vulkan_backend.h"

#include "core/base/error.h"
#include "gpu/self_check.h"

namespace halftone::gpu {
namespace {

constexpr std::uint64_t kStagingBytes = 4u << 20;

std::string nameOf(quant::Type type)
{
    return std::string(quant::name(type));
}

}  // namespace

VulkanBackend::VulkanBackend(OpenOptions options, backend::Say say, const Executor* rival)
    : m_device(std::move(options)),
      m_say(std::move(say)),
      m_staging(m_device, kStagingBytes),
      m_unpacker(m_device, m_staging),
      m_quantizer(m_device, m_staging, m_unpacker)
{
    if (rival)
        m_rival.emplace(*rival);
}

/// Compiles a kernel and compares it with the CPU; a line says why it is not used.
template <class Compile, class Agrees>
bool VulkanBackend::passes(const std::string& task, const std::string& results, const Compile& compile, const Agrees& agrees) const
{
    std::string trouble;
    try {
        compile();
    } catch (const Error& error) {
        trouble = error.problem();
    }
    if (trouble.empty() && !agrees())
        trouble = results + " are not the CPU's";
    if (!trouble.empty() && m_say)
        m_say(name() + " does not " + task + ": " + trouble + "; the CPU does");
    return trouble.empty();
}

bool VulkanBackend::canQuantize(quant::Type type, bool importance)
{
    if (!quantizeKernel(type, importance))
        return false;
    const auto [entry, isNew] = m_passed.try_emplace({type, importance}, false);
    if (isNew) {
        const bool passed = passes(
            "make " + nameOf(type) + (importance ? " with importance" : ""), "its bytes", [&] { m_quantizer.prepare(type, importance); },
            [&] { return agreesWithCpu(*this, type, importance); });
        entry->second = passed && !(m_rival && isSlower(*this, *m_rival, type, importance));
    }
    return entry->second;
}

void VulkanBackend::quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress)
{
    if (rows.packed.bytes.empty() || canDequantize(rows.packed.type))
        return m_quantizer.quantize(rows, packed, progress);
    std::vector<float> weights;
    m_quantizer.quantize({rows.type, rows.run(0, rows.count(), weights), rows.columns, rows.importance}, packed, progress);
}

bool VulkanBackend::canDequantize(quant::Type type)
{
    if (!quant::info(type).canDequantize)
        return false;
    const auto [entry, isNew] = m_unpacked.try_emplace(type, false);
    if (isNew)
        entry->second = passes(
            "unpack " + nameOf(type), "its floats", [&] { m_unpacker.prepare(type); }, [&] { return unpacksAsTheCpu(*this, type); });
    return entry->second;
}

void VulkanBackend::dequantize(const backend::Packed& packed, std::span<float> out, Progress& progress)
{
    m_unpacker.unpack(packed.type, packed.bytes, out, progress);
}

bool VulkanBackend::canInspect(quant::Type type)
{
    if (!quant::info(type).canDequantize)
        return false;
    const auto [entry, isNew] = m_inspected.try_emplace(type, false);
    if (isNew)
        entry->second = passes(
            "inspect " + nameOf(type), "its sums", [&] { inspector().prepare(type); }, [&] { return inspectsAsTheCpu(*this, type); });
    return entry->second;
}

inspect::Inspection VulkanBackend::inspect(const model::Tensor& tensor, int bins, Progress& progress)
{
    return inspector().inspect(tensor, bins, progress);
}

/// Made when it is needed: who quantizes does not.
TensorInspector& VulkanBackend::inspector()
{
    if (!m_inspector)
        m_inspector.emplace(m_device);
    return *m_inspector;
}

}  // namespace halftone::gpu
