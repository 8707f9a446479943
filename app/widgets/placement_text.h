// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/accelerator.h"

#include <QString>

namespace halftone::app {

// Which device runs a network, in words. An empty name is the CPU.

/// "on NVIDIA GeForce RTX 3060", "on the CPU".
QString onDeviceText(const QString& device);
/// The same by what the device really computes: "on NVIDIA GeForce RTX 3060 and the CPU".
QString onDeviceText(const QString& device, const infer::DeviceShare& share);
/// "All 28 layers on NVIDIA GeForce RTX 3060", "12 of 28 layers on NVIDIA GeForce RTX 3060, the others on the CPU".
QString shareText(const QString& device, const infer::DeviceShare& share);

}  // namespace halftone::app
