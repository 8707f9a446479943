// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/vocabulary.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace halftone::format::hf {

namespace {

constexpr float kAddedScore = -1000.0f, kUnusedScore = -10'000.0f;
constexpr std::string_view kVisibleSpace = "\xE2\x96\x81";  ///< U+2581, SentencePiece's space

/// Some models do not mark as special what works so (command-r, deepseek-coder, gemma): the list of llama.cpp's converter.
bool looksSpecial(std::string_view token)
{
    constexpr std::array<std::string_view, 4> kKnown{"<pad>", "<mask>", "<2mass>", "[@BOS@]"};
    const auto framed = [&](std::string_view begin, std::string_view end) { return token.starts_with(begin) && token.ends_with(end); };
    return std::ranges::find(kKnown, token) != kKnown.end() || framed("<|", "|>") || framed("<｜", "｜>") || framed("<unused", ">");
}

/// User-defined tokens are looked for in the text as it is, so they are kept with real spaces.
std::string withRealSpaces(std::string_view text)
{
    std::string plain;
    for (std::size_t at; (at = text.find(kVisibleSpace)) != text.npos; text.remove_prefix(at + kVisibleSpace.size()))
        plain.append(text.substr(0, at)) += ' ';
    return plain.append(text);
}

bool isByteToken(std::string_view text)
{
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); };
    return text.size() == 6 && text.starts_with("<0x") && text.back() == '>' && isHex(text[3]) && isHex(text[4]);
}

/// `size` unused tokens to begin with; ids beyond are counted and left out.
class Filler {
public:
    Filler(std::uint32_t size, bool scored)
    {
        m_list.tokens.reserve(size);
        for (std::uint32_t i = 0; i < size; ++i)
            m_list.tokens.push_back(std::string("[PAD").append(std::to_string(i)).append("]"));
        m_list.types.assign(size, std::int32_t(TokenKind::Unused));
        if (scored)
            m_list.scores.assign(size, kUnusedScore);
    }

    void put(std::uint32_t id, std::string text, TokenKind kind, float score = 0)
    {
        if (id >= m_list.tokens.size()) {
            ++m_list.ignored;
            return;
        }
        m_list.tokens[id] = std::move(text);
        m_list.types[id] = std::int32_t(kind);
        if (!m_list.scores.empty())
            m_list.scores[id] = score;
    }

    void putAdded(const AddedToken& token)
    {
        if (token.special || looksSpecial(token.content))
            put(token.id, token.content, TokenKind::Control, kAddedScore);
        else
            put(token.id, withRealSpaces(token.content), TokenKind::UserDefined, kAddedScore);
    }

    TokenList take() { return std::move(m_list); }

private:
    TokenList m_list;
};

/// Minus the rank of the first merge that makes each piece.
std::unordered_map<std::string, float> scoresOfMerges(const std::vector<std::string>& merges)
{
    std::unordered_map<std::string, float> scores;
    scores.reserve(merges.size());
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const std::string& merge = merges[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space != std::string::npos)
            scores.try_emplace(merge.substr(0, space) + merge.substr(space + 1), -float(rank));
    }
    return scores;
}

}  // namespace

TokenList byteLevelTokens(const TokenizerJson& tokenizer, std::uint32_t size)
{
    Filler filler(size, false);
    for (const TokenizerJson::Piece& piece : tokenizer.vocabulary)
        filler.put(piece.id, piece.text, TokenKind::Normal);
    for (const AddedToken& token : tokenizer.added)
        filler.putAdded(token);
    return filler.take();
}

TokenList sentencePieceTokens(const TokenizerJson& tokenizer, std::uint32_t size)
{
    const bool unigram = tokenizer.modelType() == "Unigram";
    const std::unordered_map<std::string, float> merged = scoresOfMerges(tokenizer.merges);
    const auto scoreOf = [&](const TokenizerJson::Piece& piece) {
        if (unigram)
            return piece.score;
        const auto found = merged.find(piece.text);
        return found == merged.end() ? -float(tokenizer.merges.size()) : found->second;  // characters: no merge makes them
    };
    Filler filler(size, true);
    for (const TokenizerJson::Piece& piece : tokenizer.vocabulary) {
        const bool byte = isByteToken(piece.text), unknown = piece.text == "<unk>";
        filler.put(piece.id, piece.text,
                   byte          ? TokenKind::Byte
                       : unknown ? TokenKind::Unknown
                                 : TokenKind::Normal,
                   byte || unknown ? 0 : scoreOf(piece));
    }
    for (const AddedToken& token : tokenizer.added) {
        if (token.content != "<unk>")
            filler.putAdded(token);
    }
    return filler.take();
}

TokenList sentencePieceTokens(const SentencePieceModel& model, const std::vector<AddedToken>& plain, const std::vector<AddedToken>& decoder,
                              std::uint32_t size)
{
    using Kind = SentencePieceModel::Kind;
    Filler filler(size, true);
    for (std::size_t i = 0; i < model.pieces.size(); ++i) {
        const SentencePieceModel::Piece& piece = model.pieces[i];
        const TokenKind kind = piece.kind == Kind::UserDefined ? TokenKind::Normal : TokenKind(int(piece.kind));
        filler.put(std::uint32_t(i), piece.text, kind, piece.score);
    }
    for (const AddedToken& token : plain)
        filler.put(token.id, token.content, TokenKind::UserDefined, kAddedScore);
    for (const AddedToken& token : decoder)
        filler.putAdded(token);
    return filler.take();
}

}  // namespace halftone::format::hf
