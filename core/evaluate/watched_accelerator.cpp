// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/watched_accelerator.h"

#include <utility>

namespace halftone::evaluate {

std::unique_ptr<infer::DevicePass> WatchedAccelerator::passFor(std::shared_ptr<const infer::Variant> variant, std::size_t capacity,
                                                               Progress& progress)
{
    ++m_passes;
    auto pass = m_watched.passFor(std::move(variant), capacity, progress);
    m_whole += pass && pass->projects();
    return pass;
}

void WatchedAccelerator::gaveUp(const Error& why)
{
    m_failed = true;
    m_watched.gaveUp(why);
}

}  // namespace halftone::evaluate
