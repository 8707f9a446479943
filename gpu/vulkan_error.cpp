// SPDX-License-Identifier: Apache-2.0
#include "gpu/vulkan_error.h"

#include <string>

namespace halftone::gpu {

Error vulkanError(std::string_view what, VkResult result)
{
    switch (result) {
    case VK_ERROR_INCOMPATIBLE_DRIVER: return {ErrorCode::System, "Vulkan is installed, but it has no working driver"};
    case VK_ERROR_OUT_OF_HOST_MEMORY: return {ErrorCode::OutOfMemory, "There is not enough memory for Vulkan"};
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: return {ErrorCode::OutOfMemory, "The graphics device has not enough free memory"};
    case VK_ERROR_DEVICE_LOST: return {ErrorCode::System, "The graphics device was lost: its driver has reset it"};
    case VK_TIMEOUT: return {ErrorCode::System, "The graphics device does not answer"};
    default: return {ErrorCode::System, std::string(what) + " (Vulkan error " + std::to_string(int(result)) + ')'};
    }
}

}  // namespace halftone::gpu
