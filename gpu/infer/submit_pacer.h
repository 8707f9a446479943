// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace halftone::gpu {

/// Keeps submits short by measuring: drivers reset a device on long ones. Work is multiply-adds; a token alone and a batch of them run at
/// speeds of their own.
class SubmitPacer {
public:
    static constexpr double kSeconds = 0.08;  ///< what a submit should take at most

    /// Work that one submit may have, next time.
    double mostWork(bool batch) const { return m_perSecond[batch] * kSeconds; }
    void took(double work, bool batch, double seconds);

private:
    /// Slow at first: the first submit must not be too long on any device.
    std::array<double, 2> m_perSecond{1e9, 5e9};
};

}  // namespace halftone::gpu
