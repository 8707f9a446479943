// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/watched_accelerator.h"

#include <utility>

namespace halftone::evaluate {

std::unique_ptr<infer::DevicePass> WatchedAccelerator::passFor(std::shared_ptr<const infer::Variant> variant, std::size_t capacity,
                                                               infer::KvType kvType, Progress& progress)
{
    ++m_passes;
    auto pass = m_watched.passFor(std::move(variant), capacity, kvType, progress);
    m_whole += pass && pass->projects();
    return pass;
}

void WatchedAccelerator::gaveUp(const Error& why)
{
    m_failed = true;
    m_watched.gaveUp(why);
}

std::string WatchedAccelerator::whyNot(const infer::Hyperparameters& numbers, std::size_t capacity) const
{
    return m_watched.whyNot(numbers, capacity);
}

std::optional<double> WatchedAccelerator::multiplySeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress)
{
    return m_watched.multiplySeconds(matrices, progress);
}

std::optional<double> WatchedAccelerator::memoryBandwidth(Progress& progress)
{
    return m_watched.memoryBandwidth(progress);
}

}  // namespace halftone::evaluate
