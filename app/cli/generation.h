// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/generate.h"
#include "core/infer/kv_type.h"

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
namespace halftone::model {
class Model;
}

namespace halftone::cli {

/// --prompt, -n and the sampler's options, as generate and compare take them.
struct GenerationOptions {
    std::string prompt;
    std::vector<token::Id> promptIds;  ///< instead of the prompt, if there are any
    infer::GenerateOptions generate;
    infer::KvType kvType = infer::KvType::F16;
};

/// --kv-type; `keeps` says whose: "the model".
void addKvType(CLI::App& command, infer::KvType& type, const std::string& whose);

/// Returns --prompt, which is required unless the caller says otherwise.
CLI::Option* addGenerationOptions(CLI::App& command, GenerationOptions& options);

/// Cuts the prompt into tokens, unless they are there, and looks before anything is made whether they fit the context and, with what
/// is written and `weights` bytes of packed weights, the memory. Throws Error{Usage} and Error{OutOfMemory} with what would fit.
void readPrompt(GenerationOptions& options, const model::Model& model, const token::Tokenizer& tokenizer, std::uint64_t weights);

/// A variant's continuation of the prompt that was read, streamed to `onText` when it is not empty; on the accelerator, if there is one.
infer::Generation continuePrompt(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, const GenerationOptions& options,
                                 const std::function<void(const std::string&)>& onText, const Executor& executor, Progress& progress,
                                 infer::Accelerator* accelerator = nullptr);

}  // namespace halftone::cli
