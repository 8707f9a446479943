// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/product_observer.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::sense {

/// Collects the second moments of what enters each matrix. Matrices with the same input share theirs.
class MomentCollector : public infer::ProductObserver {
public:
    /// Wider matrices get their diagonal alone: a full second-moment matrix of this width takes 256 MiB.
    static constexpr std::size_t kWidestFull = 8192;

    MomentCollector(const Executor& executor, Progress& progress) : m_executor(executor), m_progress(progress) {}

    void observe(const infer::ProductInput& input) override;

    /// Means over all rows seen: columns x columns, row by row, or only the diagonal's columns values. Empty for a matrix that
    /// was not seen.
    struct Moments {
        std::vector<float> full, diagonal;
    };
    Moments of(const std::string& weight) const;

private:
    struct Sums {
        std::size_t columns = 0, stride = 0, rows = 0;
        std::vector<float> full;  ///< columns x stride
        std::vector<double> diagonal;
    };
    bool sameAsLast(const infer::ProductInput& input) const;
    void addFull(const infer::ProductInput& input, Sums& sums) const;
    void addDiagonal(const infer::ProductInput& input, Sums& sums) const;

    const Executor& m_executor;
    Progress& m_progress;  ///< asked whether to go on
    std::map<std::string, std::shared_ptr<Sums>, std::less<>> m_sums;
    std::vector<float> m_last;  ///< the input shown before, to recognise it
    std::shared_ptr<Sums> m_lastSums;
    std::size_t m_lastExperts = 0;
};

}  // namespace halftone::sense
