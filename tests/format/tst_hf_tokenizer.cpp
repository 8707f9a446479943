// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/hf/general_metadata.h"
#include "core/format/hf/model_card.h"
#include "core/format/hf/pre_tokenizer_name.h"
#include "core/format/hf/sentencepiece_model.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"
#include "tests/format/hf_folder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <optional>

using namespace halftone;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

using Strings = std::vector<std::string>;
using Numbers = std::vector<std::int32_t>;

constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// A protocol-buffer message written field by field.
class Proto {
public:
    Proto& varint(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            m_bytes += char(value | 0x80);
        m_bytes += char(value);
        return *this;
    }
    Proto& integer(unsigned field, std::uint64_t value) { return varint(field << 3).varint(value); }
    Proto& real(unsigned field, float value)
    {
        varint(field << 3 | 5);
        m_bytes += packed<float>({value});
        return *this;
    }
    Proto& bytes(unsigned field, const std::string& value)
    {
        varint(field << 3 | 2).varint(value.size());
        m_bytes += value;
        return *this;
    }
    Proto& piece(const std::string& text, float score, unsigned kind = 1)
    {
        Proto piece;
        piece.bytes(1, text).real(2, score);
        if (kind != 1)
            piece.integer(3, kind);
        return bytes(1, piece.string());
    }
    const std::string& string() const { return m_bytes; }

private:
    std::string m_bytes;
};

/// <unk>, two controls, a byte, and a few pieces that merge to "▁ab".
std::string sentencePieceFile(bool unigram = false, bool dummyPrefix = true)
{
    Proto model;
    model.piece("<unk>", 0, 2).piece("<s>", 0, 3).piece("</s>", 0, 3).piece("<0x0A>", 0, 6);
    model.piece("▁a", -1).piece("▁ab", -2).piece("▁", -3).piece("a", -4).piece("b", -5);
    model.bytes(2, Proto().integer(3, unigram ? 1 : 2).integer(4, 9).string());
    if (!dummyPrefix)
        model.bytes(3, Proto().bytes(1, "identity").integer(3, 0).string());
    return model.string();
}

json split(const std::string& regex)
{
    return {{"type", "Split"}, {"pattern", {{"Regex", regex}}}, {"behavior", "Isolated"}, {"invert", false}};
}
json byteLevel(bool regex)
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", regex}};
}
json digits(bool individual)
{
    return {{"type", "Digits"}, {"individual_digits", individual}};
}
json sequence(std::vector<json> parts)
{
    return {{"type", "Sequence"}, {"pretokenizers", parts}};
}

std::string preNameOf(const json& preTokenizer, const std::string& modelType, bool ignoreMerges = false)
{
    format::hf::TokenizerJson tokenizer;
    tokenizer.rest = {{"pre_tokenizer", preTokenizer}, {"model", {{"ignore_merges", ignoreMerges}}}};
    const auto name = format::hf::preTokenizerName(tokenizer, modelType);
    return std::string(name.certain ? "" : "?").append(name.name);
}

}  // namespace

class TestHfTokenizer : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<HfFolder> m_folder;

    std::shared_ptr<const model::Model> open() const { return format::openModel(m_folder->path()); }
    void putTokenizer(const json& changes) const
    {
        json tokenizer = HfFolder::tokenizer();
        tokenizer.update(changes);
        m_folder->put("tokenizer.json", tokenizer);
    }
    void putVocabularySize(int size) const
    {
        json config = HfFolder::llamaConfig();
        config["vocab_size"] = size;
        m_folder->put("config.json", config);
    }
    std::string problemOf() const
    {
        try {
            open();
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<HfFolder>(fromUtf8(m_dir->path().toStdString()));
        m_folder->putLlama();
    }

    void byteLevelTokensAreTakenOver()
    {
        const auto model = open();
        const model::Metadata& metadata = model->metadata();
        QCOMPARE(metadata.string("tokenizer.ggml.model"), std::optional<std::string_view>("gpt2"));
        QCOMPARE(metadata.string("tokenizer.ggml.pre"), std::optional<std::string_view>("gpt-2"));
        QCOMPARE(*metadata.array<std::string>("tokenizer.ggml.tokens"), (Strings{"a", "b", "c", "ab", "abc", "<|end|>"}));
        QCOMPARE(*metadata.array<std::int32_t>("tokenizer.ggml.token_type"), (Numbers{1, 1, 1, 1, 1, 3}));
        QCOMPARE(*metadata.array<std::string>("tokenizer.ggml.merges"), (Strings{"a b", "ab c"}));
        QVERIFY(!metadata.contains("tokenizer.ggml.scores"));
        const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
        QCOMPARE(tokenizer->encode("abcab", {.addSpecial = false}), (std::vector<token::Id>{4, 3}));
    }

    void mergesInPairsAreTheSame()
    {
        json tokenizer = HfFolder::tokenizer();
        tokenizer["model"]["merges"] = json::parse(R"([["a","b"],["ab","c"],[" ","a"]])");
        m_folder->put("tokenizer.json", tokenizer);
        QCOMPARE(*open()->metadata().array<std::string>("tokenizer.ggml.merges"), (Strings{"a b", "ab c", "Ġ a"}));
        tokenizer["model"]["merges"] = json::parse(R"([["a","b"],["ab"]])");
        m_folder->put("tokenizer.json", tokenizer);
        QVERIFY(contains(problemOf(), "is half"));
    }

    void addedTokensHaveTheirKinds()
    {
        putVocabularySize(10);
        putTokenizer({{"added_tokens",
                       {{{"id", 5}, {"content", "<|end|>"}, {"special", false}},
                        {{"id", 6}, {"content", "▁plain"}, {"special", false}},
                        {{"id", 8}, {"content", "<s>"}, {"special", true}},
                        {{"id", 12}, {"content", "beyond"}, {"special", true}}}}});
        const auto model = open();
        QCOMPARE(*model->metadata().array<std::string>("tokenizer.ggml.tokens"),
                 (Strings{"a", "b", "c", "ab", "abc", "<|end|>", " plain", "[PAD7]", "<s>", "[PAD9]"}));
        QCOMPARE(*model->metadata().array<std::int32_t>("tokenizer.ggml.token_type"), (Numbers{1, 1, 1, 1, 1, 3, 4, 5, 3, 5}));
        QCOMPARE(model->warnings().size(), std::size_t(1));
        QVERIFY(contains(model::textOf(model->warnings().front()), "1 tokens"));
    }

    void specialTokensAreFoundByNameThenById()
    {
        putVocabularySize(9);
        putTokenizer(
            {{"added_tokens",
              {{{"id", 5}, {"content", "<|end|>"}, {"special", true}}, {{"id", 6}, {"content", "<|begin|>"}, {"special", true}}}},
             {"post_processor",
              {{"type", "TemplateProcessing"}, {"single", {{{"SpecialToken", {{"id", "<|begin|>"}}}}, {{"Sequence", {{"id", "A"}}}}}}}}});
        m_folder->put("tokenizer_config.json",
                      json{{"bos_token", "<|begin|>"},
                           {"eos_token", {{"content", "<|end|>"}}},
                           {"add_eos_token", false},
                           {"chat_template", "{{ messages }}"}});
        json config = HfFolder::llamaConfig();
        config.update({{"vocab_size", 9}, {"bos_token_id", 1}, {"pad_token_id", 2}, {"eos_token_id", {5, 6}}});
        m_folder->put("config.json", config);
        const auto model = open();
        const model::Metadata& metadata = model->metadata();
        QCOMPARE(metadata.integer("tokenizer.ggml.bos_token_id"), std::optional<std::int64_t>(6));
        QCOMPARE(metadata.integer("tokenizer.ggml.eos_token_id"), std::optional<std::int64_t>(5));
        QCOMPARE(metadata.integer("tokenizer.ggml.padding_token_id"), std::optional<std::int64_t>(2));
        QCOMPARE(metadata.boolean("tokenizer.ggml.add_bos_token"), std::optional(true));
        QVERIFY(!metadata.contains("tokenizer.ggml.add_eos_token"));
        QCOMPARE(metadata.string("tokenizer.chat_template"), std::optional<std::string_view>("{{ messages }}"));
    }

    void aTemplateOfItsOwnFileIsRead()
    {
        m_folder->put("chat_template.jinja", std::string("{% for m in messages %}{% endfor %}"));
        QCOMPARE(open()->metadata().string("tokenizer.chat_template"),
                 std::optional<std::string_view>("{% for m in messages %}{% endfor %}"));
        m_folder->put("tokenizer_config.json",
                      json{{"chat_template", {{{"name", "default"}, {"template", "D"}}, {{"name", "tool_use"}, {"template", "T"}}}}});
        const auto model = open();
        QCOMPARE(model->metadata().string("tokenizer.chat_template"), std::optional<std::string_view>("D"));
        QCOMPARE(model->metadata().string("tokenizer.chat_template.tool_use"), std::optional<std::string_view>("T"));
        QCOMPARE(*model->metadata().array<std::string>("tokenizer.chat_templates"), (Strings{"tool_use"}));
    }

    void sentencePieceIsRead()
    {
        putVocabularySize(11);
        m_folder->put("tokenizer.model", sentencePieceFile());
        m_folder->put("tokenizer_config.json",
                      json{{"add_bos_token", false}, {"added_tokens_decoder", {{"9", {{"content", "<|x|>"}, {"special", false}}}}}});
        const auto model = open();
        const model::Metadata& metadata = model->metadata();
        QCOMPARE(metadata.string("tokenizer.ggml.model"), std::optional<std::string_view>("llama"));
        QCOMPARE(metadata.string("tokenizer.ggml.pre"), std::optional<std::string_view>("default"));
        QCOMPARE(*metadata.array<std::string>("tokenizer.ggml.tokens"),
                 (Strings{"<unk>", "<s>", "</s>", "<0x0A>", "▁a", "▁ab", "▁", "a", "b", "<|x|>", "[PAD10]"}));
        QCOMPARE(*metadata.array<std::int32_t>("tokenizer.ggml.token_type"), (Numbers{2, 3, 3, 6, 1, 1, 1, 1, 1, 3, 5}));
        QCOMPARE(*metadata.array<float>("tokenizer.ggml.scores"), (std::vector<float>{0, 0, 0, 0, -1, -2, -3, -4, -5, -1000, -10000}));
        QCOMPARE(metadata.boolean("tokenizer.ggml.add_bos_token"), std::optional(false));
        QVERIFY(!metadata.contains("tokenizer.ggml.add_space_prefix"));
        QVERIFY(model->warnings().empty());
        QCOMPARE(token::Tokenizer::fromMetadata(metadata)->encode("ab\n"), (std::vector<token::Id>{5, 3}));
    }

    void sentencePiecesPropertiesAreKept()
    {
        putVocabularySize(9);
        m_folder->put("tokenizer.model", sentencePieceFile(true, false));
        const auto model = open();
        QCOMPARE(model->metadata().boolean("tokenizer.ggml.add_space_prefix"), std::optional(false));
        QVERIFY(contains(model::textOf(model->warnings().front()), "Unigram"));
    }

    void brokenSentencePieceIsNamed()
    {
        const std::string whole = sentencePieceFile();
        for (std::size_t size = 0; size < whole.size(); ++size) {
            // Fields are whole or not: a cut between two of them leaves a shorter vocabulary.
            try {
                const std::string cut = whole.substr(0, size);
                format::hf::readSentencePiece(std::as_bytes(std::span(cut)));
            } catch (const Error& error) {
                QVERIFY(error.code() == ErrorCode::Malformed);
            }
        }
        const auto problem = [](const std::string& bytes) {
            try {
                format::hf::readSentencePiece(std::as_bytes(std::span(bytes)));
            } catch (const Error& error) {
                return error.problem();
            }
            return std::string();
        };
        QVERIFY(contains(problem(""), "no piece"));
        QVERIFY(contains(problem(Proto().piece("a", 0, 7).string()), "kind 7"));
        QVERIFY(contains(problem(Proto().piece("a", std::nanf("")).string()), "not a number"));
        QVERIFY(contains(problem(std::string("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11)), "takes 18446744073709551615 bytes"));
        QVERIFY(contains(problem(std::string(11, '\xFF')), "more than ten bytes"));
        QVERIFY(contains(problem(std::string("\x0B", 1)), "wire type 3"));
        QVERIFY(contains(problem(std::string("\x02\x01", 2)), "number is 0"));
    }

    /// A SentencePiece model that only exists as tokenizer.json: the order of merges stands for the scores.
    void sentencePieceFromItsJson()
    {
        putVocabularySize(9);
        m_folder->put(
            "tokenizer.json",
            json{{"added_tokens",
                  {{{"id", 0}, {"content", "<unk>"}, {"special", true}}, {{"id", 1}, {"content", "<s>"}, {"special", true}}}},
                 {"normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Prepend"}, {"prepend", "▁"}}}}}},
                 {"model",
                  {{"type", "BPE"},
                   {"byte_fallback", true},
                   {"vocab", {{"<unk>", 0}, {"<s>", 1}, {"<0x0A>", 2}, {"▁", 3}, {"a", 4}, {"b", 5}, {"▁a", 6}, {"ab", 7}, {"▁ab", 8}}},
                   {"merges", {"a b", "▁ a", "▁a b", "▁ ab"}}}}});
        const auto model = open();
        const model::Metadata& metadata = model->metadata();
        QCOMPARE(metadata.string("tokenizer.ggml.model"), std::optional<std::string_view>("llama"));
        QCOMPARE(*metadata.array<std::int32_t>("tokenizer.ggml.token_type"), (Numbers{2, 3, 6, 1, 1, 1, 1, 1, 1}));
        QCOMPARE(*metadata.array<float>("tokenizer.ggml.scores"), (std::vector<float>{0, -1000, 0, -4, -4, -4, -1, 0, -2}));
        QVERIFY(!metadata.contains("tokenizer.ggml.add_space_prefix"));
    }

    void preTokenizersAreToldByTheirRule()
    {
        const std::string qwen2 =
            R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
        QCOMPARE(preNameOf(sequence({split(kLlama3), byteLevel(false)}), "llama", true), std::string("llama-bpe"));
        QCOMPARE(preNameOf(sequence({split(kLlama3), byteLevel(false)}), "dbrx"), std::string("dbrx"));
        QCOMPARE(preNameOf(sequence({split(qwen2), byteLevel(false)}), "qwen2"), std::string("qwen2"));
        QCOMPARE(preNameOf(sequence({split(qwen2), byteLevel(false)}), "stablelm"), std::string("stablelm2"));
        QCOMPARE(preNameOf(byteLevel(true), "gpt2"), std::string("gpt-2"));
        QCOMPARE(preNameOf(sequence({split(R"(\p{N}+)"), split(R"((?=(\d{3})+(?!\d)))"), byteLevel(false)}), "olmo2"), std::string("superbpe"));
        QCOMPARE(preNameOf(byteLevel(true), "phi"), std::string("phi-2"));
        QCOMPARE(preNameOf(sequence({digits(true), byteLevel(true)}), "starcoder2"), std::string("starcoder"));
        QCOMPARE(preNameOf(sequence({digits(true), byteLevel(true)}), "llama"), std::string("smollm"));
        QCOMPARE(preNameOf(sequence({json{{"type", "Punctuation"}}, byteLevel(true), digits(false), split("[0-9][0-9][0-9]")}), "falcon"),
                 std::string("falcon"));
        QCOMPARE(preNameOf(sequence({split("[\r\n]"), split(R"(\s?\p{L}+)"), split(R"(\s?\p{P}+)"), split("[一-龥ࠀ-一가-퟿]+"),
                                     digits(true), byteLevel(false)}),
                           "llama"),
                 std::string("deepseek-coder"));
        QCOMPARE(preNameOf(sequence({split("[a-z]+"), byteLevel(false)}), "llama"), std::string("?default"));
        QCOMPARE(preNameOf(json(), "llama"), std::string("?default"));
    }

    void whatIsNotKnownForSureIsSaid()
    {
        putTokenizer({{"pre_tokenizer", sequence({split("[a-z]+"), byteLevel(false)})}});
        const auto model = open();
        QCOMPARE(model->metadata().string("tokenizer.ggml.pre"), std::optional<std::string_view>("default"));
        QCOMPARE(model->warnings().size(), std::size_t(1));
        QVERIFY(contains(model::textOf(model->warnings().front()), "no known name"));
    }

    void brokenTokenizersAreNamed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("problem");
        const auto row = [](const char* name, const std::string& text, const char* problem) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QString(problem);
        };
        row("no JSON", "{", "not valid JSON");
        row("a list", "[]", "not an object");
        row("no model", "{}", "no model");
        row("id negative", R"({"model":{"type":"BPE","vocab":{"a":-1}}})", "not an integer below");
        row("id huge", R"({"model":{"type":"BPE","vocab":{"a":1e15}}})", "not an integer below");
        row("id a fraction", R"({"model":{"type":"BPE","vocab":{"a":0.5}}})", "not an integer below");
        row("piece twice", R"({"model":{"type":"BPE","vocab":{"a":0,"a":1}}})", "occurs twice");
        row("score missing", R"({"model":{"type":"Unigram","vocab":[["a"],["b",0]]}})", "neither a list of pieces");
        row("score alone", R"({"model":{"type":"Unigram","vocab":[["a",0,1]]}})", "a score without a piece");
        row("merge a number", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[1]}})", "a merge is a number");
        row("merge of three", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[["a","b","c"]]}})", "is half");
        row("added without id", R"({"added_tokens":[{"content":"x"}],"model":{"type":"BPE","vocab":{"a":0}}})", "has no id");
        row("added without content", R"({"added_tokens":[{"id":1}],"model":{"type":"BPE","vocab":{"a":0}}})", "has no content");
    }
    void brokenTokenizersAreNamed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, problem);
        m_folder->put("tokenizer.json", text.toStdString());
        const QString said = QString::fromStdString(problemOf());
        QVERIFY2(said.contains(problem), qPrintable(said));
        QVERIFY2(said.contains("tokenizer.json"), qPrintable(said));
    }

    void aFolderWithoutTokenizerSaysSo()
    {
        fs::remove(m_folder->path() / "tokenizer.json");
        const auto model = open();
        QVERIFY(!model->metadata().contains("tokenizer.ggml.model"));
        QVERIFY(contains(model::textOf(model->warnings().front()), "no tokenizer"));
    }

    void namesAndSizes()
    {
        QCOMPARE(format::hf::titleOf("meta-llama-3.1-8b-instruct"), std::string("Meta Llama 3.1 8b Instruct"));
        QCOMPARE(format::hf::titleOf("SmolLM2-135M"), std::string("SmolLM2 135M"));
        QCOMPARE(format::hf::titleOf("phi-v2"), std::string("Phi v2"));
        QCOMPARE(format::hf::sizeLabel(7'344'384), std::string("7.3M"));
        QCOMPARE(format::hf::sizeLabel(134'515'008), std::string("135M"));
        QCOMPARE(format::hf::sizeLabel(8'030'261'248), std::string("8.0B"));
        QCOMPARE(format::hf::sizeLabel(70'553'706'496), std::string("71B"));
    }

    void modelCardsAreReadAsFarAsTheyAreSimple()
    {
        const auto card = format::hf::readModelCard("---\nlicense: mit  # free\ntags:\n  - 'one'\n  - two\nmodel-index:\n  - name: x\n    "
                                                    "results: []\nempty:\nlist: [a, \"b\"]\n---\nkey: no\n");
        QCOMPARE(card.size(), std::size_t(5));
        QCOMPARE(card[0].values, (Strings{"mit"}));
        QCOMPARE(card[1].values, (Strings{"one", "two"}));
        QVERIFY(card[3].values.empty());
        QCOMPARE(card[4].values, (Strings{"a", "b"}));
        QVERIFY(format::hf::readModelCard("# no front matter\n").empty());
        QVERIFY(format::hf::readModelCard("---\nlicense: mit\n").empty());
    }
};

QTEST_APPLESS_MAIN(TestHfTokenizer)
#include "tst_hf_tokenizer.moc"
