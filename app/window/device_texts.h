// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/devices.h"

#include <QString>

namespace halftone::app {

// How what is known of a device reads in the window.

/// "graphics card · NVIDIA 550.54 · Vulkan 1.3.277"
QString deviceFactsText(const gpu::Device& device);
/// "subgroups of 32, 16-bit storage"; empty: none
QString deviceFeaturesText(const gpu::Device& device);
/// "12.1 GB of 16 GB free"; where the driver does not say what is free, in words
QString deviceMemoryText(const gpu::Device& device);
/// What is taken of the memory, 0 to 1, where the driver says so.
std::optional<double> takenShare(const gpu::Device& device);
/// Why there are no devices, as gpu::Discovery says it, translated where it is one of the usual reasons.
QString noDeviceText(const std::string& problem);

}  // namespace halftone::app
