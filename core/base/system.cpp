// SPDX-License-Identifier: Apache-2.0
#include "core/base/system.h"

#include "core/base/platform.h"

#include <hwy/targets.h>

#include <algorithm>
#include <thread>

namespace halftone {

namespace {

std::string simdName()
{
    const auto targets = hwy::SupportedTargets();
#if HWY_ARCH_X86
    if (targets & (HWY_AVX3 | HWY_AVX3_DL))
        return "AVX-512";
    if (targets & HWY_AVX2)
        return "AVX2";
    if (targets & (HWY_SSE4 | HWY_SSSE3))
        return "SSE";
#elif HWY_ARCH_ARM
    if (targets & (HWY_SVE | HWY_SVE2))
        return "SVE";
    if (targets & HWY_NEON)
        return "NEON";
#endif
    return targets & (HWY_SCALAR | HWY_EMU128) ? "scalar" : hwy::TargetName(targets & -targets);
}

}  // namespace

SystemInfo systemInfo()
{
    SystemInfo system;
    system.simd = simdName();
    system.hardwareThreads = std::max(1, int(std::thread::hardware_concurrency()));
    system.memoryBytes = platform::physicalMemory();
    return system;
}

std::uint64_t availableBytes()
{
    return platform::availableMemory();
}

void allowManyOpenFiles() noexcept
{
    platform::allowManyOpenFiles();
}

std::uint64_t residentBytes()
{
    return platform::residentMemory();
}

}  // namespace halftone
