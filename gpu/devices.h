// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace halftone::gpu {

/// A Vulkan device as the status bar and the settings show it.
struct Device {
    enum class Kind { Discrete, Integrated, Virtual, Software, Other };
    std::string name;
    std::string driver;  ///< "radv 22.3.6"
    std::string apiVersion;  ///< "1.3.239"
    Kind kind = Kind::Other;
    std::uint64_t memoryBytes = 0;  ///< of the largest device-local heap
    bool hasCompute = false;
    std::optional<std::uint64_t> freeBytes = {};  ///< of that memory, for this program; where the driver can say (VK_EXT_memory_budget)
    std::vector<std::string> features = {};  ///< beyond what is needed: "subgroups of 32", "16-bit storage"

    /// What figures measured on it belong to: they are another's with another driver.
    std::string identity() const { return name + '\n' + driver; }
    /// What a network's weights may take of its memory now, bytes; a guess where the driver does not say what is free.
    std::uint64_t roomBytes() const { return freeBytes.value_or(memoryBytes / 5 * 4) / 10 * 9; }
};

/// The result of looking for devices; `problem` says in one sentence why there are none.
struct Discovery {
    std::vector<Device> devices;  ///< discrete first, software last
    std::string problem;
};

/// Loads the Vulkan loader at run time (through volk) and lists what it offers. Never throws; may take some 100 ms, so
/// call it from a job.
Discovery discoverDevices();

}  // namespace halftone::gpu
