// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/accelerator.h"

#include <QString>

namespace halftone::app {

// Which device runs a network, in words. An empty name is the CPU.

/// Without what drivers add in brackets: "AMD Radeon RX 6800" of "AMD Radeon RX 6800 (RADV NAVI21)".
QString shortDeviceName(const QString& device);
/// "on NVIDIA GeForce RTX 3060", "on the CPU"; by the short name.
QString onDeviceText(const QString& device);
/// The same by what the device really computes: "on NVIDIA GeForce RTX 3060 and the CPU".
QString onDeviceText(const QString& device, const infer::DeviceShare& share);
/// By the whole name: "All 28 layers on NVIDIA GeForce RTX 3060", "12 of 28 layers on NVIDIA GeForce RTX 3060, the others on the CPU".
QString shareText(const QString& device, const infer::DeviceShare& share);

}  // namespace halftone::app
