// SPDX-License-Identifier: Apache-2.0
#include "gpu/vulkan_backend.h"

#include "core/base/error.h"
#include "gpu/self_check.h"

namespace halftone::gpu {

VulkanBackend::VulkanBackend(OpenOptions options, backend::Say say, const Executor* rival)
    : m_device(std::move(options)),
      m_say(std::move(say)),
      m_quantizer(m_device)
{
    if (rival)
        m_rival.emplace(*rival);
}

bool VulkanBackend::canQuantize(quant::Type type, bool importance)
{
    if (!quantizeKernel(type, importance))
        return false;
    const auto [entry, isNew] = m_passed.try_emplace({type, importance}, false);
    if (isNew)
        entry->second = passes(type, importance);
    return entry->second;
}

bool VulkanBackend::passes(quant::Type type, bool importance)
{
    std::string trouble;
    try {
        m_quantizer.prepare(type, importance);
    } catch (const Error& error) {
        trouble = error.problem();
    }
    if (trouble.empty() && !agreesWithCpu(*this, type, importance))
        trouble = "its bytes are not the CPU's";
    if (!trouble.empty())
        tell("make " + std::string(quant::name(type)) + (importance ? " with importance" : ""), trouble);
    return trouble.empty() && !(m_rival && isSlower(*this, *m_rival, type, importance));
}

void VulkanBackend::quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress)
{
    m_quantizer.quantize(rows, packed, progress);
}

bool VulkanBackend::canInspect(quant::Type type)
{
    if (!quant::info(type).canDequantize)
        return false;
    const auto [entry, isNew] = m_inspected.try_emplace(type, false);
    if (isNew)
        entry->second = passesInspection(type);
    return entry->second;
}

bool VulkanBackend::passesInspection(quant::Type type)
{
    std::string trouble;
    try {
        inspector().prepare(type);
    } catch (const Error& error) {
        trouble = error.problem();
    }
    if (trouble.empty() && !inspectsAsTheCpu(*this, type))
        trouble = "its sums are not the CPU's";
    if (!trouble.empty())
        tell("inspect " + std::string(quant::name(type)), trouble);
    return trouble.empty();
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

void VulkanBackend::tell(const std::string& what, const std::string& trouble) const
{
    if (m_say)
        m_say(name() + " does not " + what + ": " + trouble + "; the CPU does");
}

}  // namespace halftone::gpu
