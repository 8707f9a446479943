// SPDX-License-Identifier: Apache-2.0
#include "gpu/devices.h"

namespace halftone::gpu {

Discovery discoverDevices()
{
    return {.devices = {}, .problem = "This build has no Vulkan support"};
}

}  // namespace halftone::gpu
