// SPDX-License-Identifier: Apache-2.0
#include "core/token/vocabulary.h"

#include "core/base/error.h"
#include "core/model/metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace halftone::token {

namespace {

constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
constexpr std::string_view kScores = "tokenizer.ggml.scores";
constexpr std::string_view kTypes = "tokenizer.ggml.token_type";

/// Spellings that end an answer whatever the file says of them: chat formats put them in without naming them.
constexpr std::array<std::string_view, 18> kEndings = {
    "<|eot_id|>",      "<|eom_id|>",
    "<|im_end|>",      "<|end|>",
    "<|return|>",      "<|call|>",
    "<end_of_turn>",   "<|endoftext|>",
    "<|end_of_text|>", "<EOT>",
    "_<EOT>",          "<|EOT|>",
    "[EOT]",           "[EOS]",
    "<eos>",           "<end_of_utterance>",
    "<turn|>",         "<｜end▁of▁sentence｜>",
};

[[noreturn]] void malformed(std::string problem, std::string_view key)
{
    throw Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = std::string(key)});
}

void checkCount(std::size_t count, std::size_t tokens, std::string_view key)
{
    if (count < tokens)
        malformed(std::to_string(count) + " entries for " + std::to_string(tokens) + " tokens", key);
}

bool flag(const model::Metadata& metadata, std::string_view key, bool otherwise)
{
    if (!metadata.contains(key))
        return otherwise;
    const auto value = metadata.boolean(key);
    if (!value)
        malformed("the value is not a boolean", key);
    return *value;
}

TokenType tokenType(std::int64_t number)
{
    return number >= 1 && number <= 6 ? static_cast<TokenType>(number) : TokenType::Normal;
}

}  // namespace

Vocabulary Vocabulary::fromMetadata(const model::Metadata& metadata, const VocabularyDefaults& defaults)
{
    Vocabulary vocabulary;
    vocabulary.readTokens(metadata);
    vocabulary.readScores(metadata);
    vocabulary.readTypes(metadata);
    vocabulary.readSpecialIds(metadata, defaults);
    vocabulary.markEndOfGeneration(metadata);
    return vocabulary;
}

std::optional<Id> Vocabulary::find(std::string_view spelling) const
{
    if (spelling.size() > m_longest)  // spares hashing a text no token can equal
        return std::nullopt;
    const auto found = m_index.find(spelling);
    return found == m_index.end() ? std::nullopt : std::optional(found->second);
}

void Vocabulary::readTokens(const model::Metadata& metadata)
{
    const auto* tokens = metadata.array<std::string>(kTokens);
    if (!tokens)
        malformed(metadata.contains(kTokens) ? "the value is not an array of strings" : "the key is missing", kTokens);
    if (tokens->empty())
        malformed("the vocabulary is empty", kTokens);
    if (tokens->size() > std::size_t(std::numeric_limits<Id>::max()))
        malformed("more tokens than ids", kTokens);
    m_spellings = *tokens;
    m_index.reserve(m_spellings.size());
    for (std::size_t i = 0; i < m_spellings.size(); ++i) {
        if (m_spellings[i].empty())
            continue;
        m_index[m_spellings[i]] = Id(i);
        m_longest = std::max(m_longest, m_spellings[i].size());
    }
}

void Vocabulary::readScores(const model::Metadata& metadata)
{
    if (!metadata.contains(kScores))
        return;
    const auto* scores = metadata.array<float>(kScores);
    if (!scores)
        malformed("the value is not an array of floats", kScores);
    checkCount(scores->size(), size(), kScores);
    m_scores.assign(scores->begin(), scores->begin() + std::ptrdiff_t(size()));
    // A score that compares with nothing would make the order of merges depend on the sort.
    std::replace_if(
        m_scores.begin(), m_scores.end(), [](float score) { return std::isnan(score); }, -std::numeric_limits<float>::infinity());
}

void Vocabulary::readTypes(const model::Metadata& metadata)
{
    if (!metadata.contains(kTypes))
        return;
    const auto read = [&](const auto& numbers) {
        checkCount(numbers.size(), size(), kTypes);
        m_types.reserve(size());
        for (std::size_t i = 0; i < size(); ++i)
            m_types.push_back(tokenType(numbers[i]));
    };
    if (const auto* numbers = metadata.array<std::int32_t>(kTypes))
        read(*numbers);
    else if (const auto* unsignedNumbers = metadata.array<std::uint32_t>(kTypes))
        read(*unsignedNumbers);
    else
        malformed("the value is not an array of 32-bit integers", kTypes);
}

std::optional<Id> Vocabulary::specialId(const model::Metadata& metadata, std::string_view key, std::optional<Id> otherwise) const
{
    if (!metadata.contains(key))
        return otherwise && contains(*otherwise) ? otherwise : std::nullopt;
    const auto id = metadata.integer(key);
    if (!id)
        malformed("the value is not an integer", key);
    if (*id == -1 || *id == std::numeric_limits<std::uint32_t>::max())  // some converters write "none" so
        return std::nullopt;
    if (*id < 0 || std::uint64_t(*id) >= size())
        malformed("token " + std::to_string(*id) + " of a vocabulary of " + std::to_string(size()), key);
    return Id(*id);
}

void Vocabulary::readSpecialIds(const model::Metadata& metadata, const VocabularyDefaults& defaults)
{
    const auto id = [&](std::string_view key, std::optional<Id> otherwise) { return specialId(metadata, key, otherwise); };
    // BERT's [CLS] does the work of BOS.
    bos = id("tokenizer.ggml.bos_token_id", id("tokenizer.ggml.cls_token_id", defaults.bos));
    eos = id("tokenizer.ggml.eos_token_id", defaults.eos);
    unknown = id("tokenizer.ggml.unknown_token_id", defaults.unknown);
    // The first spelling is a slip that became the format.
    separator = id("tokenizer.ggml.seperator_token_id", id("tokenizer.ggml.separator_token_id", defaults.separator));
    addBos = flag(metadata, "tokenizer.ggml.add_bos_token", defaults.addBos) && bos;
    addEos = flag(metadata, "tokenizer.ggml.add_eos_token", defaults.addEos) && eos;
    addSeparator = flag(metadata, "tokenizer.ggml.add_sep_token", defaults.addSeparator) && separator;
    addSpacePrefix = flag(metadata, "tokenizer.ggml.add_space_prefix", defaults.addSpacePrefix);
}

void Vocabulary::markEndOfGeneration(const model::Metadata& metadata)
{
    m_endsGeneration.assign(size(), 0);
    for (const std::string_view spelling : kEndings) {
        const auto id = find(spelling);
        if (!id)
            continue;
        m_endsGeneration[std::size_t(*id)] = 1;
        // It is a control token even where the converter forgot to say so.
        if (type(*id) == TokenType::Normal && !m_types.empty())
            m_types[std::size_t(*id)] = TokenType::Control;
    }
    const auto mark = [&](std::optional<Id> id) {
        if (id)
            m_endsGeneration[std::size_t(*id)] = 1;
    };
    mark(eos);
    for (const char* kind : {"eot", "eom", "fim_pad", "fim_rep", "fim_sep"})
        mark(specialId(metadata, std::string("tokenizer.ggml.").append(kind).append("_token_id"), std::nullopt));
    // gpt-oss thinks in one message and answers in the next: <|end|> stands between them, <|return|> and <|call|> end.
    if (const auto end = find("<|end|>"); end && find("<|return|>") && find("<|call|>"))
        m_endsGeneration[std::size_t(*end)] = 0;
}

}  // namespace halftone::token
