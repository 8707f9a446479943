// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"

#include <QtTest>

#include <random>

using namespace halftone;
using Ids = std::vector<token::Id>;

namespace {

std::shared_ptr<const token::Tokenizer> load(const std::string& path)
{
    return token::Tokenizer::fromMetadata(format::openModel(path)->metadata());
}

std::shared_ptr<const token::Tokenizer> vocabulary(const std::string& name)
{
    return load(TEST_DATA "/tokenizer/ggml-vocab-" + name + ".gguf");
}

std::string joined(const token::Tokenizer& tokenizer, const Ids& ids)
{
    std::string bytes;
    for (const token::Id id : ids)
        bytes += tokenizer.bytes(id);
    return bytes;
}

std::string randomText(std::mt19937& random)
{
    static constexpr std::pair<char32_t, char32_t> kBlocks[] = {{0x20, 0x7E}, {0x9, 0xD}, {0xA0, 0x24F}, {0x400, 0x4FF}, {0x1780, 0x17FF}, {0x4E00, 0x9FFF}, {0x1F300, 0x1F9FF}};
    std::u32string text;
    for (int i = 0; i < 200; ++i) {
        const auto [low, high] = kBlocks[random() % std::size(kBlocks)];
        text += char32_t(low + random() % (high - low + 1));
    }
    return QString::fromStdU32String(text).toStdString();
}

}  // namespace

class TestTokenizer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sampleModelBeginsWithBos()
    {
        const auto tokenizer = load(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QCOMPARE(tokenizer->encode("Once upon a time"), (Ids{4094, 2540, 673, 258, 531}));
        QCOMPARE(tokenizer->encode("Once upon a time", {.addSpecial = false}), (Ids{2540, 673, 258, 531}));
        QCOMPARE(tokenizer->kind(), std::string_view("byte-level BPE"));
        QCOMPARE(tokenizer->preTokenizer(), std::string_view("llama-bpe"));
        QVERIFY(tokenizer->certain());
        QVERIFY(tokenizer->addsBos());
        QVERIFY(tokenizer->endsGeneration(4095));
        QVERIFY(!tokenizer->endsGeneration(4094));
        QCOMPARE(tokenizer->size(), std::size_t(4096));
    }

    void randomTextComesBackByteForByte_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"gpt-2", "llama-spm", "phi-3", "deepseek-coder"})
            QTest::addRow("%s", name) << name;
    }

    void randomTextComesBackByteForByte()
    {
        QFETCH(QString, name);
        const auto tokenizer = vocabulary(name.toStdString());
        const std::string prefix = tokenizer->kind() == "SentencePiece BPE" ? " " : "";
        std::mt19937 random(7);
        for (int i = 0; i < 50; ++i) {
            const std::string text = randomText(random);
            QCOMPARE(joined(*tokenizer, tokenizer->encode(text, {.addSpecial = false})), prefix + text);
        }
    }

    void controlTokensAreReadOnlyOnRequest()
    {
        const auto tokenizer = vocabulary("gpt-2");
        const std::string text = "a<|endoftext|>b";
        QCOMPARE(tokenizer->encode(text, {.addSpecial = false, .parseSpecial = true}), (Ids{64, 50256, 65}));
        const Ids letters = tokenizer->encode(text, {.addSpecial = false});
        QVERIFY(std::find(letters.begin(), letters.end(), 50256) == letters.end());
        QCOMPARE(joined(*tokenizer, letters), text);
        QCOMPARE(tokenizer->bytes(50256), std::string());
        QCOMPARE(tokenizer->spelling(50256), std::string_view("<|endoftext|>"));
    }

    void userDefinedTokensAreAlwaysRead()
    {
        const auto tokenizer = vocabulary("deepseek-coder");
        const Ids ids = tokenizer->encode("x<|EOT|>y<|User|>", {.addSpecial = false});
        QCOMPARE(ids.size(), std::size_t(4));
        QCOMPARE(tokenizer->spelling(ids[3]), std::string_view("<|User|>"));
        QCOMPARE(tokenizer->bytes(ids[3]), std::string("<|User|>"));
    }

    void aSpaceIsPrefixedAfterEachSpecialToken()
    {
        const auto tokenizer = vocabulary("llama-spm");
        QCOMPARE(tokenizer->encode("Hello"), (Ids{1, 15043}));
        QCOMPARE(tokenizer->encode("Hello</s>Hello", {.addSpecial = true, .parseSpecial = true}), (Ids{1, 15043, 2, 15043}));
        QCOMPARE(tokenizer->bytes(15043), std::string(" Hello"));
        QCOMPARE(tokenizer->bytes(13), std::string("\n"));
    }

    void bertFramesTheTextWithClsAndSep()
    {
        const auto tokenizer = vocabulary("bert-bge");
        const Ids ids = tokenizer->encode("Hello WORLD");
        QCOMPARE(ids, (Ids{101, 7592, 2088, 102}));
        QCOMPARE(joined(*tokenizer, ids), std::string(" hello world"));
        QCOMPARE(tokenizer->kind(), std::string_view("WordPiece"));
    }

    void brokenBytesAreEncodedToo()
    {
        const auto spm = vocabulary("llama-spm");
        QCOMPARE(joined(*spm, spm->encode("a\xFF\xE6z", {.addSpecial = false})), std::string(" a\xFF\xE6z"));
        const auto bpe = vocabulary("gpt-2");
        QCOMPARE(joined(*bpe, bpe->encode("a\xFFz", {.addSpecial = false})), std::string("a\uFFFDz"));
    }

    void idsOutsideTheVocabularyAreNothing()
    {
        const auto tokenizer = vocabulary("gpt-2");
        for (const token::Id id : {-1, 50257, std::numeric_limits<token::Id>::min(), std::numeric_limits<token::Id>::max()}) {
            QCOMPARE(tokenizer->bytes(id), std::string());
            QVERIFY(tokenizer->spelling(id).empty());
            QVERIFY(!tokenizer->endsGeneration(id));
        }
    }

    // Quadratic work would run into the test's time limit by orders of magnitude.
    void aMegabyteOfOneCharacterIsBoundedWork_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("unit");
        for (const char* name : {"gpt-2", "llama-spm", "deepseek-coder", "bert-bge", "sample"}) {
            for (const char* unit : {"a", " ", "\n", " \n", "'", "1", "é", "漢", " \t", "a ", "👩‍"})
                QTest::addRow("%s %s", name, QByteArray(unit).toHex().constData()) << name << QByteArray(unit);
        }
    }

    void aMegabyteOfOneCharacterIsBoundedWork()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, unit);
        const auto tokenizer = name == "sample" ? load(SAMPLE_DIR "/fairytale-7m-f16.gguf") : vocabulary(name.toStdString());
        const std::string text = unit.repeated(1'000'000 / int(unit.size())).toStdString() + "x";
        const Ids ids = tokenizer->encode(text, {.addSpecial = false});
        if (name == "bert-bge")
            QVERIFY(!ids.empty());
        else
            QCOMPARE(joined(*tokenizer, ids).size(), text.size() + (name == "llama-spm"));
    }
};

QTEST_GUILESS_MAIN(TestTokenizer)
#include "tst_tokenizer.moc"
