// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/importance_collector.h"

#include "core/base/error.h"
#include "core/base/executor.h"

#include <algorithm>
#include <cmath>

namespace halftone::evaluate {

namespace {

constexpr std::size_t kColumnsPerTask = 256;

}  // namespace

void ImportanceCollector::observe(const infer::ProductInput& input)
{
    Total& total = totalOf(input);
    const std::size_t tokens = input.rows.size() / input.columns;
    double* sums = total.sums.data() + input.expert * input.columns;
    m_executor.forRanges(input.columns, kColumnsPerTask, [&](std::size_t begin, std::size_t end) {
        for (std::size_t t = 0; t < tokens; ++t) {
            const float* row = input.rows.data() + t * input.columns;
            for (std::size_t c = begin; c < end; ++c)
                sums[c] += double(row[c]) * double(row[c]);
        }
    });
    total.counts[input.expert] += tokens;
}

ImportanceCollector::Total& ImportanceCollector::totalOf(const infer::ProductInput& input)
{
    const auto found = m_totals.find(input.weight);
    if (found != m_totals.end())
        return found->second;
    Total total{std::vector<double>(input.experts * input.columns), std::vector<std::uint64_t>(input.experts)};
    return m_totals.emplace(input.weight, std::move(total)).first->second;
}

std::map<std::string, plan::ImportanceSums::Entry> ImportanceCollector::result() const
{
    std::map<std::string, plan::ImportanceSums::Entry> tensors;
    for (const auto& [name, total] : m_totals) {
        plan::ImportanceSums::Entry entry;
        entry.sums.assign(total.sums.begin(), total.sums.end());
        entry.counts.assign(total.counts.begin(), total.counts.end());
        if (!std::ranges::all_of(entry.sums, [](float sum) { return std::isfinite(sum); }))
            throw Error(ErrorCode::Malformed,
                        {.problem = "the activations that enter it are not finite numbers",
                         .place = "tensor " + name,
                         .advice = "the model is damaged, or too delicate for this text"});
        tensors.emplace(name, std::move(entry));
    }
    return tensors;
}

}  // namespace halftone::evaluate
