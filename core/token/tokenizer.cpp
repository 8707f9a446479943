// SPDX-License-Identifier: Apache-2.0
#include "core/token/tokenizer.h"

#include "core/base/error.h"
#include "core/model/metadata.h"
#include "core/token/byte_bpe.h"
#include "core/token/sentence_piece.h"
#include "core/token/unigram.h"
#include "core/token/word_piece.h"

namespace halftone::token {

std::shared_ptr<const Tokenizer> Tokenizer::fromMetadata(const model::Metadata& metadata)
{
    constexpr std::string_view key = "tokenizer.ggml.model";
    if (!metadata.contains(key))
        throw Error(ErrorCode::Unsupported, {.problem = "the file holds no tokenizer",
                                             .place = std::string(key),
                                             .advice = "open the model it was made from, or one made anew from that"});
    const auto model = metadata.string(key);
    if (!model)
        throw Error(ErrorCode::Malformed, {.problem = "the value is not a string", .place = std::string(key)});
    if (*model == "gpt2")
        return std::make_shared<ByteBpe>(metadata);
    if (*model == "llama")
        return std::make_shared<SentencePiece>(metadata);
    if (*model == "t5")
        return std::make_shared<Unigram>(metadata);
    if (*model == "bert")
        return std::make_shared<WordPiece>(metadata);
    throw Error(ErrorCode::Unsupported, {.problem = "tokenizers of this kind are not supported", .place = std::string(key),
                                         .advice = "use a model whose tokenizer is gpt2, llama, t5 or bert"});
}

}  // namespace halftone::token
