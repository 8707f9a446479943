// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/with_fallback.h"

#include <memory>

namespace halftone::gpu {

/// How a device is to be used.
enum class Use {
    Always,  ///< for everything that it gives the CPU's bytes for
    WhereFaster,  ///< only for types that it makes faster than the CPU, which is tried once for each
};

/// A device, an index into discoverDevices(), that leaves to the CPU what it cannot do, and everything once it fails; each time a line
/// says so. `executor` must live longer. Throws Error where the device cannot be opened. May take some 100 ms.
std::unique_ptr<backend::Backend> openBackend(int index, Use use, const Executor& executor, backend::Say say);

}  // namespace halftone::gpu
