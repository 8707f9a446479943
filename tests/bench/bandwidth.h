// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/executor.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace halftone::bench {

/// Bytes a second that all of the executor's threads together read from memory far larger than the caches: the best of
/// five sweeps. The bound that streaming figures are laid beside.
inline double readBandwidth(const Executor& executor)
{
    std::vector<std::uint64_t> words((std::size_t(512) << 20) / 8, 1);
    double best = 0;
    for (int sweep = 0; sweep < 5; ++sweep) {
        std::atomic<std::uint64_t> sink{0};
        const auto start = std::chrono::steady_clock::now();
        executor.forRanges(words.size(), std::size_t(1) << 18, [&](std::size_t begin, std::size_t end) {
            std::uint64_t a = 0, b = 0, c = 0, d = 0;
            for (std::size_t i = begin; i < end; i += 32) {   // one load in each half line: the line comes whole
                a += words[i] + words[i + 4];
                b += words[i + 8] + words[i + 12];
                c += words[i + 16] + words[i + 20];
                d += words[i + 24] + words[i + 28];
            }
            sink += a + b + c + d;
        });
        benchmark::DoNotOptimize(sink.load());
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        best = std::max(best, double(words.size() * 8) / seconds);
    }
    return best;
}

}  // namespace halftone::bench
