// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/collect_importance.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/product_observer.h"
#include "core/infer/variant.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace halftone::evaluate {

namespace {

/// Adds up, in double precision and token after token, whatever the number of threads.
class Collector : public infer::ProductObserver {
public:
    explicit Collector(const Executor& executor) : m_executor(executor) {}

    void observe(const infer::ProductInput& input) override
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

    std::map<std::string, plan::ImportanceSums::Entry> result() const
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

private:
    static constexpr std::size_t kColumnsPerTask = 256;

    struct Total {
        std::vector<double> sums;  ///< experts x columns
        std::vector<std::uint64_t> counts;  ///< rows, by expert
    };

    Total& totalOf(const infer::ProductInput& input)
    {
        const auto found = m_totals.find(input.weight);
        if (found != m_totals.end())
            return found->second;
        Total total{std::vector<double>(input.experts * input.columns), std::vector<std::uint64_t>(input.experts)};
        return m_totals.emplace(input.weight, std::move(total)).first->second;
    }

    const Executor& m_executor;
    std::map<std::string, Total, std::less<>> m_totals;
};

}  // namespace

plan::ImportanceSums collectImportance(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer,
                                       std::span<const token::Id> tokens, const CollectOptions& options, const Executor& executor,
                                       Progress& progress)
{
    const TextWindows windows(tokenizer, tokens, options.windows, variant->vocabularySize());
    progress.begin("collecting importance", windows.count() * windows.length(), Unit::Tokens);
    infer::Context context(variant, windows.length(), executor);
    Collector collector(executor);
    for (std::size_t window = 0; window < windows.count(); ++window) {
        context.clear();
        context.observe(windows.whole(window), collector, options.output, progress);
    }
    return {.tensors = collector.result(), .datasets = {}, .chunks = windows.count(), .chunkTokens = std::uint32_t(windows.length())};
}

}  // namespace halftone::evaluate
