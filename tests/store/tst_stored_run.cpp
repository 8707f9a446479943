// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/store/stored_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace halftone;
using namespace halftone::store;

/// The sample model with a store beside it.
class TestStoredRun : public QObject {
    Q_OBJECT

    Executor m_executor;
    QTemporaryDir m_folder;
    EvaluationRequest m_request;

    std::filesystem::path file() const { return fromUtf8(m_folder.filePath(QStringLiteral("store.sqlite")).toStdString()); }

private Q_SLOTS:
    void initTestCase()
    {
        QFile text(SAMPLE_DIR "/eval.txt");
        QVERIFY(text.open(QIODevice::ReadOnly));
        m_request = {.model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf"),
                     .variants = {},
                     .text = {.name = "eval.txt", .content = text.read(20'000).toStdString()}};
        m_request.variants = {{.name = "eight", .recipe = {.base = "Q8_0"}}, {.name = "two", .recipe = {.base = "Q2_K"}}};
        m_request.windows = {.window = 128, .maxWindows = 6};
    }

    void aCancelledRunGoesOn()
    {
        EvaluationStore store(file());
        Progress stopped;
        int seen = 0;
        const auto stop = [&](const evaluate::Evaluation& evaluation) {
            if (++seen == 1)
                QCOMPARE(evaluation.variants.size(), std::size_t(3));
            if (seen > 1)
                stopped.cancel();
        };
        try {
            evaluateVariants(m_request, &store, stop, m_executor, stopped);
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
        Progress progress;
        const auto kept = evaluateVariants(m_request, &store, {}, m_executor, progress);
        QVERIFY(kept.complete());
        QCOMPARE(store.history().size(), std::size_t(1));
        QVERIFY(store.history().front().complete);
        const auto fresh = evaluateVariants(m_request, nullptr, {}, m_executor, progress);
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(kept.variants[i].figures.nll, fresh.variants[i].figures.nll);
            QCOMPARE(kept.variants[i].figures.p99Kld, fresh.variants[i].figures.p99Kld);
        }
        QVERIFY(fresh.variants[2].figures.meanKld > 20 * fresh.variants[1].figures.meanKld);
        QVERIFY(fresh.variants[1].figures.top1Agreement > fresh.variants[2].figures.top1Agreement);
    }

    void aVariantAddedLaterFindsTheOthersKnown()
    {
        EvaluationStore store(file());
        auto more = m_request;
        more.variants.push_back({.name = "eight by another name", .recipe = {.base = "Q8_0"}});
        more.variants.push_back({.name = "four", .recipe = {.base = "Q4_K_M"}});
        Progress progress;
        std::vector<std::uint64_t> known;
        const auto result = evaluateVariants(
            more, &store,
            [&](const evaluate::Evaluation& evaluation) {
                if (known.empty())
                    for (const auto& variant : evaluation.variants)
                        known.push_back(variant.windows);
            },
            m_executor, progress);
        QCOMPARE(known, (std::vector<std::uint64_t>{6, 6, 6, 6, 0}));
        QVERIFY(result.complete());
        QCOMPARE(result.variants[3].figures.nll, result.variants[1].figures.nll);
    }

    void anotherCacheIsAnotherVariantOfTheSameRun()
    {
        EvaluationStore store(file());
        auto bytes = m_request;
        bytes.kvType = infer::KvType::Q8_0;
        Progress progress;
        const auto halves = evaluateVariants(m_request, &store, {}, m_executor, progress);
        const auto result = evaluateVariants(bytes, &store, {}, m_executor, progress);
        QCOMPARE(store.history().size(), std::size_t(1));
        QCOMPARE(result.variants[0].figures.nll, halves.variants[0].figures.nll);
        QCOMPARE(QString::fromStdString(result.variants[1].name), QStringLiteral("eight, KV q8_0"));
        QVERIFY(result.variants[1].figures.meanKld > halves.variants[1].figures.meanKld);
        const auto again = evaluateVariants(m_request, &store, {}, m_executor, progress);
        QCOMPARE(again.variants[1].figures.meanKld, halves.variants[1].figures.meanKld);
    }

    void anotherTextIsAnotherRun()
    {
        EvaluationStore store(file());
        auto other = m_request;
        other.text.content += " The end.";
        other.variants.clear();
        Progress progress;
        evaluateVariants(other, &store, {}, m_executor, progress);
        QCOMPARE(store.history().size(), std::size_t(2));
    }

    void withoutATextTheModelWritesOne()
    {
        auto own = m_request;
        own.text = {.name = "its own", .ownTokens = 600};
        Progress progress;
        const auto result = evaluateVariants(own, nullptr, {}, m_executor, progress);
        QVERIFY(result.complete() && result.windows == 4);
        own.text.ownTokens = 100;
        try {
            evaluateVariants(own, nullptr, {}, m_executor, progress);
            QFAIL("a text shorter than a window was written");
        } catch (const Error& error) {
            QVERIFY(error.advice().find("101") != std::string::npos);  // BOS comes before it
        }
        // A text drawn from the model's own distribution costs it as much as it expects: cross-entropy is entropy.
        const evaluate::Figures& figures = result.variants[0].figures;
        QVERIFY(figures.perplexityError > 0);
        QVERIFY(std::abs(figures.nll - figures.entropy) < 4 * figures.perplexityError / figures.perplexity);
    }
};

QTEST_APPLESS_MAIN(TestStoredRun)
#include "tst_stored_run.moc"
