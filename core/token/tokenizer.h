// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::model {
class Metadata;
}

namespace halftone::token {

using Id = std::int32_t;

struct EncodeOptions {
    bool addSpecial = true;     ///< BOS/EOS (CLS/SEP) where the model asks for them
    bool parseSpecial = false;  ///< "<|im_start|>" in the text is the token, not its letters
};

/// Text to token ids and back. Immutable, thread safe.
class Tokenizer {
public:
    /// From `tokenizer.ggml.*` of a GGUF file. Throws Error{Malformed | Unsupported} naming the key.
    static std::shared_ptr<const Tokenizer> fromMetadata(const model::Metadata& metadata);

    virtual ~Tokenizer() = default;

    virtual std::vector<Id> encode(std::string_view utf8, EncodeOptions options = {}) const = 0;
    /// The bytes a token stands for in running text; may be a part of a UTF-8 character. Control tokens give "".
    virtual std::string bytes(Id id) const = 0;
    /// The vocabulary's own spelling, for tables: "Ġwolf", "▁wolf", "<|begin_of_text|>".
    virtual std::string_view spelling(Id id) const = 0;

    virtual std::size_t size() const = 0;
    virtual std::optional<Id> bos() const = 0;
    virtual std::optional<Id> eos() const = 0;
    virtual bool addsBos() const = 0;
    /// End of generation: EOS, EOT, <|im_end|> and the like.
    virtual bool endsGeneration(Id id) const = 0;

    /// For the inspector's card: "byte-level BPE", "llama-bpe"; and whether the pre-tokenizer is known for sure.
    virtual std::string_view kind() const = 0;
    virtual std::string_view preTokenizer() const = 0;
    virtual bool certain() const = 0;
};

/// Joins token bytes to text that never ends in half a UTF-8 character. Broken bytes become U+FFFD.
class StreamDecoder {
public:
    /// The text that is complete after these bytes.
    std::string push(std::string_view bytes);
    /// What remained, as replacement characters.
    std::string finish();

private:
    std::string m_pending;
};

}  // namespace halftone::token
