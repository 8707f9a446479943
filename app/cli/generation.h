// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/generate.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace halftone {
class Executor;
}
namespace halftone::infer {
class Accelerator;
class Variant;
}

namespace halftone::cli {

/// --prompt, -n and the sampler's options, as generate and compare take them.
struct GenerationOptions {
    std::string prompt;
    std::vector<token::Id> promptIds;  ///< instead of the prompt, if there are any
    infer::GenerateOptions generate;
};

/// Returns --prompt, which is required unless the caller says otherwise.
CLI::Option* addGenerationOptions(CLI::App& command, GenerationOptions& options);

/// A variant's continuation of the prompt, streamed to `onText` when it is not empty; on the accelerator, if there is one.
infer::Generation continuePrompt(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, const GenerationOptions& options,
                                 const std::function<void(const std::string&)>& onText, const Executor& executor, Progress& progress,
                                 infer::Accelerator* accelerator = nullptr);

}  // namespace halftone::cli
