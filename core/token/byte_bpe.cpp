// SPDX-License-Identifier: Apache-2.0
#include "core/token/byte_bpe.h"

#include "core/base/error.h"
#include "core/model/metadata.h"
#include "core/token/byte_alphabet.h"
#include "core/token/merge_list.h"
#include "core/token/utf8.h"

#include <limits>

namespace halftone::token {

namespace {

constexpr std::string_view kMerges = "tokenizer.ggml.merges";

std::string preTokenizerName(const model::Metadata& metadata)
{
    constexpr std::string_view key = "tokenizer.ggml.pre";
    const auto name = metadata.string(key);
    if (!name && metadata.contains(key))
        throw Error(ErrorCode::Malformed, {.problem = "the value is not a string", .place = std::string(key)});
    return std::string(name.value_or(""));
}

VocabularyDefaults defaultsOf(const model::Metadata& metadata)
{
    return {.bos = {}, .eos = {}, .unknown = {}, .separator = {}, .addBos = PreTokenizer(preTokenizerName(metadata)).addsBos()};
}

std::uint64_t pairOf(std::int32_t left, std::int32_t right)
{
    return std::uint64_t(std::uint32_t(left)) << 32 | std::uint32_t(right);
}

}  // namespace

/// Gives every spelling a number: a token's own, or a new one.
struct ByteBpe::Interner {
    const Vocabulary& vocabulary;
    std::unordered_map<std::string, Symbol> extra;

    Symbol operator()(std::string_view spelling)
    {
        if (const auto id = vocabulary.find(spelling))
            return *id;
        const auto next = Symbol(vocabulary.size() + extra.size());
        return extra.try_emplace(std::string(spelling), next).first->second;
    }
};

ByteBpe::ByteBpe(const model::Metadata& metadata)
    : VocabularyTokenizer(Vocabulary::fromMetadata(metadata, defaultsOf(metadata))),
      m_preTokenizerName(preTokenizerName(metadata)), m_preTokenizer(m_preTokenizerName)
{
    Interner interner{vocabulary(), {}};
    for (int byte = 0; byte < 256; ++byte)
        m_byteSymbols[std::size_t(byte)] = interner(byteCharacter(static_cast<unsigned char>(byte)));
    readMerges(metadata, interner);
    m_extraSpellings.resize(interner.extra.size());
    for (const auto& [spelling, symbol] : interner.extra)
        m_extraSpellings[std::size_t(symbol) - vocabulary().size()] = spelling;
}

void ByteBpe::readMerges(const model::Metadata& metadata, Interner& interner)
{
    const auto* merges = metadata.array<std::string>(kMerges);
    if (!merges)
        throw Error(ErrorCode::Malformed, {.problem = metadata.contains(kMerges) ? "the value is not an array of strings" : "the key is missing", .place = std::string(kMerges)});
    // Each merge may name three new spellings.
    if (merges->size() > (std::size_t(std::numeric_limits<Symbol>::max()) - size()) / 4)
        throw Error(ErrorCode::Malformed, {.problem = "too many merges", .place = std::string(kMerges)});
    m_rules.reserve(merges->size());
    for (std::size_t rank = 0; rank < merges->size(); ++rank) {
        const std::string& merge = (*merges)[rank];
        const std::size_t space = merge.find(' ', 1);  // a first part may be a space itself
        if (space == merge.npos)
            throw Error(ErrorCode::Malformed, {.problem = "merge " + std::to_string(rank) + " is not two parts with a space between", .place = std::string(kMerges)});
        const std::string left = merge.substr(0, space), right = merge.substr(space + 1);
        const auto pair = pairOf(interner(left), interner(right));
        m_rules.try_emplace(pair, Rule{std::uint32_t(rank), interner(left + right)});
    }
}

void ByteBpe::encodeText(std::string_view text, bool, std::vector<Id>& ids) const
{
    const std::string repaired = repairedUtf8(text);
    std::vector<Symbol> symbols;
    for (const std::string_view word : m_preTokenizer.split(repaired))
        encodeWord(word, symbols, ids);
}

void ByteBpe::encodeWord(std::string_view word, std::vector<Symbol>& symbols, std::vector<Id>& ids) const
{
    if (m_preTokenizer.wholeWordsFirst() && word.size() <= vocabulary().longestSpelling()) {
        if (const auto id = vocabulary().find(toByteCharacters(word))) {
            ids.push_back(*id);
            return;
        }
    }
    symbols.clear();
    for (const char byte : word)
        symbols.push_back(m_byteSymbols[static_cast<unsigned char>(byte)]);
    mergeNeighbours(symbols, [&](Symbol left, Symbol right) -> std::optional<Merge<Symbol>> {
        const auto rule = m_rules.find(pairOf(left, right));
        return rule == m_rules.end() ? std::nullopt : std::optional(Merge<Symbol>{double(rule->second.rank), rule->second.merged});
    });
    for (const Symbol symbol : symbols)
        append(symbol, ids);
}

void ByteBpe::append(Symbol symbol, std::vector<Id>& ids) const
{
    if (vocabulary().contains(symbol)) {
        ids.push_back(symbol);
        return;
    }
    // A spelling that merges made but the vocabulary lacks: its characters one by one.
    std::string_view rest = m_extraSpellings[std::size_t(symbol) - size()];
    while (!rest.empty()) {
        const std::string_view character = rest.substr(0, stepUtf8(rest).size);
        if (const auto id = vocabulary().find(character))
            ids.push_back(*id);
        else if (vocabulary().unknown)
            ids.push_back(*vocabulary().unknown);
        rest.remove_prefix(character.size());
    }
}

std::string ByteBpe::textBytes(Id id) const
{
    return fromByteCharacters(vocabulary().spelling(id));
}

}  // namespace halftone::token
