// SPDX-License-Identifier: Apache-2.0
#include "core/plan/importance_sums.h"

#include "core/base/error.h"

#include <algorithm>
#include <functional>

namespace halftone::plan {

namespace {

using Entry = ImportanceSums::Entry;

void addTo(Entry& total, Entry part, const std::string& name)
{
    const std::size_t experts = std::max(total.counts.size(), part.counts.size());
    const auto fits = [&](const Entry& entry) {
        return entry.counts.size() == experts || (entry.counts.size() == 1 && entry.sums.size() % experts == 0);
    };
    if (total.sums.size() != part.sums.size() || !fits(total) || !fits(part))
        throw Error(ErrorCode::Usage,
                    {.problem = "the importance matrices have different shapes",
                     .place = "tensor " + name,
                     .advice = "merge only those of one model"});
    for (Entry* entry : {&total, &part})
        entry->counts.resize(experts, entry->counts.front());
    std::ranges::transform(total.sums, part.sums, total.sums.begin(), std::plus{});
    std::ranges::transform(total.counts, part.counts, total.counts.begin(), std::plus{});
}

/// Chunks of `tokens` tokens, whatever length the part's own had.
std::uint64_t chunksOf(const ImportanceSums& part, std::uint32_t tokens)
{
    return part.chunkTokens == 0 || tokens == 0 ? part.chunks : part.chunks * part.chunkTokens / tokens;
}

}  // namespace

ImportanceSums mergedImportance(std::span<const ImportanceSums> parts)
{
    if (parts.empty())
        throw Error(ErrorCode::Usage, "there is no importance matrix to merge");
    ImportanceSums all;
    for (const ImportanceSums& part : parts)
        all.chunkTokens = std::max(all.chunkTokens, part.chunkTokens);
    for (const ImportanceSums& part : parts) {
        for (const auto& [name, entry] : part.tensors) {
            if (const auto [place, added] = all.tensors.try_emplace(name, entry); !added)
                addTo(place->second, entry, name);
        }
        for (const std::string& dataset : part.datasets)
            if (std::ranges::find(all.datasets, dataset) == all.datasets.end())
                all.datasets.push_back(dataset);
        all.chunks += chunksOf(part, all.chunkTokens);
    }
    return all;
}

}  // namespace halftone::plan
