// SPDX-License-Identifier: Apache-2.0
#include "gpu/bandwidth.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "gpu/commands.h"
#include "gpu/staging.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <vector>

namespace halftone::gpu {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kReadBytes = 256u << 20;  ///< more than the caches of devices hold
constexpr std::uint64_t kCopiedBytes = 32u << 20;
constexpr std::uint32_t kGroups = 4096;
constexpr std::uint64_t kFour = 16;  ///< bytes of what an invocation reads at once

/// Of one run of what `record` records: the best of some submits, which have so many runs that the time of a submit itself counts little.
template <class Record>
double fastestSeconds(ComputeDevice& device, Queue& queue, const Record& record, Progress& progress)
{
    constexpr double kSubmitSeconds = 0.03;
    constexpr int kSubmits = 5, kMostRuns = 256;
    Commands commands(device, queue);
    const auto secondsOfOne = [&](int runs) {
        progress.checkpoint();
        commands.begin();
        for (int i = 0; i < runs; ++i) {
            record(commands);
            commands.barrier();
        }
        const auto start = Clock::now();
        device.wait(commands.submit());
        return std::max(1e-9, std::chrono::duration<double>(Clock::now() - start).count()) / runs;
    };
    double best = secondsOfOne(1);
    const int runs = std::clamp(int(kSubmitSeconds / best), 1, kMostRuns);
    for (int i = 0; i < kSubmits; ++i)
        best = std::min(best, secondsOfOne(runs));
    return best;
}

/// Parts that a kernel can bind.
std::vector<Slice> partsOf(const Buffer& buffer, const Limits& limits)
{
    const std::uint64_t alignment = std::lcm(limits.offsetAlignment, kFour);
    const std::uint64_t most = std::max(alignment, limits.storageRange / alignment * alignment);
    std::vector<Slice> parts;
    for (std::uint64_t at = 0; at < buffer.bytes(); at += most)
        parts.emplace_back(buffer, at, std::min(most, buffer.bytes() - at));
    return parts;
}

/// Sums only grow: runs over memory full of ones must come to a whole number of it, and not to nothing. The sums wrap as the words do.
void checkSums(ComputeDevice& device, const Buffer& sums, std::uint64_t words, std::uint32_t runs)
{
    std::vector<std::uint32_t> parts(kGroups);
    Staging(device, kGroups * 4).download(sums, 0, std::as_writable_bytes(std::span(parts)));
    if (std::accumulate(parts.begin(), parts.end(), std::uint32_t(0)) != std::uint32_t(words) * runs)
        throw Error(ErrorCode::System, device.description().name + " reads from its memory what was not written");
}

double copyBandwidth(ComputeDevice& device, const Buffer& from, const Buffer& to, Progress& progress)
{
    const double seconds = fastestSeconds(
        device, device.transfer(), [&](Commands& commands) { commands.copy(from, to); }, progress);
    return double(from.bytes()) / seconds;
}

}  // namespace

double readBandwidth(ComputeDevice& device, Progress& progress)
{
    const Limits& limits = device.limits();
    const std::uint64_t room = std::min({kReadBytes, limits.bufferBytes, device.memoryBudget().freeBytes / 4});
    const Buffer memory(device, std::max<std::uint64_t>(1, room / kFour) * kFour, Buffer::Place::Device);
    const Buffer sums(device, kGroups * 4, Buffer::Place::Device);
    const Kernel kernel(device, {.shader = "sum", .buffers = 2, .pushWords = 1});
    const std::vector<Slice> parts = partsOf(memory, limits);
    Commands fill(device, device.compute());
    fill.begin();
    fill.fill(memory, 1);
    fill.fill(sums, 0);
    fill.barrier();
    device.wait(fill.submit());

    std::uint32_t runs = 0;
    const auto record = [&](Commands& commands) {
        for (const Slice& part : parts) {
            commands.dispatch(kernel, std::array{part, Slice(sums)}, std::array{std::uint32_t(part.bytes / kFour)}, kGroups);
            commands.barrier();
        }
        ++runs;
    };
    const double seconds = fastestSeconds(device, device.compute(), record, progress);
    checkSums(device, sums, memory.bytes() / 4, runs);
    return double(memory.bytes()) / seconds;
}

Bandwidth measureBandwidth(ComputeDevice& device, Progress& progress)
{
    Bandwidth result{.read = readBandwidth(device, progress)};
    const std::uint64_t bytes = std::min({kCopiedBytes, device.limits().bufferBytes, device.memoryBudget().freeBytes / 4});
    const Buffer memory(device, bytes, Buffer::Place::Device);
    const Buffer upload(device, bytes, Buffer::Place::Upload), readback(device, bytes, Buffer::Place::Readback);
    result.upload = copyBandwidth(device, upload, memory, progress);
    result.download = copyBandwidth(device, memory, readback, progress);
    return result;
}

Bandwidth measureBandwidth(int index, Progress& progress)
{
    ComputeDevice device({.index = index});
    return measureBandwidth(device, progress);
}

}  // namespace halftone::gpu
