// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/device_option.h"

#include "app/cli/console.h"
#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace halftone::cli {
namespace {

/// The commands with something to do for a graphics device.
constexpr std::array<std::string_view, 10> kGpuCommands{"bench",    "compare", "divergence", "evaluate", "family",
                                                        "generate", "inspect", "perplexity", "plan",     "quantize"};

bool takesGpu(std::string_view command)
{
    return std::ranges::find(kGpuCommands, command) != kGpuCommands.end();
}

std::optional<int> parseIndex(std::string_view digits)
{
    int index = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (problem != std::errc() || end != digits.data() + digits.size() || index < 0)
        return {};
    return index;
}

}  // namespace

std::optional<DeviceChoice> parseDevice(std::string_view text)
{
    using Kind = DeviceChoice::Kind;
    if (text == "auto")
        return DeviceChoice{Kind::Auto};
    if (text == "cpu")
        return DeviceChoice{Kind::Cpu};
    if (text == "gpu")
        return DeviceChoice{Kind::Gpu};
    constexpr std::string_view kNumbered = "gpu:";
    const auto index = text.starts_with(kNumbered) ? parseIndex(text.substr(kNumbered.size())) : std::nullopt;
    return index ? std::optional(DeviceChoice{Kind::Gpu, index}) : std::nullopt;
}

std::string whyNotDevice(const std::string& text, const std::string& command)
{
    const auto choice = parseDevice(text);
    if (!choice)
        return "a device is auto, cpu or gpu[:K]";
    if (choice->kind == DeviceChoice::Kind::Gpu && !takesGpu(command))
        return command + " computes on the CPU alone; only auto and cpu can be chosen here";
    return {};
}

std::string deviceHelp(const std::string& command)
{
    return takesGpu(command) ? "auto, cpu or gpu[:K]" : "auto or cpu: " + command + " computes on the CPU alone";
}

std::optional<ChosenGpu> findGpu(const DeviceChoice& choice)
{
    if (choice.kind == DeviceChoice::Kind::Cpu)
        return {};
    gpu::Discovery found = gpu::discoverDevices();
    const int count = int(found.devices.size()), index = choice.index.value_or(0);
    if (choice.kind == DeviceChoice::Kind::Auto)
        return count > 0 && found.devices[0].kind != gpu::Device::Kind::Software ? std::optional(ChosenGpu{0, std::move(found.devices[0])})
                                                                                 : std::nullopt;
    if (count == 0)
        throw Error(ErrorCode::System, {.problem = found.problem, .advice = "--device cpu computes without it"});
    if (index >= count)
        throw Error(ErrorCode::Usage,
                    {.problem = "there is no graphics device " + std::to_string(index),
                     .advice = count == 1 ? "the only one is gpu:0" : "choose gpu:0 to gpu:" + std::to_string(count - 1)});
    return ChosenGpu{index, std::move(found.devices[std::size_t(index)])};
}

std::optional<int> chooseGpu(const DeviceChoice& choice)
{
    const auto chosen = findGpu(choice);
    return chosen ? std::optional(chosen->index) : std::nullopt;
}

std::unique_ptr<infer::Accelerator> openAccelerator(const Console& console, gpu::TextUse use)
{
    const DeviceChoice choice = console.device();
    const std::optional<int> index = chooseGpu(choice);
    if (!index)
        return nullptr;
    try {
        return gpu::openAccelerator(
            *index, [&console](const std::string& decision) { console.note(decision); }, use);
    } catch (const Error& error) {
        if (choice.kind == DeviceChoice::Kind::Gpu)
            throw;
        console.note("computing on the CPU: " + error.problem());
        return nullptr;
    }
}

}  // namespace halftone::cli
