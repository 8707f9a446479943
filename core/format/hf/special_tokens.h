// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/config.h"
#include "core/format/hf/tokenizer_json.h"
#include "core/model/metadata.h"

#include <string>
#include <vector>

namespace halftone::format::hf {

/// What the files beside the vocabulary say of it.
struct TokenizerFiles {
    const TokenizerJson* tokenizer = nullptr;  ///< null where there is no tokenizer.json
    nlohmann::json tokenizerConfig;  ///< tokenizer_config.json over special_tokens_map.json; an object
    std::vector<std::pair<std::string, std::string>> templates;  ///< of chat, by name; "default" is the one that is used
};

/// Ids of BOS, EOS and the like, whether they are added, and the chat templates, as gguf-py's SpecialVocab tells them: by the
/// names in tokenizer_config.json, then the ids in config.json. An addition that is false by default is not written.
void addSpecialTokens(const TokenizerFiles& files, const Config& config, std::size_t vocabularySize, model::Metadata& metadata);

}  // namespace halftone::format::hf
