// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace halftone {
class Progress;
}

namespace halftone::gpu {

class ComputeDevice;

/// What a device's memory and the way to it allow, bytes a second, each the best of several runs.
struct Bandwidth {
    double read = 0;  ///< a kernel from the device's memory: the bound of decoding, which reads the packed weights once for each token
    double upload = 0, download = 0;  ///< copies from the host's memory and to it; over PCIe where the device is a card
};

/// The first of these alone.
double readBandwidth(ComputeDevice& device, Progress& progress);
/// Takes 256 MiB of the device's memory, or a quarter of what is free, and less than a second on hardware. `progress` is not advanced.
/// Throws Error: Cancelled, no memory, or a device that fails or reads what was not written.
Bandwidth measureBandwidth(ComputeDevice& device, Progress& progress);
/// The same of the device `index` of discoverDevices(), which is opened for it. Throws where it cannot be.
Bandwidth measureBandwidth(int index, Progress& progress);

}  // namespace halftone::gpu
