// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/product_observer.h"
#include "core/plan/importance_sums.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace halftone {
class Executor;
}

namespace halftone::evaluate {

/// Adds up the squares of what enters each matrix, column by column and expert by expert; in double precision and token
/// after token, so that the sums do not depend on the number of threads. Memory: one number for each column and expert.
class ImportanceCollector : public infer::ProductObserver {
public:
    /// `executor` must outlive it.
    explicit ImportanceCollector(const Executor& executor) : m_executor(executor) {}

    void observe(const infer::ProductInput& input) override;
    /// By matrix. Experts that were never observed have the count 0. Throws Error{Malformed} naming a matrix that got
    /// activations that are no finite numbers.
    std::map<std::string, plan::ImportanceSums::Entry> result() const;

private:
    struct Total {
        std::vector<double> sums;  ///< experts x columns
        std::vector<std::uint64_t> counts;  ///< rows, by expert
    };
    Total& totalOf(const infer::ProductInput& input);

    const Executor& m_executor;
    std::map<std::string, Total, std::less<>> m_totals;
};

}  // namespace halftone::evaluate
