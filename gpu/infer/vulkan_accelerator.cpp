// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/vulkan_accelerator.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/infer/variant.h"
#include "gpu/bandwidth.h"
#include "gpu/infer/layer_check.h"
#include "gpu/infer/layer_speeds.h"
#include "gpu/infer/network_pass.h"
#include "gpu/infer/product_timer.h"

namespace halftone::gpu {
namespace {

std::string megabytes(std::uint64_t bytes)
{
    return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

/// "llvmpipe computes 3 of 8 layers, the CPU the others: ..."
std::string decisionText(const std::string& device, const Placement& placement, std::size_t layers, std::uint64_t freeBytes)
{
    const std::string room = ": the whole would take " + megabytes(placement.allBytes) + ", and " + megabytes(freeBytes) + " are free";
    if (placement.streamed > 0)
        return device + " computes all " + std::to_string(layers) + " layers, and " + std::to_string(placement.streamed)
            + " of them are uploaded for each batch" + room;
    if (placement.output)
        return device + " computes all " + std::to_string(layers) + " layers, in " + megabytes(placement.bytes);
    const std::string some = placement.layers == layers
        ? "all layers, and the CPU what lies behind them"
        : std::to_string(placement.layers) + " of " + std::to_string(layers) + " layers, and the CPU the others";
    return device + " computes " + some + room;
}

}  // namespace

VulkanAccelerator::VulkanAccelerator(AcceleratorOptions options)
    : m_options(std::move(options)),
      m_device(m_options.open),
      m_kernels(m_device)
{
}

void VulkanAccelerator::say(const std::string& text) const
{
    if (m_options.say)
        m_options.say(text);
}

std::uint64_t VulkanAccelerator::freeBytes() const
{
    return m_options.memoryBytes ? m_options.memoryBytes : m_device.memoryBudget().freeBytes / 10 * 9;
}

std::unique_ptr<infer::DevicePass> VulkanAccelerator::passFor(std::shared_ptr<const infer::Variant> variant, std::size_t capacity,
                                                              infer::KvType kvType, Progress& progress)
{
    try {
        return makePass(std::move(variant), capacity, kvType, progress);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled)
            throw;
        say("computing on the CPU: " + error.problem());
        return nullptr;
    }
}

std::unique_ptr<infer::DevicePass> VulkanAccelerator::makePass(std::shared_ptr<const infer::Variant> variant, std::size_t capacity,
                                                               infer::KvType kvType, Progress& progress)
{
    const infer::Hyperparameters& h = variant->hyperparameters();
    if (const std::string why = whyNotOnDevice(h, capacity, kvType, m_device.limits()); !why.empty())
        throw Error(ErrorCode::Unsupported, why);
    const std::uint64_t free = freeBytes();
    const PassShape shape = passShape(h, capacity, kvType, m_device.limits().storageRange);
    const std::size_t placed = place(variant->weights(), shape, free).layers;
    if (placed == 0)
        throw Error(ErrorCode::OutOfMemory,
                    "no layer fits into the " + megabytes(free) + " that are free on " + m_device.description().name);
    const std::size_t layers = h.layers;
    check(variant, kvType, placed, progress);
    const Placement placement = choose(variant, shape, free, progress);
    auto pass = std::make_unique<NetworkPass>(m_kernels, std::move(variant), shape, placement, m_options.chunkBytes, progress);
    say(decisionText(m_device.description().name, placement, layers, free));
    return pass;
}

/// What does not fit is the CPU's, or travels: as it takes less time.
Placement VulkanAccelerator::choose(const std::shared_ptr<const infer::Variant>& variant, const PassShape& shape, std::uint64_t free,
                                    Progress& progress)
{
    const infer::Variant::Weights& weights = variant->weights();
    const Placement parted = place(weights, shape, free), streaming = placeStreaming(weights, shape, free);
    if (parted.output || streaming.layers == 0)
        return parted;
    const Speeds speeds =
        m_options.speeds ? *m_options.speeds : measureSpeeds(m_kernels, variant, shape.kvType, m_options.chunkBytes, progress);
    const std::size_t tokens = m_options.use == TextUse::Read ? shape.tokens : 1;
    return secondsOf(streaming, weights, tokens, speeds) < secondsOf(parted, weights, tokens, speeds) ? streaming : parted;
}

void VulkanAccelerator::check(const std::shared_ptr<const infer::Variant>& variant, infer::KvType kvType, std::size_t placed,
                              Progress& progress)
{
    const LayerCheck check(m_kernels, variant, kvType, m_options.chunkBytes);
    try {
        compareLayers(check, placed, progress);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled || !m_kernels.stopRounding())
            throw;
        compareLayers(check, placed, progress);  // a driver may be at odds with integer dot products alone
    }
}

void VulkanAccelerator::compareLayers(const LayerCheck& check, std::size_t placed, Progress& progress) const
{
    for (const std::size_t layer : check.layersToCheck(placed))
        if (!(check.distance(layer, progress) <= m_options.tolerance))
            throw Error(ErrorCode::System,
                        m_device.description().name + " computes layer " + std::to_string(layer) + " otherwise than the CPU");
}

void VulkanAccelerator::gaveUp(const Error& why)
{
    say("going on with the CPU: " + why.problem());
}

std::string VulkanAccelerator::whyNot(const infer::Hyperparameters& numbers, std::size_t capacity) const
{
    return whyNotOnDevice(numbers, capacity, infer::KvType::F16, m_device.limits());
}

std::optional<double> VulkanAccelerator::multiplySeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress)
{
    try {
        return checkedSeconds(matrices, progress);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled)
            throw;
        say(std::string(quant::name(matrices.front().type)) + " is not measured: " + error.problem());
        return {};
    }
}

std::optional<double> VulkanAccelerator::memoryBandwidth(Progress& progress)
{
    try {
        return readBandwidth(m_device, progress);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled)
            throw;
        say("the speed of its memory is not measured: " + error.problem());
        return {};
    }
}

double VulkanAccelerator::checkedSeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress)
{
    constexpr std::uint64_t kMostRows = 64;
    ProductTimer timer(m_kernels, matrices, m_options.chunkBytes);
    infer::PackedMatrix some = matrices.front();
    some.rows = std::min(some.rows, kMostRows);
    infer::Activations x;
    x.assign(timer.vector().first(some.columns), some.columns);
    std::vector<float> cpu(some.rows), device(some.rows);
    infer::multiply(some, x, cpu, Executor());
    timer.multiplyFirst(device);
    if (!(relativeDistance(device, cpu) <= m_options.tolerance))
        throw Error(ErrorCode::System, m_device.description().name + " computes products otherwise than the CPU");
    return timer.seconds(progress);
}

std::unique_ptr<infer::Accelerator> openAccelerator(int index, std::function<void(const std::string&)> say, TextUse use)
{
    return std::make_unique<VulkanAccelerator>(AcceleratorOptions{.open = {.index = index}, .say = std::move(say), .use = use});
}

}  // namespace halftone::gpu
