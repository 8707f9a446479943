// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/accelerator.h"

#include <functional>
#include <memory>
#include <string>

namespace halftone::gpu {

/// What texts are run for, which decides how a network that does not fit is run.
enum class TextUse {
    Write,  ///< token by token
    Read,  ///< many tokens at once
};

/// Opens the device `index` of discoverDevices() for running networks. `say` hears one sentence about each decision: what the device
/// computes, or why it does not. Throws Error where the device cannot be opened, always in a build without Vulkan.
std::unique_ptr<infer::Accelerator> openAccelerator(int index, std::function<void(const std::string&)> say, TextUse use = TextUse::Write);

}  // namespace halftone::gpu
