// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"

#include <QFile>
#include <QtTest>

#include <map>

using namespace halftone;

namespace {

using TokenizerPtr = std::shared_ptr<const token::Tokenizer>;

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The texts of an .inp file, between separator lines whose newlines belong to the separator.
std::vector<std::string> textsOf(const QByteArray& file)
{
    const std::string all = file.toStdString(), separator = "\n__ggml_vocab_test__\n";
    std::vector<std::string> texts;
    std::size_t begin = 0;
    for (std::size_t end; (end = all.find(separator, begin)) != all.npos; begin = end + separator.size())
        texts.push_back(all.substr(begin, end - begin));
    return texts;
}

std::vector<token::Id> idsOf(const QByteArray& line)
{
    std::vector<token::Id> ids;
    for (const QByteArray& number : line.simplified().split(' ')) {
        if (!number.isEmpty())
            ids.push_back(number.toInt());
    }
    return ids;
}

QByteArray printed(const std::vector<token::Id>& ids)
{
    QByteArray text;
    for (const token::Id id : ids)
        text += QByteArray::number(id) + ' ';
    return text;
}

}  // namespace

/// The texts that llama.cpp keeps beside its vocabularies, with the ids it gives.
class TestGoldenTokens : public QObject {
    Q_OBJECT
private:
    std::map<QString, TokenizerPtr> m_tokenizers;

private Q_SLOTS:
    void idsEqualTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("ids");
        for (const char* name : {"llama-spm", "phi-3", "gpt-2", "deepseek-coder", "bert-bge"}) {
            const QString path = QString(TEST_DATA "/tokenizer/ggml-vocab-%1.gguf").arg(name);
            m_tokenizers[name] = token::Tokenizer::fromMetadata(format::openModel(path.toStdString())->metadata());
            const auto texts = textsOf(contents(path + ".inp"));
            const auto lines = contents(path + ".out").split('\n');
            QVERIFY(texts.size() > 40);
            QVERIFY(std::size_t(lines.size()) >= texts.size());
            for (std::size_t i = 0; i < texts.size(); ++i)
                QTest::addRow("%s %zu", name, i) << name << QByteArray::fromStdString(texts[i]) << printed(idsOf(lines[int(i)]));
        }
    }

    void idsEqualTheReference()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, ids);
        QCOMPARE(printed(m_tokenizers.at(name)->encode(text.toStdString(), {.addSpecial = false, .parseSpecial = false})), ids);
    }

    void bytesOfIdsAreTheText_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        for (const char* name : {"llama-spm", "phi-3", "gpt-2", "deepseek-coder"}) {
            int number = 0;
            for (const std::string& text : textsOf(contents(QString(TEST_DATA "/tokenizer/ggml-vocab-%1.gguf.inp").arg(name))))
                QTest::addRow("%s %d", name, number++) << name << QByteArray::fromStdString(text);
        }
    }

    void bytesOfIdsAreTheText()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        const auto& tokenizer = *m_tokenizers.at(name);
        std::string bytes;
        for (const token::Id id : tokenizer.encode(text.toStdString(), {.addSpecial = false}))
            bytes += tokenizer.bytes(id);
        const bool prefixed = tokenizer.kind() == "SentencePiece BPE" && !text.isEmpty();
        QCOMPARE(QByteArray::fromStdString(bytes), (prefixed ? " " : "") + text);
    }
};

QTEST_GUILESS_MAIN(TestGoldenTokens)
#include "tst_golden_tokens.moc"
