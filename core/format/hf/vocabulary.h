// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/sentencepiece_model.h"
#include "core/format/hf/tokenizer_json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::format::hf {

/// tokenizer.ggml.token_type
enum class TokenKind : std::int32_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

/// The token list of a GGUF file. All lists have one entry per token; scores may be empty.
struct TokenList {
    std::vector<std::string> tokens;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    std::size_t ignored = 0;  ///< tokens of the files whose ids the model has no weights for
};

/// Byte-level BPE: spellings as they are, the vocabulary filled up to `size` with unused tokens.
TokenList byteLevelTokens(const TokenizerJson& tokenizer, std::uint32_t size);
/// A tokenizer.json made from a SentencePiece model: what tokenizer.model would have said. Scores follow the order of the
/// merges, so that the best score merges first; specials are the spellings that the configuration names.
TokenList sentencePieceTokens(const TokenizerJson& tokenizer, std::uint32_t size);
/// tokenizer.model itself with the tokens that were added later.
TokenList sentencePieceTokens(const SentencePieceModel& model, const std::vector<AddedToken>& plain, const std::vector<AddedToken>& decoder,
                              std::uint32_t size);

}  // namespace halftone::format::hf
