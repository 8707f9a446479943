// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/evaluate.h"
#include "core/format/open.h"
#include "core/infer/context.h"
#include "core/infer/generate.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <QFile>
#include <QtTest>

#include <cmath>

using namespace halftone;

/// The sample model against figures of an independent engine (llama.cpp v0.5.0, float16 weights).
class TestSample : public QObject {
    Q_OBJECT

    Executor m_executor;
    Progress m_progress;
    std::shared_ptr<const model::Model> m_model;
    std::shared_ptr<const token::Tokenizer> m_tokenizer;
    std::shared_ptr<const infer::Variant> m_original;
    std::vector<token::Id> m_text, m_beginning;

    evaluate::Divergence measure(const std::string& base, std::size_t windows, const std::vector<token::Id>& text)
    {
        plan::Recipe recipe;
        recipe.base = base;
        const auto variant = infer::Variant::prepare(m_model, plan::makePlan(*m_model, recipe), nullptr, m_executor, m_progress);
        return evaluate::divergence(m_original, variant, *m_tokenizer, text, {.maxWindows = windows}, m_executor, m_progress);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        m_tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        m_original = infer::Variant::original(m_model, m_executor, m_progress);
        QFile file(SAMPLE_DIR "/eval.txt");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::string text = file.readAll().toStdString();
        m_text = m_tokenizer->encode(text, {.addSpecial = false});
        m_beginning = m_tokenizer->encode(text.substr(0, 60000), {.addSpecial = false});
    }

    void theTextHasAsManyTokensAsElsewhere() { QCOMPARE(m_text.size() + 1, std::size_t(110970)); }

    void perplexityOfTheFirstWindowsIsTheReferences()
    {
        const auto ours = evaluate::perplexity(m_original, *m_tokenizer, m_text, {.maxWindows = 16}, m_executor, m_progress);
        QCOMPARE(ours.tokens, std::uint64_t(16 * 255));
        QVERIFY2(std::abs(ours.perplexity / 43.38270776 - 1) < 0.001, qPrintable(QString::number(ours.perplexity, 'g', 10)));
    }

    void perplexityOfTheWholeTextIsTheReferences()
    {
        const auto ours = evaluate::perplexity(m_original, *m_tokenizer, m_text, {}, m_executor, m_progress);
        QCOMPARE(ours.tokens, std::uint64_t(55080));
        QVERIFY2(std::abs(ours.perplexity / 46.28371110 - 1) < 0.001, qPrintable(QString::number(ours.perplexity, 'g', 10)));
        QVERIFY(std::abs(ours.error / 0.5122007292 - 1) < 0.01);
    }

    void greedyTextIsTheReferences()
    {
        infer::Context context(m_original, 0, m_executor);
        const auto prompt = m_tokenizer->encode("Once upon a time");
        const auto ours = infer::generate(context, *m_tokenizer, prompt, {.maxTokens = 48}, {}, m_progress);
        QCOMPARE(QString::fromStdString(ours.text),
                 QString(", and the King's son was so much frightened that he could not see the King's daughter. He was very much surprised at this, "
                         "and said to her, \"I am not afraid of you, but I have not been able to"));
    }

    /// Fewer bits, more divergence; perplexity in the same order, where a hundredth is noise.
    void fewerBitsCostMore()
    {
        double divergence = 0, perplexity = 0;
        for (const std::string type : {"Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K"}) {
            const auto ours = measure("pure:" + type, 12, m_text);
            QVERIFY2(ours.meanKld > divergence, type.c_str());
            QVERIFY2(ours.quantized.perplexity > perplexity * 0.99, type.c_str());
            QVERIFY(ours.top1Agreement > 0.6 && ours.top1Agreement < 1);
            divergence = ours.meanKld;
            perplexity = ours.quantized.perplexity;
        }
        QVERIFY(perplexity > 1.01 * 42.007);   // two bits show
    }

    /// On the first 60,000 bytes of the text: 29 windows.
    void eightBitsCostAsMuchAsElsewhere()
    {
        const auto ours = measure("Q8_0", 29, m_beginning);
        QCOMPARE(ours.quantized.tokens, std::uint64_t(7395));
        QVERIFY2(std::abs(ours.base.perplexity / 45.61071519 - 1) < 0.001, qPrintable(QString::number(ours.base.perplexity, 'g', 10)));
        QVERIFY2(std::abs(ours.quantized.perplexity / 45.60140170 - 1) < 0.002, qPrintable(QString::number(ours.quantized.perplexity, 'g', 10)));
        QVERIFY2(std::abs(ours.meanKld / 1.214949e-4 - 1) < 0.05, qPrintable(QString::number(ours.meanKld)));
        QVERIFY(std::abs(ours.top1Agreement - 0.990128) < 0.003);
    }
};

QTEST_APPLESS_MAIN(TestSample)
#include "tst_sample.moc"
