// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/devices.h"
#include "core/evaluate/evaluate.h"
#include "core/infer/accelerator.h"
#include "core/infer/generate.h"
#include "core/infer/kv_type.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::infer {
class Variant;
}
namespace halftone::model {
class Model;
}

namespace halftone::app {

/// One token as a column shows it.
struct ColumnToken {
    token::Id id = 0;
    float probability = 0;  ///< of this token in this column, plain softmax
    std::string text;  ///< valid UTF-8 that this token completed; may be empty
    std::vector<infer::Candidate> alternatives;  ///< the column's most probable tokens here, with their spelling below
    std::vector<std::string> spellings;  ///< of the alternatives, as running text
};

/// What a running comparison has to tell; taken in the order it happened.
struct ColumnEvent {
    enum class Kind { Prompt, Note, Turns, Ready, Token, Finished };
    Kind kind = Kind::Token;
    int column = 0;
    std::uint64_t tensorBytes = 0;  ///< Ready: packed size of the column's weights
    std::uint64_t neededBytes = 0, freeBytes = 0;  ///< Turns: all columns at once do not fit, so they write one after another
    std::string device =
        {};  ///< Turns: what they do not fit, empty for the memory; Ready, Finished: what runs the column, empty for the CPU
    infer::DeviceShare share = {};  ///< Ready, Finished: what the device computes of the column's network
    std::string note = {};  ///< Note: what a device does or why it does not, for the log
    std::string prompt = {};  ///< Prompt: what every column reads, as the chat template wrote it
    ColumnToken token;  ///< Token
    double tokensPerSecond = 0;  ///< Token, Finished: of this column's own decoding
    bool ended = false;  ///< Finished: the model ended the text itself
};

/// The mailbox between the job that writes and the page that shows. Any thread.
class ColumnStream {
public:
    void push(ColumnEvent event);
    std::vector<ColumnEvent> take();

private:
    std::mutex m_mutex;
    std::vector<ColumnEvent> m_events;
};

using Variants = std::vector<std::shared_ptr<const infer::Variant>>;

struct ComparisonRequest {
    std::shared_ptr<const model::Model> model;
    std::vector<plan::Recipe> columns;  ///< the first is the original
    std::shared_ptr<const plan::ImportanceMatrix> importance;  ///< to quantize with; null: none
    plan::PlanOptions planOptions;  ///< that go with it
    Variants known;  ///< per column what an earlier run prepared, or null
    std::string prompt;
    std::optional<std::string> chatSystem = {};  ///< the prompt is a question, put by the model's chat template under this system prompt
    infer::GenerateOptions options;
    bool followOriginal = false;  ///< every column is led along the original's tokens
    infer::KvType kvType = infer::KvType::F16;  ///< what every column's past keys and values are kept as
    std::uint64_t memory = 0;  ///< bytes that may be taken; 0: as much as is free now
    DeviceTarget device = {};  ///< that runs the columns as far as it can
};

/// Prepares the missing variants in memory and lets all columns write in step, one token each in turn, so that they
/// grow together and each one's speed is its own. Where memory, or the device's, is short for that they write one after another, the
/// same texts. Returns the variants for the next run; null for those that were given back. Before anything is prepared it throws
/// Error{Usage} for a prompt longer than the model's context, with what would fit, Error for a chat template that fails, and
/// Error{OutOfMemory} where not even one column fits.
Variants runComparison(const ComparisonRequest& request, ColumnStream& stream, const Executor& executor, Progress& progress);

/// A token of a prompt, as it is shown.
struct PromptPiece {
    std::string text;  ///< valid UTF-8 that this token completed, or a special token's spelling
    bool special = false;  ///< stands for no text
};

/// What every column would read: the prompt, or what the chat template makes of it, cut into tokens. Throws Error for a chat
/// template that fails and a model without a tokenizer.
std::vector<PromptPiece> promptPieces(const ComparisonRequest& request);

/// KL divergence and perplexity of each column against the first, on `text`. Columns not prepared yet are prepared, and given back
/// (null) where memory is short. Throws as runComparison() does.
struct Measurement {
    Variants variants;
    std::vector<evaluate::Divergence> columns;
    std::string device = {};  ///< that ran them as far as it could; empty: the CPU
    std::vector<std::string> notes = {};  ///< what it did, for the log
};
Measurement measureColumns(const ComparisonRequest& request, const std::string& text, std::size_t windows, const Executor& executor,
                           Progress& progress);

}  // namespace halftone::app
