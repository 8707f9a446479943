// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "gpu/compute_device.h"

#include <QtTest>

#include <memory>

namespace halftone::gpu {

/// The first device, watched by the validation layer; null where there is no Vulkan, and then the test is skipped.
inline std::unique_ptr<ComputeDevice> openForTest(OpenOptions options = {})
{
    options.validation = Instance::Validation::On;
    try {
        return std::make_unique<ComputeDevice>(std::move(options));
    } catch (const Error& error) {
        qInfo("no device: %s", error.what());
        return nullptr;
    }
}

}  // namespace halftone::gpu
