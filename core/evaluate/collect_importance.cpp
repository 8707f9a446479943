// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/collect_importance.h"

#include "core/base/progress.h"
#include "core/evaluate/importance_collector.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"

namespace halftone::evaluate {

plan::ImportanceSums collectImportance(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer,
                                       std::span<const token::Id> tokens, const CollectOptions& options, const Executor& executor,
                                       Progress& progress)
{
    const TextWindows windows(tokenizer, tokens, options.windows, variant->vocabularySize());
    progress.begin("collecting importance", windows.count() * windows.length(), Unit::Tokens);
    infer::Context context(variant, windows.length(), executor);
    ImportanceCollector collector(executor);
    for (std::size_t window = 0; window < windows.count(); ++window) {
        context.clear();
        context.observe(windows.whole(window), collector, options.output, progress);
    }
    return {.tensors = collector.result(), .datasets = {}, .chunks = windows.count(), .chunkTokens = std::uint32_t(windows.length())};
}

}  // namespace halftone::evaluate
