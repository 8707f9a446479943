// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::format {

/// Where a model's tokenizer was read from.
enum class TokenizerSource { None, Metadata, TokenizerJson, SentencePieceModel };

TokenizerSource tokenizerSource(const model::Model& model);
/// "GGUF metadata", "tokenizer.json", "tokenizer.model"; "" for none.
std::string_view name(TokenizerSource source);

/// One way in which a GGUF file's tokenizer is another than its Hugging Face files say.
struct TokenizerDifference {
    enum class Aspect {
        Kind,  ///< byte-level BPE or SentencePiece
        Splitting,  ///< how text is cut into words
        Tokens,  ///< spellings; unused tokens that only fill up the vocabulary are passed over
        Types,  ///< which tokens are special, user-defined or bytes
        Merges,
        Scores,
        Begin,  ///< the token that begins a text, or whether it is added
        End,  ///< the token that ends a text
        Encoding,  ///< texts that come out as other tokens
    };
    Aspect aspect;
    std::size_t count = 1;  ///< of tokens, merges or texts that differ
    std::string ours, theirs;  ///< of the first of them: the GGUF file's and the Hugging Face files'
};
/// "tokens", "merges" ...: for scripts.
std::string_view name(TokenizerDifference::Aspect aspect);

struct TokenizerCheck {
    std::filesystem::path file;  ///< tokenizer.json or tokenizer.model
    std::vector<TokenizerDifference> differences;
    std::size_t texts = 0;  ///< that both encoded
    bool splittingKnown = true;  ///< false: the files' rule for cutting text has no known name and was not compared

    bool agrees() const { return differences.empty(); }
};

/// Compares a GGUF file's tokenizer with the Hugging Face files in its folder: list by list, and by a set of short texts in
/// several scripts that both must encode alike. Empty where there are no such files, or where the model was read from them. Throws
/// Error for files that cannot be read, or a tokenizer that cannot be used.
std::optional<TokenizerCheck> checkTokenizer(const model::Model& model);

}  // namespace halftone::format
