// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/evaluate.h"
#include "core/format/open.h"
#include "core/infer/context.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/sense/measure.h"

#include <QFile>
#include <QtTest>

using namespace halftone;
using quant::Type;

/// The levels that run the model, on the sample.
class TestOutputErrors : public QObject {
    Q_OBJECT

    Executor m_executor;
    Progress m_progress;
    std::shared_ptr<const model::Model> m_model;
    std::shared_ptr<const token::Tokenizer> m_tokenizer;
    std::vector<token::Id> m_tokens;

    sense::Text text(std::size_t windows) const { return {*m_tokenizer, m_tokens, {.window = 64, .maxWindows = windows}}; }
    std::size_t tensor(const std::string& name) const { return std::size_t(m_model->find(name) - m_model->tensors().data()); }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        m_tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        QFile file(SAMPLE_DIR "/calibration.txt");
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_tokens = m_tokenizer->encode(file.read(6000).toStdString(), {.addSpecial = false});
    }

    void layersOneByOneGiveTheLogitsOfTheWholePass()
    {
        const auto variant = infer::Variant::original(m_model, m_executor, m_progress);
        const std::span<const token::Id> tokens = std::span(m_tokens).first(50);
        infer::Context whole(variant, 64, m_executor), steps(variant, 64, m_executor);
        const auto expected = whole.evaluate(tokens, tokens.size(), m_progress);
        std::vector<float> stream(tokens.size() * variant->hyperparameters().width);
        steps.embed(tokens, stream);
        for (std::size_t layer = 0; layer < variant->hyperparameters().layers; ++layer)
            steps.runLayers(stream, layer, layer + 1, nullptr, m_progress);
        QVERIFY(std::ranges::equal(steps.project(stream, nullptr, m_progress), expected));
        QCOMPARE(steps.position(), std::size_t(0));
        QVERIFY_EXCEPTION_THROWN(steps.runLayers(stream, 3, 99, nullptr, m_progress), Error);
    }

    void aTensorsFigureIsTheDivergenceOfTheModelWithItAloneQuantized_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("embedding and output") << "token_embd.weight";
        QTest::newRow("first layer") << "blk.0.attn_v.weight";
        QTest::newRow("in between") << "blk.4.ffn_down.weight";
        QTest::newRow("last layer") << "blk.7.ffn_gate.weight";
    }
    void aTensorsFigureIsTheDivergenceOfTheModelWithItAloneQuantized()
    {
        QFETCH(QString, name);
        sense::OutputMeter meter(m_model, text(3), nullptr, m_executor, m_progress);
        const double later = meter.ofTensor(tensor("blk.6.attn_q.weight"), Type::Q2_K, m_progress);  // goes back from there
        const double ours = meter.ofTensor(tensor(name.toStdString()), Type::Q3_K, m_progress);
        plan::Recipe recipe;
        recipe.exact[name.toStdString()] = Type::Q3_K;
        const auto variant = infer::Variant::prepare(m_model, plan::makePlan(*m_model, recipe), nullptr, m_executor, m_progress);
        const auto original = infer::Variant::original(m_model, m_executor, m_progress);
        const auto whole =
            evaluate::divergence(original, variant, *m_tokenizer, m_tokens, {.window = 64, .maxWindows = 3}, m_executor, m_progress);
        QVERIFY2(std::abs(ours / whole.meanKld - 1) < 1e-9, qPrintable(QString("%1 %2").arg(ours).arg(whole.meanKld)));
        QVERIFY(later > 0);
    }

    void unchangedModelDivergesByNothing()
    {
        sense::OutputMeter meter(m_model, text(1), nullptr, m_executor, m_progress);
        QVERIFY(meter.ofTensor(tensor("blk.2.ffn_up.weight"), Type::F16, m_progress) < 1e-12);
    }

    void interruptedMeasurementGoesOnWhereItStopped()
    {
        const sense::Text all = text(1);
        const sense::Request request{.level = sense::Level::Output, .types = {Type::Q2_K}, .text = &all, .recipes = 3};
        sense::Sensitivity whole;
        whole.source.level = sense::Level::Output;
        sense::measure(m_model, request, whole, {}, m_executor, m_progress);
        QVERIFY(whole.complete);
        QCOMPARE(whole.tensors.size(), std::size_t(57));
        QCOMPARE(whole.fit.samples.size(), std::size_t(3));

        sense::Sensitivity parts;
        parts.source = whole.source;
        Progress progress;
        int kept = 0;
        const auto cancelSoon = [&] {
            if (++kept == 20)
                progress.cancel();
        };
        QVERIFY_EXCEPTION_THROWN(sense::measure(m_model, request, parts, cancelSoon, m_executor, progress), Error);
        QVERIFY(!parts.complete);
        QCOMPARE(parts.tensors.size(), std::size_t(20));
        parts = sense::sensitivityFromJson(sense::toJson(parts));
        sense::measure(m_model, request, parts, {}, m_executor, m_progress);
        QVERIFY(parts.complete);
        QCOMPARE(parts.tensors, whole.tensors);
        QCOMPARE(parts.fit.scale, whole.fit.scale);
    }

    void activationsLookAtEveryMatrixThroughItsInput()
    {
        const sense::Text all = text(2);
        sense::Sensitivity weights, outputs;
        outputs.source.level = sense::Level::Activations;
        sense::measure(m_model, {.level = sense::Level::Weights, .types = {Type::Q4_0}}, weights, {}, m_executor, m_progress);
        sense::measure(m_model, {.level = sense::Level::Activations, .types = {Type::Q4_0}, .text = &all, .recipes = 0}, outputs, {},
                       m_executor, m_progress);
        QCOMPARE(weights.tensors.size(), std::size_t(57));
        QCOMPARE(outputs.tensors.size(), std::size_t(57));
        for (const auto& one : outputs.tensors) {
            const auto same = std::ranges::find(weights.tensors, one.tensor, &sense::TensorError::tensor);
            QCOMPARE(one.weights->rmse, same->weights->rmse);
            QVERIFY2(one.error != same->error, one.tensor.c_str());  // seen through inputs, not all columns count alike
            QVERIFY2(one.error > same->error / 30 && one.error < same->error * 3, one.tensor.c_str());
        }
    }

    void whatDoesNotFitIsSaidBeforeAnythingIsMeasured()
    {
        const auto refusal = [&](const sense::Text& text, std::uint64_t memory) {
            sense::Sensitivity result;
            try {
                sense::measure(m_model, {.level = sense::Level::Weights, .types = {Type::Q4_0}, .text = &text, .memory = memory}, result, {},
                               m_executor, m_progress);
            } catch (const Error& error) {
                return result.tensors.empty() ? QString::fromStdString(error.advice()) : QStringLiteral("too late");
            }
            return QStringLiteral("nothing was refused");
        };
        QVERIFY(refusal({*m_tokenizer, m_tokens, {.window = 2000}}, 0).contains(QStringLiteral("512 or less")));
        QVERIFY(refusal({*m_tokenizer, std::span(m_tokens).first(40), {.window = 64}}, 0).contains(QStringLiteral("at most 4")));
        // 31 rows of logits and 64 of the stream for each window, in floats; the rest is less than 3 MB.
        const double each = 4.0 * (31 * double(m_tokenizer->size()) + 64 * 256);
        QVERIFY(refusal(text(8), std::uint64_t(3'000'000 + 5.5 * each)).contains(QStringLiteral("5 windows or fewer")));
    }

    void levelsAboveWeightsNeedAText()
    {
        sense::Sensitivity result;
        QVERIFY_EXCEPTION_THROWN(sense::measure(m_model, {.level = sense::Level::Output}, result, {}, m_executor, m_progress), Error);
        QVERIFY_EXCEPTION_THROWN(sense::measure(m_model, {.level = sense::Level::Activations}, result, {}, m_executor, m_progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestOutputErrors)
#include "tst_output_errors.moc"
