// SPDX-License-Identifier: Apache-2.0
#include "gpu/open_backend.h"

#include "gpu/vulkan_backend.h"

namespace halftone::gpu {

std::unique_ptr<backend::Backend> openBackend(int index, Use use, const Executor& executor, backend::Say say)
{
    auto device = std::make_unique<VulkanBackend>(OpenOptions{.index = index}, say, use == Use::WhereFaster ? &executor : nullptr);
    return std::make_unique<backend::WithFallback>(std::move(device), executor, std::move(say));
}

}  // namespace halftone::gpu
