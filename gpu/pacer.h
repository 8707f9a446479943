// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace halftone::gpu {

/// How many items of a kernel fit into one submit, learnt by measuring. Drivers reset a device whose submit takes seconds; screens stutter
/// long before.
class Pacer {
public:
    static constexpr double kTargetSeconds = 0.05;

    /// `first` items are tried first.
    explicit Pacer(std::uint64_t first = 4096) : m_items(first) {}

    std::uint64_t items() const { return m_items; }
    /// `items` took so long. Grows at most fourfold at a time, since short runs say little; shrinks at once.
    void measured(std::uint64_t items, double seconds)
    {
        const double fitting = double(items) * kTargetSeconds / std::max(seconds, 1e-6);
        const double most = std::max(4.0 * double(items), double(m_items));
        m_items = std::uint64_t(std::clamp(fitting, 1.0, std::min(most, 1e15)));
    }

private:
    std::uint64_t m_items;
};

}  // namespace halftone::gpu
