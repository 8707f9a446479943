// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace halftone::gpu {

/// A Vulkan device as the status bar and the settings show it.
struct Device {
    enum class Kind { Discrete, Integrated, Virtual, Software, Other };
    std::string name;
    std::string driver;            ///< "radv 22.3.6"
    std::string apiVersion;        ///< "1.3.239"
    Kind kind = Kind::Other;
    std::uint64_t memoryBytes = 0; ///< of the largest device-local heap
    bool hasCompute = false;
};

/// The result of looking for devices; `problem` says in one sentence why there are none.
struct Discovery {
    std::vector<Device> devices;   ///< discrete first, software last
    std::string problem;
};

/// Loads the Vulkan loader at run time (through volk) and lists what it offers. Never throws; may take some 100 ms, so
/// call it from a job.
Discovery discoverDevices();

}  // namespace halftone::gpu
