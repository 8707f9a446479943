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
        for (const char* name : {"default",      "gpt-2",       "llama-bpe",  "dbrx",       "qwen2",    "qwen35",     "gpt-4o",
                                 "tekken",       "starcoder",   "refact",     "command-r",  "smollm",   "falcon",     "deepseek-coder",
                                 "deepseek-llm", "deepseek-v3", "bailingmoe", "seed-coder", "minicpm5", "exaone-moe", "bloom",
                                 "viking",       "chameleon",   "olmo",       "stablelm2",  "glm4",     "minimax-m2", "grok-2"})
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
};

QTEST_APPLESS_MAIN(TestPreTokenizer)
#include "tst_pre_tokenizer.moc"
