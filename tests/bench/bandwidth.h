// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/executor.h"
#include "core/evaluate/speed.h"

namespace halftone::bench {

/// Bytes a second from memory: the bound that streaming figures are laid beside.
inline double readBandwidth(const Executor& executor)
{
    return evaluate::memoryBandwidth(executor);
}

}  // namespace halftone::bench
