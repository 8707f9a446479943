// SPDX-License-Identifier: Apache-2.0
#include "core/sense/input_moments.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/vector_math.h"

#include <algorithm>

namespace halftone::sense {
namespace {

constexpr std::size_t kRowsPerTask = 64;

}  // namespace

/// An expert that every token was routed to sees what the router saw, but the next one will not: stacks share with stacks only.
bool MomentCollector::sameAsLast(const infer::ProductInput& input) const
{
    return m_lastSums && m_lastSums->columns == input.columns && m_lastExperts == input.experts && std::ranges::equal(m_last, input.rows);
}

void MomentCollector::observe(const infer::ProductInput& input)
{
    const auto known = m_sums.find(input.weight);
    if (sameAsLast(input)) {
        if (known == m_sums.end())
            m_sums.emplace(input.weight, m_lastSums);
        return;
    }
    auto& sums = known != m_sums.end() ? known->second : m_sums.emplace(input.weight, std::make_shared<Sums>()).first->second;
    sums->columns = input.columns;
    sums->stride = (input.columns + infer::kProductLanes - 1) / infer::kProductLanes * infer::kProductLanes;
    sums->rows += input.rows.size() / input.columns;
    addDiagonal(input, *sums);
    if (input.columns <= kWidestFull)
        addFull(input, *sums);
    m_last.assign(input.rows.begin(), input.rows.end());
    m_lastSums = sums;
    m_lastExperts = input.experts;
}

void MomentCollector::addDiagonal(const infer::ProductInput& input, Sums& sums) const
{
    sums.diagonal.resize(input.columns);
    for (std::size_t i = 0; i < input.rows.size(); ++i)
        sums.diagonal[i % input.columns] += double(input.rows[i]) * double(input.rows[i]);
}

/// full += x^T x, some rows of the sum a task.
void MomentCollector::addFull(const infer::ProductInput& input, Sums& sums) const
{
    const std::size_t tokens = input.rows.size() / input.columns;
    sums.full.resize(input.columns * sums.stride);
    std::vector<float> padded(tokens * sums.stride);
    for (std::size_t t = 0; t < tokens; ++t)
        std::ranges::copy(input.rows.subspan(t * input.columns, input.columns), padded.begin() + std::ptrdiff_t(t * sums.stride));
    m_executor.forRanges(input.columns, kRowsPerTask, [&](std::size_t begin, std::size_t end) {
        m_progress.checkpoint();
        std::vector<float> columns((end - begin) * tokens);  // the task's columns of x, transposed
        for (std::size_t c = begin; c < end; ++c)
            for (std::size_t t = 0; t < tokens; ++t)
                columns[(c - begin) * tokens + t] = input.rows[t * input.columns + c];
        infer::addProduct({.a = columns.data(),
                           .b = padded.data(),
                           .c = sums.full.data() + begin * sums.stride,
                           .rows = end - begin,
                           .depth = tokens,
                           .columns = sums.stride,
                           .strideA = tokens,
                           .strideB = sums.stride,
                           .strideC = sums.stride});
    });
}

MomentCollector::Moments MomentCollector::of(const std::string& weight) const
{
    const auto found = m_sums.find(weight);
    if (found == m_sums.end())
        return {};
    const Sums& sums = *found->second;
    Moments moments;
    for (const double sum : sums.diagonal)
        moments.diagonal.push_back(float(sum / double(sums.rows)));
    if (sums.full.empty())
        return moments;
    moments.full.reserve(sums.columns * sums.columns);
    for (std::size_t i = 0; i < sums.columns; ++i)
        for (std::size_t j = 0; j < sums.columns; ++j)
            moments.full.push_back(sums.full[i * sums.stride + j] / float(sums.rows));
    return moments;
}

}  // namespace halftone::sense
