// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "gpu/infer/vulkan_accelerator.h"
#include "tests/gpu/opened_device.h"
#include "tests/infer/made_model.h"

#include <cmath>
#include <limits>

namespace halftone::gpu {

using infer::Context;
using infer::Variant;

inline std::vector<token::Id> text(std::size_t length, std::uint32_t vocabulary)
{
    std::vector<token::Id> ids(length);
    for (std::size_t i = 0; i < length; ++i)
        ids[i] = token::Id((i * i * 7 + 3 * i + 5) % vocabulary);
    return ids;
}

/// A key on the border between two halves may round either way, 5e-4 of one element; less is left of it in the logits.
inline constexpr double kTolerance = 3e-4;

/// Largest difference over the largest logit.
template <class Expected>
double relativeError(std::span<const float> ours, const Expected& expected)
{
    double worst = ours.size() == expected.size() ? 0 : std::numeric_limits<double>::infinity(), largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double difference = std::abs(double(ours[i]) - double(expected[i]));
        worst = std::isfinite(difference) ? std::max(worst, difference) : std::numeric_limits<double>::infinity();
        largest = std::max(largest, std::abs(double(expected[i])));
    }
    return worst / largest;
}

/// A test of whole networks on the first device, which fails when asked to.
class NetworkTest : public QObject {
protected:
    void needsADevice()
    {
        if (!openForTest())
            QSKIP("no Vulkan device");
    }
    void startAnew()
    {
        m_said.clear();
        m_submitsLeft = -1;
        m_submits = 0;
        m_toCancel = nullptr;
        m_failure = VK_ERROR_DEVICE_LOST;
    }
    AcceleratorOptions optionsFor(std::uint64_t memoryBytes, std::uint64_t chunkBytes)
    {
        AcceleratorOptions options{.memoryBytes = memoryBytes, .chunkBytes = chunkBytes};
        options.open = {
            .validation = Instance::Validation::On, .submitHook = [this] { return nextSubmit(); }, .integerDot = IntegerDot::Never};
        options.say = [this](const std::string& sentence) { m_said.push_back(sentence); };
        return options;
    }
    std::unique_ptr<VulkanAccelerator> accelerator(std::uint64_t memoryBytes = 0, std::uint64_t chunkBytes = 1u << 20)
    {
        return std::make_unique<VulkanAccelerator>(optionsFor(memoryBytes, chunkBytes));
    }
    std::shared_ptr<const Variant> variantOf(const test::MadeModel& made)
    {
        return Variant::original(made.model(), m_executor, m_progress);
    }
    std::vector<float> logits(Context& context, std::span<const token::Id> ids, std::size_t wanted)
    {
        const auto rows = context.evaluate(ids, wanted, m_progress);
        return {rows.begin(), rows.end()};
    }

    Executor m_executor{2};
    Progress m_progress;
    std::vector<std::string> m_said;
    int m_submits = 0;
    int m_submitsLeft = -1;  ///< then they fail; -1: never
    VkResult m_failure = VK_ERROR_DEVICE_LOST;
    Progress* m_toCancel = nullptr;  ///< with submit m_cancelAt
    int m_cancelAt = 0;

private:
    VkResult nextSubmit()
    {
        if (++m_submits == m_cancelAt && m_toCancel)
            m_toCancel->cancel();
        if (m_submitsLeft == 0)
            return m_failure;
        m_submitsLeft -= m_submitsLeft > 0;
        return VK_SUCCESS;
    }
};

}  // namespace halftone::gpu
