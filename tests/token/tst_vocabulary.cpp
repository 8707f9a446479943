// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/metadata.h"
#include "core/token/tokenizer.h"

#include <QtTest>

#include <functional>
#include <limits>

using namespace halftone;
using model::Array;
using model::Metadata;
using Strings = std::vector<std::string>;
using Ids = std::vector<token::Id>;
using Change = std::function<void(Metadata&)>;
Q_DECLARE_METATYPE(Change)

namespace {

Metadata bpe()
{
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("gpt2"));
    metadata.set("tokenizer.ggml.pre", std::string("gpt-2"));
    metadata.set("tokenizer.ggml.tokens", Array(Strings{"a", "b", "c", "ab", "abc", "Ġ", "<end>"}));
    metadata.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{1, 1, 1, 1, 1, 1, 3}));
    metadata.set("tokenizer.ggml.merges", Array(Strings{"a b", "ab c"}));
    metadata.set("tokenizer.ggml.eos_token_id", std::uint32_t(6));
    return metadata;
}

Metadata spm()
{
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("llama"));
    metadata.set("tokenizer.ggml.tokens", Array(Strings{"<unk>", "<s>", "</s>", "<0x41>", "a", "b", "ab", "▁"}));
    metadata.set("tokenizer.ggml.scores", Array(std::vector<float>{0, 0, 0, 0, -1, -2, -3, -4}));
    metadata.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{2, 3, 3, 6, 1, 1, 1, 1}));
    return metadata;
}

void setTokens(Metadata& metadata, Strings tokens)
{
    metadata.set("tokenizer.ggml.tokens", Array(std::move(tokens)));
}

Ids encoded(const Metadata& metadata, std::string_view text)
{
    return token::Tokenizer::fromMetadata(metadata)->encode(text, {.addSpecial = false});
}

}  // namespace

class TestVocabulary : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smallVocabulariesWork()
    {
        QCOMPARE(encoded(bpe(), "abc ab"), (Ids{4, 5, 3}));
        QCOMPARE(encoded(spm(), "abA"), (Ids{7, 6, 3}));
        QCOMPARE(encoded(spm(), "z"), (Ids{7, 0}));
    }

    void brokenMetadataNamesTheKey_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("sentencePiece");
        QTest::addColumn<QString>("key");
        const auto row = [](const char* name, bool sentencePiece, const char* key, Change change) {
            QTest::addRow("%s", name) << change << sentencePiece << QString("tokenizer.ggml.%1").arg(key);
        };
        row("no tokens", false, "tokens", [](Metadata& m) { m.erase("tokenizer.ggml.tokens"); });
        row("empty vocabulary", false, "tokens", [](Metadata& m) { setTokens(m, {}); });
        row("tokens are numbers", false, "tokens", [](Metadata& m) {
            m.set("tokenizer.ggml.tokens", Array(std::vector<std::int32_t>{1, 2}));
        });
        row("tokens are one string", true, "tokens", [](Metadata& m) { m.set("tokenizer.ggml.tokens", std::string("a")); });
        row("no merges", false, "merges", [](Metadata& m) { m.erase("tokenizer.ggml.merges"); });
        row("merges are numbers", false, "merges", [](Metadata& m) { m.set("tokenizer.ggml.merges", Array(std::vector<float>{1})); });
        row("merge of one part", false, "merges", [](Metadata& m) { m.set("tokenizer.ggml.merges", Array(Strings{"ab"})); });
        row("empty merge", false, "merges", [](Metadata& m) { m.set("tokenizer.ggml.merges", Array(Strings{""})); });
        row("few scores", true, "scores", [](Metadata& m) { m.set("tokenizer.ggml.scores", Array(std::vector<float>{0, 0})); });
        row("scores are strings", true, "scores", [](Metadata& m) { m.set("tokenizer.ggml.scores", Array(Strings{"x"})); });
        row("few types", true, "token_type", [](Metadata& m) { m.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{1})); });
        row("types are floats", true, "token_type",
            [](Metadata& m) { m.set("tokenizer.ggml.token_type", Array(std::vector<float>(8, 1))); });
        row("EOS beyond the vocabulary", false, "eos_token_id",
            [](Metadata& m) { m.set("tokenizer.ggml.eos_token_id", std::uint32_t(7)); });
        row("huge BOS", true, "bos_token_id", [](Metadata& m) { m.set("tokenizer.ggml.bos_token_id", std::int64_t(1) << 40); });
        row("negative unknown", true, "unknown_token_id", [](Metadata& m) { m.set("tokenizer.ggml.unknown_token_id", std::int32_t(-5)); });
        row("BOS is text", true, "bos_token_id", [](Metadata& m) { m.set("tokenizer.ggml.bos_token_id", std::string("<s>")); });
        row("EOT beyond the vocabulary", false, "eot_token_id",
            [](Metadata& m) { m.set("tokenizer.ggml.eot_token_id", std::uint32_t(99)); });
        row("add_bos is a number", true, "add_bos_token", [](Metadata& m) { m.set("tokenizer.ggml.add_bos_token", std::uint32_t(1)); });
        row("negative byte token", true, "tokens", [](Metadata& m) {
            setTokens(m, {"<unk>", "<s>", "</s>", "<0x-1>", "a", "b", "ab", "▁"});
        });
        row("long byte token", true, "tokens", [](Metadata& m) { setTokens(m, {"<unk>", "<s>", "</s>", "<0x141>", "a", "b", "ab", "▁"}); });
        row("empty byte token", true, "tokens", [](Metadata& m) { setTokens(m, {"<unk>", "<s>", "</s>", "", "a", "b", "ab", "▁"}); });
        row("model is a number", true, "model", [](Metadata& m) { m.set("tokenizer.ggml.model", std::uint32_t(1)); });
        row("pre-tokenizer is a number", false, "pre", [](Metadata& m) { m.set("tokenizer.ggml.pre", std::uint32_t(1)); });
    }

    void brokenMetadataNamesTheKey()
    {
        QFETCH(Change, change);
        QFETCH(bool, sentencePiece);
        QFETCH(QString, key);
        Metadata metadata = sentencePiece ? spm() : bpe();
        change(metadata);
        try {
            token::Tokenizer::fromMetadata(metadata);
            QFAIL("accepted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Malformed);
            QCOMPARE(QString::fromStdString(error.place()), key);
        }
    }

    void whatEndsAnAnswer()
    {
        const auto ends = [](const Strings& tokens, const Change& change) {
            Metadata metadata = bpe();
            setTokens(metadata, tokens);
            metadata.set("tokenizer.ggml.merges", Array(Strings{"a b"}));
            metadata.erase("tokenizer.ggml.token_type");
            metadata.erase("tokenizer.ggml.eos_token_id");
            change(metadata);
            const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
            Ids ids;
            for (token::Id id = 0; std::size_t(id) < tokenizer->size(); ++id)
                if (tokenizer->endsGeneration(id))
                    ids.push_back(id);
            return ids;
        };
        const Strings plain{"a", "b", "ab", "x", "y"};
        const auto nothing = [](Metadata&) {};
        QCOMPARE(ends(plain, nothing), Ids());
        for (const char* kind : {"eos", "eot", "eom", "fim_pad", "fim_rep", "fim_sep"})
            QCOMPARE(ends(plain, [kind](Metadata& m) { m.set(std::string("tokenizer.ggml.") + kind + "_token_id", std::uint32_t(3)); }),
                     Ids{3});
        QCOMPARE(ends({"a", "b", "ab", "<|im_end|>", "<|end|>"}, nothing), (Ids{3, 4}));
        // Between gpt-oss's thoughts and its answer.
        QCOMPARE(ends({"a", "b", "ab", "<|end|>", "<|return|>", "<|call|>"}, nothing), (Ids{4, 5}));
    }

    void otherTokenizersAreUnsupported_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addRow("missing") << QString();
        QTest::addRow("plamo") << "plamo2";
        QTest::addRow("rwkv") << "rwkv";
    }

    void otherTokenizersAreUnsupported()
    {
        QFETCH(QString, model);
        Metadata metadata = spm();
        if (model.isEmpty())
            metadata.erase("tokenizer.ggml.model");
        else
            metadata.set("tokenizer.ggml.model", model.toStdString());
        try {
            token::Tokenizer::fromMetadata(metadata);
            QFAIL("accepted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Unsupported);
            QCOMPARE(error.place(), std::string("tokenizer.ggml.model"));
        }
    }

    void anUnknownPreTokenizerIsNotCertain()
    {
        Metadata metadata = bpe();
        metadata.set("tokenizer.ggml.pre", std::string("of-tomorrow"));
        const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
        QVERIFY(!tokenizer->certain());
        QCOMPARE(tokenizer->preTokenizer(), std::string_view("of-tomorrow"));
        QCOMPARE(tokenizer->encode("abc"), (Ids{4}));
        QVERIFY(token::Tokenizer::fromMetadata(bpe())->certain());
    }

    void emptyTokensAreNeverFound()
    {
        Metadata metadata = bpe();
        setTokens(metadata, {"a", "b", "", "ab", "", "Ġ", "<end>"});
        metadata.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{1, 1, 4, 1, 3, 1, 3}));
        metadata.set("tokenizer.ggml.merges", Array(Strings{"a b"}));
        QCOMPARE(encoded(metadata, "ab a"), (Ids{3, 5, 0}));
    }

    void theLastOfEqualTokensIsTaken()
    {
        Metadata metadata = bpe();
        setTokens(metadata, {"a", "b", "c", "ab", "ab", "Ġ", "<end>"});
        QCOMPARE(encoded(metadata, "ab"), (Ids{4}));
    }

    void mergesBeyondTheVocabularyFallBackToCharacters()
    {
        Metadata metadata = bpe();
        metadata.set("tokenizer.ggml.merges", Array(Strings{"b a", "a b"}));
        QCOMPARE(encoded(metadata, "ba"), (Ids{1, 0}));
    }

    void scoresThatAreNoNumbersDoNoHarm()
    {
        Metadata metadata = spm();
        metadata.set("tokenizer.ggml.scores", Array(std::vector<float>(8, std::numeric_limits<float>::quiet_NaN())));
        QCOMPARE(encoded(metadata, "ab"), (Ids{7, 6}));
    }

    void noneIsNoToken()
    {
        Metadata metadata = spm();
        metadata.set("tokenizer.ggml.bos_token_id", std::numeric_limits<std::uint32_t>::max());
        const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
        QVERIFY(!tokenizer->bos());
        QVERIFY(!tokenizer->addsBos());
        QCOMPARE(tokenizer->encode(""), Ids{});
    }

    void theLongestSpecialTokenWins()
    {
        Metadata metadata = bpe();
        setTokens(metadata, {"a", "b", "c", "<e", "<end>!", "Ġ", "<end>"});
        metadata.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{1, 1, 1, 4, 3, 1, 3}));
        const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
        QCOMPARE(tokenizer->encode("a<end>!b<end>", {.addSpecial = false, .parseSpecial = true}), (Ids{0, 4, 1, 6}));
        QCOMPARE(tokenizer->encode("a<e", {.addSpecial = false, .parseSpecial = false}), (Ids{0, 3}));
    }
};

QTEST_GUILESS_MAIN(TestVocabulary)
#include "tst_vocabulary.moc"
