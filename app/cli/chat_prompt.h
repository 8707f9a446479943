// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/prompt.h"

#include <string>

namespace halftone::model {
class Model;
}

namespace halftone::cli {

/// The prompt of a conversation in a JSON file, by the template in a file, or by the model's own if `templateFile` is empty.
/// `modelFile` is for error messages. Dates in it are of now.
chat::Prompt chatPrompt(const std::string& messagesFile, const std::string& templateFile, const std::string& modelFile,
                        const model::Model& model, const token::Tokenizer& tokenizer);

}  // namespace halftone::cli
