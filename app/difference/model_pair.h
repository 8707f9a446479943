// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/difference.h"
#include "core/inspect/statistics.h"

#include <QString>

#include <filesystem>
#include <memory>

namespace halftone::app {

class WeightCounter;

// Two models side by side, as values, and the words for what differs. The work behind them runs in jobs.

/// Two open models and what differs between them. Keeps both alive.
struct ModelPair {
    std::shared_ptr<const model::Model> a, b;
    std::filesystem::path pathA, pathB;
    inspect::Difference difference;
};

/// The weights of one tensor on both sides; a histogram without counts where a side lacks it or cannot be read.
struct WeightPair {
    inspect::Histogram a, b;
};

/// Opens `other` and compares every weight. Throws what opening throws, and Error{Cancelled}.
ModelPair compareWith(std::shared_ptr<const model::Model> model, const std::filesystem::path& path, const std::filesystem::path& other,
                      const Executor& executor, Progress& progress);
WeightPair weightsOf(const inspect::Difference::Line& line, const WeightCounter& counter, Progress& progress);

/// Shape, type and every weight are equal.
bool isSame(const inspect::Difference::Line& line);
/// "tokenizer.ggml.tokens" and its like.
bool isTokenizerKey(const std::string& key);

/// A metadata value in one line: "0.5", "Fairytale 7M", "8,192 strings". Empty for null.
QString valueText(const model::Value* value);
/// What `value` holds at the first place where it differs from `other`: "8,192 strings; number 17 is “the”". As valueText
/// where the two are no arrays of one kind.
QString differingText(const model::Value* value, const model::Value* other);
/// One sentence that sums the difference up.
QString summaryText(const inspect::Difference& difference);

}  // namespace halftone::app
