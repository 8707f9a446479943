// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/json.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace halftone::format::hf {

struct AddedToken {
    std::uint32_t id = 0;
    std::string content;
    bool special = false;
};

/// tokenizer.json of Hugging Face's tokenizers library, taken apart.
struct TokenizerJson {
    struct Piece {
        std::string text;
        std::uint32_t id = 0;
        float score = 0;  ///< of Unigram models
    };
    nlohmann::json rest;  ///< everything but the two large lists: "normalizer", "pre_tokenizer", "decoder", "model.type"
    std::vector<Piece> vocabulary;
    std::vector<std::string> merges;  ///< "left right", a space within a part written as its byte character
    std::vector<AddedToken> added;

    /// "BPE", "Unigram", "WordPiece"
    std::string modelType() const;
    bool modelFlag(const char* key) const;
};

/// Ids beyond are no model's.
inline constexpr std::uint32_t kMostTokens = 4'000'000;

/// Reads the file; the vocabulary is streamed. Throws Error{Malformed | Unsupported | System} naming file and place.
TokenizerJson readTokenizerJson(const std::filesystem::path& path);

/// The `added_tokens` of tokenizer.json and the `added_tokens_decoder` of tokenizer_config.json; empty where it is null.
std::vector<AddedToken> addedTokens(const nlohmann::json& list);
std::vector<AddedToken> addedTokensDecoder(const nlohmann::json& object);

}  // namespace halftone::format::hf
