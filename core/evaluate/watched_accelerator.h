// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/accelerator.h"

namespace halftone::evaluate {

/// Another accelerator, and whether it did what is measured. Belongs to one thread, as that does.
class WatchedAccelerator : public infer::Accelerator {
public:
    /// `watched` must live longer.
    explicit WatchedAccelerator(infer::Accelerator& watched) : m_watched(watched) {}

    /// Every text so far was computed there from the first layer to the logits, and there was one.
    bool computedAll() const { return m_passes > 0 && m_whole == m_passes && !m_failed; }

    std::string name() const override { return m_watched.name(); }
    std::uint64_t freeBytes() const override { return m_watched.freeBytes(); }
    std::unique_ptr<infer::DevicePass> passFor(std::shared_ptr<const infer::Variant> variant, std::size_t capacity, infer::KvType kvType,
                                               Progress& progress) override;
    void gaveUp(const Error& why) override;
    std::string whyNot(const infer::Hyperparameters& numbers, std::size_t capacity) const override;
    std::optional<double> multiplySeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress) override;
    std::optional<double> memoryBandwidth(Progress& progress) override;

private:
    infer::Accelerator& m_watched;
    int m_passes = 0, m_whole = 0;
    bool m_failed = false;
};

}  // namespace halftone::evaluate
