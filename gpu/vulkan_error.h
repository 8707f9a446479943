// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <volk.h>

#include <string_view>

namespace halftone::gpu {

/// What a Vulkan call's failure means to the user: OutOfMemory where memory ran out, else System. `what` is the sentence for causes that
/// have none of their own.
Error vulkanError(std::string_view what, VkResult result);

/// Throws vulkanError() unless the call succeeded.
inline void check(VkResult result, std::string_view what)
{
    if (result != VK_SUCCESS)
        throw vulkanError(what, result);
}

}  // namespace halftone::gpu
