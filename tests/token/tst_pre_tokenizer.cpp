// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/token/pre_tokenizer.h"

#include <QtTest>

using namespace halftone;
using Words = std::vector<std::string>;

namespace {

Words wordsOf(const std::string& rule, std::string_view text)
{
    Words words;
    const token::PreTokenizer preTokenizer(rule);
    for (const std::string_view word : preTokenizer.split(text))
        words.emplace_back(word);
    return words;
}

}  // namespace

/// Cut by hand along the published patterns.
class TestPreTokenizer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void familiesCutNumbersTheirWay()
    {
        QCOMPARE(wordsOf("gpt-2", "in 12345"), (Words{"in", " 12345"}));
        QCOMPARE(wordsOf("llama-bpe", "in 12345"), (Words{"in", " ", "123", "45"}));
        QCOMPARE(wordsOf("qwen2", "in 123"), (Words{"in", " ", "1", "2", "3"}));
        QCOMPARE(wordsOf("starcoder", "in 123"), (Words{"in", " ", "1", "2", "3"}));
        QCOMPARE(wordsOf("minicpm5", "in 12345"), (Words{"in", " ", "123", "45"}));
        QCOMPARE(wordsOf("viking", "in 12"), (Words{"in", " ", "1", "2"}));
        QCOMPARE(wordsOf("bloom", "in 12"), (Words{"in", " 12"}));
    }

    void marksStayWithLettersInQwen35()
    {
        const std::string decomposed = "cafe\xCC\x81s";  // e and a combining acute
        QCOMPARE(wordsOf("qwen2", decomposed), (Words{"cafe", "\xCC\x81s"}));
        QCOMPARE(wordsOf("qwen35", decomposed), (Words{decomposed}));
    }

    void bloomBreaksAtItsMarks() { QCOMPARE(wordsOf("bloom", "Hello, world (x)!"), (Words{"Hello", ",", " world", " (", "x", ")!"})); }

    void lineEndsAreCutTheirWay()
    {
        QCOMPARE(wordsOf("llama-bpe", "a;\n\nb"), (Words{"a", ";\n\n", "b"}));
        QCOMPARE(wordsOf("seed-coder", "a;\n\nb"), (Words{"a", ";", "\n\n", "b"}));
        QCOMPARE(wordsOf("bailingmoe", "a;\n\nb"), (Words{"a", ";\n\n", "b"}));
        QCOMPARE(wordsOf("exaone-moe", "a;\n\nb"), (Words{"a", ";\n", "\n", "b"}));
    }

    void exaonesWordsHoldSpaces() { QCOMPARE(wordsOf("exaone-moe", "one two"), (Words{"one two"})); }

    void kimiCutsChineseOffOtherLetters()
    {
        QCOMPARE(wordsOf("kimi-k2", "abc中文def 中x"), (Words{"abc", "中文", "def", " ", "中", "x"}));
        QCOMPARE(wordsOf("gpt-4o", "abc中文def"), (Words{"abc中文def"}));
        QCOMPARE(wordsOf("kimi-k2", "It's HTMLParser's 12345!\n\nカナ"),
                 (Words{"It's", " HTMLParser's", " ", "123", "45", "!\n\n", "カナ"}));
        QCOMPARE(wordsOf("kimi-k2", "a/\nb"), (Words{"a", "/\n", "b"}));
    }

    void youtuCutsScriptsApartAndDigitsOneByOne()
    {
        QCOMPARE(wordsOf("youtu", "中文，한국어123 ab"), (Words{"中文", "，", "한국어", "1", "2", "3", " ab"}));
        QCOMPARE(wordsOf("youtu", "it's ok/\n"), (Words{"it's", " ok", "/\n"}));
        QVERIFY(token::PreTokenizer("youtu").wholeWordsFirst());
    }

    void superbpeCutsOnlyNumbersByThreesFromTheirEnd()
    {
        QCOMPARE(wordsOf("superbpe", "by the way, 1234567 of 890 or 12"),
                 (Words{"by the way, ", "1", "234", "567", " of ", "890", " or ", "12"}));
        QCOMPARE(wordsOf("superbpe", "1234"), (Words{"1", "234"}));
        QCOMPARE(wordsOf("superbpe", "123456"), (Words{"123", "456"}));
        const std::string many(100'000, 'a');  // in linear time
        QCOMPARE(wordsOf("superbpe", std::string(many).append("12345")), (Words{many, "12", "345"}));
    }

    void otherNamesCutAsTheyWereTrained()
    {
        QCOMPARE(wordsOf("tiny_aya", "in 1234567 days"), (Words{"in", " ", "1", "234", "567", " days"}));
        QCOMPARE(wordsOf("ufakzeka", "Ankara'nın 12"), (Words{"Ankara", "'nın", " ", "1", "2"}));
        QCOMPARE(wordsOf("ufakzeka", "Ali'den"), (Words{"Ali", "'den"}));
        QCOMPARE(wordsOf("qwen2", "Ali'den"), (Words{"Ali", "'d", "en"}));
        QCOMPARE(wordsOf("jais-2", "a       b"), (Words{"a", "    ", "  ", " b"}));
        QCOMPARE(wordsOf("laguna", "a;\n\n  b"), (Words{"a", ";", "\n\n", " ", " b"}));
        QCOMPARE(wordsOf("spark2_5", "x;\n\ny 12"), (Words{"x", ";", "\n", "\n", "y", " ", "1", "2"}));
        QCOMPARE(wordsOf("granite-embed-multi-97m", "cafe\xCC\x81s 1234"), (Words{"cafe\xCC\x81s", " ", "123", "4"}));
    }

    void deepseekLlmCutsByItsListOfLetters()
    {
        // The "Han" of the model reaches from U+0800 on, so U+1F7D is cut off its space though it is a letter.
        QCOMPARE(wordsOf("deepseek-llm", "a \xE1\xBD\xBD 中1"), (Words{"a", " ", "\xE1\xBD\xBD", " ", "中", "1"}));
        // Its marks reach from ':' to '~', so Latin letters are cut off Greek ones.
        QCOMPARE(wordsOf("deepseek-llm", "za Ωmega, 12"), (Words{"za", " Ω", "mega", ",", " ", "12"}));
        QCOMPARE(wordsOf("deepseek-llm", "x\n!?"), (Words{"x", "\n", "!?"}));
    }

    void everyNameIsARule_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"default",
                                 "gpt-2",
                                 "llama-bpe",
                                 "dbrx",
                                 "qwen2",
                                 "qwen35",
                                 "gpt-4o",
                                 "tekken",
                                 "starcoder",
                                 "refact",
                                 "command-r",
                                 "smollm",
                                 "falcon",
                                 "deepseek-coder",
                                 "deepseek-llm",
                                 "deepseek-v3",
                                 "bailingmoe",
                                 "seed-coder",
                                 "minicpm5",
                                 "exaone-moe",
                                 "bloom",
                                 "kimi-k2",
                                 "youtu",
                                 "superbpe",
                                 "tiny_aya",
                                 "cohere2moe",
                                 "ufakzeka",
                                 "jais-2",
                                 "laguna",
                                 "spark2_5",
                                 "granite-embed-multi-97m",
                                 "viking",
                                 "chameleon",
                                 "olmo",
                                 "stablelm2",
                                 "glm4",
                                 "minimax-m2",
                                 "grok-2"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void everyNameIsARule()
    {
        QFETCH(QString, name);
        const token::PreTokenizer preTokenizer(name.toStdString());
        QVERIFY(preTokenizer.known());
        const std::string text = "It's 2026: ünïcode, 中文 \n\n\t and  123456 (code)_x != y\r\n  ";
        std::string joined;
        for (const std::string_view word : preTokenizer.split(text)) {
            QVERIFY(!word.empty());
            joined += word;
        }
        QCOMPARE(joined, text);
    }

    /// Patterns that go back and forth over a text without an end to its words would take for ever, or give up.
    void noRuleTiresOfALongText_data() { everyNameIsARule_data(); }
    void noRuleTiresOfALongText()
    {
        QFETCH(QString, name);
        const token::PreTokenizer preTokenizer(name.toStdString());
        for (const std::string piece : {"a", " ", "1", "\n", "\r\n \t", "!", "\xCC\x81", "中", "'s", "aA"}) {
            std::string text;
            while (text.size() < 100'000)
                text += piece;
            std::size_t bytes = 0;
            for (const std::string_view word : preTokenizer.split(text))
                bytes += word.size();
            QCOMPARE(bytes, text.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestPreTokenizer)
#include "tst_pre_tokenizer.moc"
