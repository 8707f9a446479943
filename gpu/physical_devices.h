// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/devices.h"

#include <volk.h>

#include <vector>

namespace halftone::gpu {

class Instance;

struct PhysicalDevice {
    VkPhysicalDevice handle;
    Device description;
};

/// In the order of discoverDevices(): what is likely to be fast comes first. Throws Error where there is none.
std::vector<PhysicalDevice> rankedDevices(const Instance& instance);

bool hasExtension(VkPhysicalDevice device, const char* name);

}  // namespace halftone::gpu
