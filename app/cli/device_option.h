// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/devices.h"
#include "gpu/infer/accelerator.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace halftone::cli {

class Console;

/// What --device asks for.
struct DeviceChoice {
    enum class Kind { Auto, Cpu, Gpu };
    Kind kind = Kind::Auto;
    std::optional<int> index = {};  ///< K of "gpu:K", into gpu::discoverDevices()
};

/// Nothing where `text` is no "auto", "cpu" or "gpu[:K]".
std::optional<DeviceChoice> parseDevice(std::string_view text);
/// Empty where `command` can compute on what `text` names; else why not, as CLI11 wants it of a check.
std::string whyNotDevice(const std::string& text, const std::string& command);
/// What --device can be, for the help of a command.
std::string deviceHelp(const std::string& command);

struct ChosenGpu {
    int index = 0;  ///< into gpu::discoverDevices()
    gpu::Device device;
};

/// The graphics device to compute on; none: the CPU. Auto never means a software device, and is content without any. Throws
/// Error{System} with the reason where a GPU is asked for and none is there, Error{Usage} for a K beyond the last. May take some 100 ms.
std::optional<ChosenGpu> findGpu(const DeviceChoice& choice);
/// The index alone.
std::optional<int> chooseGpu(const DeviceChoice& choice);

/// What --device means for running a network on texts for such a use; null: the CPU. Decisions are noted on the console, which must live
/// longer. Throws as chooseGpu() does, and where a device that was asked for cannot be opened.
std::unique_ptr<infer::Accelerator> openAccelerator(const Console& console, gpu::TextUse use);

}  // namespace halftone::cli
