// SPDX-License-Identifier: Apache-2.0
#include "core/token/sentence_piece.h"

#include "core/base/error.h"
#include "core/token/merge_list.h"
#include "core/token/spaces.h"
#include "core/token/utf8.h"

#include <charconv>

namespace halftone::token {

namespace {

/// The byte of "<0x0A>"; exactly that form, as a number's sign or width must not slip through.
std::optional<unsigned char> byteOf(std::string_view spelling)
{
    if (spelling.size() != 6 || !spelling.starts_with("<0x") || spelling.back() != '>')
        return std::nullopt;
    unsigned char value = 0;
    const char* const begin = spelling.data() + 3;
    const auto [end, error] = std::from_chars(begin, begin + 2, value, 16);
    return error == std::errc() && end == begin + 2 ? std::optional(value) : std::nullopt;
}

}  // namespace

VocabularyDefaults SentencePiece::defaults()
{
    return {.bos = 1, .eos = 2, .unknown = 0, .separator = {}, .addBos = true, .addSpacePrefix = true};
}

SentencePiece::SentencePiece(const model::Metadata& metadata) : VocabularyTokenizer(Vocabulary::fromMetadata(metadata, defaults()))
{
    for (Id id = 0; std::size_t(id) < vocabulary().size(); ++id) {
        if (vocabulary().type(id) == TokenType::Byte && !byteOf(vocabulary().spelling(id)))
            throw Error(ErrorCode::Malformed, {.problem = "byte token " + std::to_string(id) + " is not spelled <0xXX>", .place = "tokenizer.ggml.tokens"});
        if (const auto byte = byteOf(vocabulary().spelling(id)); byte && !m_byteTokens[*byte])
            m_byteTokens[*byte] = id;
    }
}

void SentencePiece::encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const
{
    const std::string escaped = escapedSpaces(text, afterSpecial && vocabulary().addSpacePrefix);
    std::vector<std::string_view> symbols;
    for (std::string_view rest = escaped; !rest.empty(); rest.remove_prefix(symbols.back().size()))
        symbols.push_back(rest.substr(0, stepUtf8(rest).size));

    mergeNeighbours(symbols, [&](std::string_view left, std::string_view right) -> std::optional<Merge<std::string_view>> {
        const std::string_view joined(left.data(), left.size() + right.size());  // neighbours in one buffer
        const auto id = vocabulary().find(joined);
        return id ? std::optional(Merge<std::string_view>{-double(vocabulary().score(*id)), joined}) : std::nullopt;
    });

    for (const std::string_view symbol : symbols) {
        if (const auto id = vocabulary().find(symbol))
            ids.push_back(*id);
        else
            appendBytes(symbol, ids);
    }
}

void SentencePiece::appendBytes(std::string_view bytes, std::vector<Id>& ids) const
{
    for (const char byte : bytes) {
        if (const auto id = m_byteTokens[static_cast<unsigned char>(byte)])
            ids.push_back(*id);
        else if (vocabulary().unknown)
            ids.push_back(*vocabulary().unknown);
    }
}

std::string SentencePiece::textBytes(Id id) const
{
    const std::string_view spelling = vocabulary().spelling(id);
    if (vocabulary().type(id) == TokenType::Byte)
        return std::string(1, char(*byteOf(spelling)));
    return unescapedSpaces(spelling);
}

}  // namespace halftone::token
