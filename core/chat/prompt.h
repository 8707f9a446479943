// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::chat {

struct Prompt {
    std::string text;
    std::vector<token::Id> ids;  ///< special tokens in the text are those tokens; BOS once where the model adds it
};

/// The model's own template: of several the default, else the first that is named. Throws Error{Unsupported} if it has none.
std::string_view chatTemplate(const model::Metadata& metadata);
bool hasChatTemplate(const model::Metadata& metadata);

/// One question as renderPrompt() takes it; an empty `system` is left out.
std::string conversation(std::string_view system, std::string_view user);

/// Throws Error{Malformed} for messages that renderPrompt() cannot use: to be told before the template is blamed.
void checkMessages(std::string_view messages);

/// What Hugging Face's apply_chat_template makes of a conversation with add_generation_prompt. `messages` is JSON: a list of
/// {"role", "content", ...}, or an object whose "messages" is that list and whose other members are further variables
/// ("tools", "enable_thinking", ...). Throws Error{Malformed}.
Prompt renderPrompt(std::string_view chatTemplate, std::string_view messages, const model::Metadata& metadata,
                    const token::Tokenizer& tokenizer, const std::tm& now);

}  // namespace halftone::chat
