// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace halftone {

/// What the machine offers, for the status bar and for `bench`.
struct SystemInfo {
    std::string simd;  ///< the widest instruction set the kernels use here: "AVX-512", "AVX2", "NEON", "scalar"
    int hardwareThreads = 1;
    std::uint64_t memoryBytes = 0;  ///< physical memory, 0 if unknown
};
SystemInfo systemInfo();

/// Memory that programs may still take without others being pushed to the disk, 0 if unknown.
std::uint64_t availableBytes();

/// For the start of a program: a model may lie in more files than a process is allowed to hold open at first.
void allowManyOpenFiles() noexcept;

/// Memory this process holds right now (resident set), 0 if unknown.
std::uint64_t residentBytes();

}  // namespace halftone
