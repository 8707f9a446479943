// SPDX-License-Identifier: Apache-2.0
#include "core/plan/importance_statistics.h"

#include "core/model/tensor.h"

#include <algorithm>
#include <cmath>

namespace halftone::plan {

namespace {

constexpr double kActive = 1e-5;

/// Means of the experts that saw tokens.
std::vector<double> reachedMeans(const ImportanceSums::Entry& entry)
{
    std::vector<double> values;
    const std::size_t columns = entry.columns();
    for (std::size_t expert = 0; expert < entry.counts.size(); ++expert) {
        if (entry.counts[expert] == 0)
            continue;
        for (const float sum : std::span(entry.sums).subspan(expert * columns, columns))
            values.push_back(double(sum) / double(entry.counts[expert]));
    }
    return values;
}

void describeSpread(std::span<const double> values, ImportanceStatistics& s)
{
    for (const double value : values) {
        s.sum += value;
        s.max = std::max(s.max, value);
    }
    s.mean = s.sum / double(values.size());
    s.active = double(std::ranges::count_if(values, [&](double value) { return value > kActive * s.mean; })) / double(values.size());
    if (s.sum == 0)
        return;
    for (const double value : values)
        if (const double share = value / s.sum; share > 0)
            s.entropy -= share * std::log2(share);
    s.evenness = values.size() > 1 ? s.entropy / std::log2(double(values.size())) : 1;
}

ImportanceStatistics statisticsOf(const std::string& name, const ImportanceSums::Entry& entry)
{
    ImportanceStatistics s{.tensor = name, .columns = entry.columns(), .experts = entry.counts.size()};
    s.reached = std::size_t(std::ranges::count_if(entry.counts, [](float count) { return count > 0; }));
    for (const float count : entry.counts)
        s.rows += double(count);
    if (const auto values = reachedMeans(entry); !values.empty())
        describeSpread(values, s);
    return s;
}

}  // namespace

std::vector<ImportanceStatistics> importanceStatistics(const ImportanceSums& sums)
{
    std::vector<ImportanceStatistics> all;
    for (const auto& [name, entry] : sums.tensors)
        all.push_back(statisticsOf(name, entry));
    std::ranges::stable_sort(all, {}, [](const ImportanceStatistics& s) { return model::layerOf(s.tensor); });
    return all;
}

}  // namespace halftone::plan
