// SPDX-License-Identifier: Apache-2.0
#include "core/token/unigram.h"

#include "core/base/error.h"
#include "core/model/metadata.h"
#include "core/token/spaces.h"
#include "core/token/utf8.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace halftone::token {

namespace {

constexpr double kUnknownPenalty = 10.0;  ///< SentencePiece: an unknown character scores that much below the worst token

CharacterMap characterMap(const model::Metadata& metadata)
{
    constexpr std::string_view key = "tokenizer.ggml.precompiled_charsmap";
    if (const auto* bytes = metadata.array<std::uint8_t>(key))
        return CharacterMap(*bytes);
    if (const auto* bytes = metadata.array<std::int8_t>(key))
        return CharacterMap({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
    if (metadata.contains(key))
        throw Error(ErrorCode::Malformed, {.problem = "the value is not an array of bytes", .place = std::string(key)});
    return {};
}

}  // namespace

VocabularyDefaults Unigram::defaults()
{
    return {.bos = {}, .eos = 1, .unknown = 2, .separator = {}, .addBos = false, .addEos = true};
}

Unigram::Unigram(const model::Metadata& metadata)
    : VocabularyTokenizer(Vocabulary::fromMetadata(metadata, defaults())),
      m_characters(characterMap(metadata)),
      m_mergeSpaces(metadata.boolean("tokenizer.ggml.remove_extra_whitespaces").value_or(false))
{
    if (!metadata.contains("tokenizer.ggml.scores"))
        throw Error(ErrorCode::Malformed, {.problem = "the key is missing", .place = "tokenizer.ggml.scores"});
    if (!vocabulary().unknown)
        throw Error(ErrorCode::Malformed, {.problem = "there is no unknown token", .place = "tokenizer.ggml.unknown_token_id"});
    float least = std::numeric_limits<float>::max();
    for (Id id = 0; std::size_t(id) < vocabulary().size(); ++id) {
        if (!std::isfinite(vocabulary().score(id)))
            throw Error(ErrorCode::Malformed,
                        {.problem = "the score of token " + std::to_string(id) + " is no number", .place = "tokenizer.ggml.scores"});
        if (vocabulary().type(id) == TokenType::Normal)
            least = std::min(least, vocabulary().score(id));
    }
    m_unknownScore = double(least) - kUnknownPenalty;
}

std::string Unigram::normalized(std::string_view text) const
{
    std::string result;
    bool inWord = false, begun = false;
    const auto add = [&](std::string_view piece) {
        for (const char byte : piece) {
            if (byte == ' ') {
                inWord = false;
                if (!m_mergeSpaces)
                    result += kVisibleSpace;
                continue;
            }
            if (!inWord && (m_mergeSpaces || (vocabulary().addSpacePrefix && !begun))) {
                result += kVisibleSpace;
                begun = true;
            }
            inWord = true;
            result += byte;
        }
    };
    while (!text.empty()) {
        const auto replacement = m_characters.longestAt(text);
        const std::size_t consumed = replacement ? replacement->consumed : stepUtf8(text).size;
        add(replacement ? replacement->text : text.substr(0, consumed));
        text.remove_prefix(consumed);
    }
    return result;
}

std::optional<Id> Unigram::pieceOf(std::string_view spelling) const
{
    const auto id = vocabulary().find(spelling);
    if (!id)
        return std::nullopt;
    const TokenType type = vocabulary().type(*id);
    return type == TokenType::Normal || type == TokenType::UserDefined || type == TokenType::Unused ? id : std::nullopt;
}

void Unigram::encodeText(std::string_view text, bool, std::vector<Id>& ids) const
{
    const std::string input = normalized(repairedUtf8(text));
    if (input.empty())
        return;
    // The best way to cut the text up to each byte: its sum of scores, its last token and where that begins.
    struct Cut {
        double score = -std::numeric_limits<double>::max();
        Id token = -1;
        std::size_t begin = 0;
    };
    std::vector<Cut> best(input.size() + 1);
    best[0].score = 0;
    const auto offer = [&](std::size_t begin, std::size_t end, Id token, double score) {
        if (best[begin].score + score > best[end].score)
            best[end] = {best[begin].score + score, token, begin};
    };
    for (std::size_t begin = 0, next = 0; begin < input.size(); begin = next) {
        next = begin + stepUtf8(std::string_view(input).substr(begin)).size;
        bool known = false;
        for (std::size_t end = next; end - begin <= vocabulary().longestSpelling();) {
            if (const auto id = pieceOf(std::string_view(input).substr(begin, end - begin))) {
                known = known || end == next;
                // What users added is preferred to all else: scores of other tokens are negative logarithms.
                offer(begin, end, *id, vocabulary().type(*id) == TokenType::UserDefined ? 0.0 : double(vocabulary().score(*id)));
            }
            if (end == input.size())
                break;
            end += stepUtf8(std::string_view(input).substr(end)).size;
        }
        if (!known)
            offer(begin, next, *vocabulary().unknown, m_unknownScore);
    }

    const std::size_t first = ids.size();
    for (std::size_t end = input.size(); end > 0; end = best[end].begin) {
        // Neighbouring unknown characters are one unknown token.
        if (best[end].token != vocabulary().unknown || ids.size() == first || ids.back() != best[end].token)
            ids.push_back(best[end].token);
    }
    std::reverse(ids.begin() + std::ptrdiff_t(first), ids.end());
}

std::string Unigram::textBytes(Id id) const
{
    return unescapedSpaces(vocabulary().spelling(id));
}

}  // namespace halftone::token
