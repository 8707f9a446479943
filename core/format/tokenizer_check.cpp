// SPDX-License-Identifier: Apache-2.0
#include "core/format/tokenizer_check.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"
#include "core/format/hf/config_metadata.h"
#include "core/format/hf/text_file.h"
#include "core/format/hf/tokenizer_metadata.h"
#include "core/format/hf/vocabulary.h"
#include "core/model/model.h"
#include "core/token/pre_tokenizer.h"
#include "core/token/tokenizer.h"

#include <algorithm>
#include <array>

namespace halftone::format {

namespace fs = std::filesystem;

namespace {

using Aspect = TokenizerDifference::Aspect;
using Strings = std::vector<std::string>;

constexpr std::string_view kTokenizerJson = "tokenizer.json", kSentencePieceModel = "tokenizer.model";

/// Where tokenizers tell themselves apart: cases and contractions, numbers, runs of spaces and line ends, punctuation, code, marks,
/// scripts without spaces, letters of two code points, characters that only bytes can spell.
constexpr std::array<std::string_view, 18> kTexts{
    "Once upon a time there was a wolf.",
    " leading, double  and trailing space ",
    "I'm sure THEY'LL say he'd've known; don't you?",
    "3 33 333 3333 33333 3.14159 1,000,000 0x7f",
    "line\nline\n\nline\r\n\tindented\n   \n",
    "...!?!? --- *** (a)[b]{c}<d> \"e\" 'f'",
    "for (int i = 0; i < n; ++i) {\n    sum += a[i] * 2;\n}",
    "https://example.org/a_b-c?d=e&f=%20#g",
    "camelCase snake_case SCREAMING_CASE kebab-case",
    "Größe, façade, naïve, Ærøskøbing, İstanbul",
    "e\u0301tude n\u0303andu",
    "Быстрая лисица прыгает. Ω≈ç√∫",
    "天地玄黄，宇宙洪荒。日月盈昃",
    "これは文章です。カタカナとひらがな",
    "안녕하세요 세계",
    "مرحبا بالعالم नमस्ते दुनिया สวัสดีชาวโลก",
    "🐺 👩‍👩‍👧 🇩🇪 🤷🏽",
    "<s> </s> <unk> [INST] <|im_start|> <|end|>",
};

std::optional<fs::path> fileIn(const fs::path& folder, std::string_view name)
{
    const fs::path path = folder / name;
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) ? std::optional(path) : std::nullopt;
}

/// The file that the folder's tokenizer is read from.
std::optional<fs::path> tokenizerFile(const fs::path& folder)
{
    const auto sentencePiece = fileIn(folder, kSentencePieceModel);
    return sentencePiece ? sentencePiece : fileIn(folder, kTokenizerJson);
}

/// What a converter makes of the folder's tokenizer.
model::Metadata folderTokenizer(const fs::path& folder)
{
    const auto configPath = fileIn(folder, "config.json");
    hf::Config config(configPath ? hf::readJsonFile(*configPath) : nlohmann::json::object());
    const hf::Architecture* architecture = hf::findArchitecture(config.modelClass());
    if (architecture)
        hf::setClassDefaults(config, *architecture);
    model::Metadata metadata;
    std::vector<fs::path> read;
    std::vector<model::Warning> warnings;
    hf::addTokenizerMetadata(folder, config, architecture, metadata, read, warnings);
    if (!metadata.contains("tokenizer.ggml.model"))
        throw Error(ErrorCode::Unsupported,
                    warnings.empty() ? std::string("the tokenizer is of a kind that is not read") : model::textOf(warnings.back()));
    return metadata;
}

std::string text(const std::string& value)
{
    return value;
}
std::string text(std::int32_t value)
{
    return std::to_string(value);
}
std::string text(float value)
{
    return std::to_string(value);
}

std::string idsText(const std::vector<token::Id>& ids)
{
    std::string text;
    for (const token::Id id : ids)
        text.append(text.empty() ? "" : " ").append(std::to_string(id));
    return text;
}

/// The GGUF file's side and the files' side of one comparison.
class Comparison {
public:
    Comparison(const model::Metadata& ours, const model::Metadata& theirs, bool exactScores)
        : m_ours(ours),
          m_theirs(theirs),
          m_exactScores(exactScores),
          m_ourTokenizer(token::Tokenizer::fromMetadata(ours)),
          m_theirTokenizer(token::Tokenizer::fromMetadata(theirs))
    {
    }

    TokenizerCheck run()
    {
        if (m_ourTokenizer->kind() != m_theirTokenizer->kind())
            add({Aspect::Kind, 1, std::string(m_ourTokenizer->kind()), std::string(m_theirTokenizer->kind())});
        else
            compareSplitting();
        compareTokens<std::string>("tokenizer.ggml.tokens", Aspect::Tokens);
        compareTokens<std::int32_t>("tokenizer.ggml.token_type", Aspect::Types);
        if (m_exactScores)
            compareTokens<float>("tokenizer.ggml.scores", Aspect::Scores);
        compareMerges();
        compareEnds();
        compareEncoding();
        return std::move(m_check);
    }

private:
    void add(TokenizerDifference difference) { m_check.differences.push_back(std::move(difference)); }

    /// Several names share a rule, so the words decide.
    void compareSplitting()
    {
        const auto ours = m_ourTokenizer->preTokenizer(), theirs = m_theirTokenizer->preTokenizer();
        const bool named = m_theirs.string("tokenizer.ggml.model") == "gpt2";
        m_check.splittingKnown = !named || theirs != "default";
        if (!named || !m_check.splittingKnown || ours == theirs)
            return;
        const token::PreTokenizer ourRule(ours), theirRule(theirs);
        const auto differ = [&](std::string_view text) { return ourRule.split(text) != theirRule.split(text); };
        if (!ourRule.known() || ourRule.wholeWordsFirst() != theirRule.wholeWordsFirst() || std::ranges::any_of(kTexts, differ))
            add({Aspect::Splitting, 1, std::string(ours), std::string(theirs)});
    }

    static bool unused(const model::Metadata& metadata, std::size_t id)
    {
        const auto* types = metadata.array<std::int32_t>("tokenizer.ggml.token_type");
        return types && id < types->size() && (*types)[id] == std::int32_t(hf::TokenKind::Unused);
    }

    /// A list with an entry for each token. A token that is unused on one side and missing or unused on the other is the same.
    template <class T>
    void compareTokens(const char* key, Aspect aspect)
    {
        const auto *ours = m_ours.array<T>(key), *theirs = m_theirs.array<T>(key);
        if (!ours || !theirs)
            return;
        const auto idle = [](const model::Metadata& metadata, const auto& list, std::size_t id) {
            return id >= list.size() || unused(metadata, id);
        };
        TokenizerDifference difference{aspect, 0, {}, {}};
        for (std::size_t id = 0; id < std::max(ours->size(), theirs->size()); ++id) {
            if (idle(m_ours, *ours, id) && idle(m_theirs, *theirs, id))
                continue;
            if (id < ours->size() && id < theirs->size() && (*ours)[id] == (*theirs)[id])
                continue;
            if (difference.count++ == 0) {
                difference.ours = id < ours->size() ? text((*ours)[id]) : std::string();
                difference.theirs = id < theirs->size() ? text((*theirs)[id]) : std::string();
            }
        }
        if (difference.count > 0)
            add(std::move(difference));
    }

    void compareMerges()
    {
        const auto *ours = m_ours.array<std::string>("tokenizer.ggml.merges"),
                   *theirs = m_theirs.array<std::string>("tokenizer.ggml.merges");
        if (!ours || !theirs || *ours == *theirs)
            return;
        const auto [a, b] = std::ranges::mismatch(*ours, *theirs);
        const std::size_t common = std::min(ours->size(), theirs->size());
        std::size_t count = std::max(ours->size(), theirs->size()) - common;
        for (std::size_t i = 0; i < common; ++i)
            count += (*ours)[i] != (*theirs)[i];
        add({Aspect::Merges, count, a == ours->end() ? std::string() : *a, b == theirs->end() ? std::string() : *b});
    }

    static std::string spelled(const token::Tokenizer& tokenizer, std::optional<token::Id> id)
    {
        return id && *id >= 0 && std::size_t(*id) < tokenizer.size() ? std::string(tokenizer.spelling(*id)) : std::string();
    }

    void compareEnds()
    {
        const auto end = [](const token::Tokenizer& tokenizer) { return spelled(tokenizer, tokenizer.eos()); };
        const auto begin = [](const token::Tokenizer& tokenizer) {
            return tokenizer.addsBos() ? spelled(tokenizer, tokenizer.bos()) : std::string();
        };
        if (begin(*m_ourTokenizer) != begin(*m_theirTokenizer))
            add({Aspect::Begin, 1, begin(*m_ourTokenizer), begin(*m_theirTokenizer)});
        // Files that name no end say nothing against one.
        if (m_theirs.contains("tokenizer.ggml.eos_token_id") && end(*m_ourTokenizer) != end(*m_theirTokenizer))
            add({Aspect::End, 1, end(*m_ourTokenizer), end(*m_theirTokenizer)});
    }

    void compareEncoding()
    {
        TokenizerDifference difference{Aspect::Encoding, 0, {}, {}};
        for (const std::string_view text : kTexts) {
            const token::EncodeOptions options{.addSpecial = false, .parseSpecial = true};
            const auto ours = m_ourTokenizer->encode(text, options), theirs = m_theirTokenizer->encode(text, options);
            ++m_check.texts;
            if (ours != theirs && difference.count++ == 0) {
                difference.ours = idsText(ours);
                difference.theirs = idsText(theirs);
            }
        }
        if (difference.count > 0)
            add(std::move(difference));
    }

    const model::Metadata &m_ours, &m_theirs;
    bool m_exactScores;
    std::shared_ptr<const token::Tokenizer> m_ourTokenizer, m_theirTokenizer;
    TokenizerCheck m_check;
};

}  // namespace

TokenizerSource tokenizerSource(const model::Model& model)
{
    if (!model.metadata().contains("tokenizer.ggml.model"))
        return TokenizerSource::None;
    if (model.isGguf())
        return TokenizerSource::Metadata;
    const auto read = [paths = model.paths()](std::string_view name) {
        return std::ranges::any_of(paths, [name](const fs::path& path) { return path.filename() == name; });
    };
    return read(kSentencePieceModel) ? TokenizerSource::SentencePieceModel : TokenizerSource::TokenizerJson;
}

std::string_view name(TokenizerSource source)
{
    constexpr std::array<std::string_view, 4> kNames{"", "GGUF metadata", kTokenizerJson, kSentencePieceModel};
    return kNames[std::size_t(source)];
}

std::string_view name(TokenizerDifference::Aspect aspect)
{
    constexpr std::array<std::string_view, 9> kNames{"kind",   "splitting", "tokens", "types",   "merges",
                                                     "scores", "begin",     "end",    "encoding"};
    return kNames[std::size_t(aspect)];
}

std::optional<TokenizerCheck> checkTokenizer(const model::Model& model)
{
    if (tokenizerSource(model) != TokenizerSource::Metadata)
        return std::nullopt;
    const fs::path folder = model.paths().front().parent_path();
    const auto file = tokenizerFile(folder);
    if (!file)
        return std::nullopt;
    try {
        const model::Metadata theirs = folderTokenizer(folder);
        TokenizerCheck check = Comparison(model.metadata(), theirs, file->filename() == kSentencePieceModel).run();
        check.file = *file;
        return check;
    } catch (const Error& error) {
        throw error.inFile(toUtf8(*file));
    }
}

}  // namespace halftone::format
