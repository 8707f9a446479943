// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/window/fact_table.h"
#include "app/window/tokenizer_card.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "tests/format/hf_folder.h"

#include <QLabel>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestTokenizerCard : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    JobManager m_jobs;
    std::shared_ptr<const model::Model> m_folder;  ///< a Hugging Face folder
    std::shared_ptr<const model::Model> m_file;  ///< the same as from a GGUF file in it

    QString fact(const TokenizerCard& card, const char* name) const
    {
        return card.findChild<FactTable*>(QStringLiteral("tokenizer"))->value(QLatin1String(name));
    }
    bool says(const TokenizerCard& card, const QString& words) const
    {
        const auto labels = card.findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return !label->isHidden() && label->text().contains(words); });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const HfFolder folder(m_dir.path().toStdString());
        folder.putLlama();
        m_folder = format::openModel(folder.path());
        m_file = std::make_shared<model::Model>(
            model::Model::Parts{.files = m_folder->files(), .metadata = m_folder->metadata(), .tensors = m_folder->tensors()});
    }

    void theSampleIsDescribed()
    {
        TokenizerCard card(m_jobs);
        card.setModel(format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf"));
        QTRY_VERIFY(m_jobs.idle());
        QCOMPARE(fact(card, "kind"), QStringLiteral("byte-level BPE"));
        QCOMPARE(fact(card, "splits like"), QStringLiteral("llama-bpe"));
        QCOMPARE(fact(card, "vocabulary"), QLocale().toString(4096));
        QCOMPARE(fact(card, "begins with"), QStringLiteral("<|begin_of_text|>"));
        QCOMPARE(fact(card, "chat template"), QStringLiteral("none"));
        QCOMPARE(fact(card, "own files"), QStringLiteral("no tokenizer.json beside the file"));
    }

    void aFolderIsNotComparedWithItself()
    {
        TokenizerCard card(m_jobs);
        card.setModel(m_folder);
        QTRY_VERIFY(m_jobs.idle());
        QCOMPARE(fact(card, "read from"), QStringLiteral("tokenizer.json"));
        QCOMPARE(fact(card, "own files"), QString());
    }

    void agreementAndDifferencesAreTold()
    {
        TokenizerCard agreeing(m_jobs);
        agreeing.setModel(m_file);
        QTRY_VERIFY(m_jobs.idle());
        QCOMPARE(fact(agreeing, "own files"), QStringLiteral("agrees with tokenizer.json"));
        QVERIFY(!says(agreeing, QStringLiteral("otherwise")));

        auto tokenizer = HfFolder::tokenizer();
        tokenizer["model"]["merges"] = {"a b"};
        HfFolder(m_dir.path().toStdString()).put("tokenizer.json", tokenizer);
        TokenizerCard differing(m_jobs);
        differing.setModel(m_file);
        QTRY_VERIFY(m_jobs.idle());
        QCOMPARE(fact(differing, "own files"), QStringLiteral("differs from tokenizer.json"));
        QVERIFY(says(differing, QStringLiteral("other merges: “ab c” here, nothing there")));
        differing.setModel(nullptr);
        QVERIFY(!says(differing, QStringLiteral("other merges")));
    }

    void aModelWithoutATokenizerSaysSo()
    {
        model::Model::Parts parts{.files = m_folder->files(), .metadata = {}, .tensors = {}};
        TokenizerCard card(m_jobs);
        card.setModel(std::make_shared<model::Model>(std::move(parts)));
        QTRY_VERIFY(m_jobs.idle());
        QVERIFY(says(card, QStringLiteral("holds no tokenizer")));
    }
};

QTEST_MAIN(TestTokenizerCard)
#include "tst_tokenizer_card.moc"
