// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/progress.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace halftone::write {

/// A disk at the other end of a network may take seconds for a piece of a tensor, so bytes move in runs of this many at most.
inline constexpr std::size_t kRunBytes = std::size_t(1) << 20;

/// Calls move(offset, run) for the runs of `bytes` one after the other. Between two of them a cancelled job ends with
/// Error{Cancelled}; what the system waits for inside one of them nobody can end.
template <class Byte, class Move>
void inRuns(std::span<Byte> bytes, Progress& progress, const Move& move)
{
    for (std::size_t done = 0; done < bytes.size(); done += kRunBytes) {
        if (progress.cancelled())
            progress.checkpoint();
        move(done, bytes.subspan(done, std::min(kRunBytes, bytes.size() - done)));
    }
}

}  // namespace halftone::write
