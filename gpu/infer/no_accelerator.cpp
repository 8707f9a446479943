// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "gpu/infer/accelerator.h"

namespace halftone::gpu {

std::unique_ptr<infer::Accelerator> openAccelerator(int, std::function<void(const std::string&)>, TextUse)
{
    throw Error(ErrorCode::Unsupported, "This build has no Vulkan support");
}

}  // namespace halftone::gpu
