// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "gpu/bandwidth.h"
#include "gpu/devices.h"
#include "gpu/open_backend.h"

namespace halftone::gpu {
namespace {

constexpr const char* kNoVulkan = "This build has no Vulkan support";

}  // namespace

Discovery discoverDevices()
{
    return {.devices = {}, .problem = kNoVulkan};
}

std::unique_ptr<backend::Backend> openBackend(int, Use, const Executor&, backend::Say)
{
    throw Error(ErrorCode::Unsupported, kNoVulkan);
}

Bandwidth measureBandwidth(int, Progress&)
{
    throw Error(ErrorCode::Unsupported, kNoVulkan);
}

}  // namespace halftone::gpu
