// SPDX-License-Identifier: GPL-3.0-or-later
// What planning is for: on the sample model, at the size of each of four presets, the planned recipe diverges less from the
// original than the preset does, both with one importance matrix, on a text that neither the figures nor the matrix saw.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/collect_importance.h"
#include "core/format/gguf_size.h"
#include "core/format/open.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/explain.h"
#include "core/plan/importance.h"
#include "core/plan/solver.h"
#include "core/sense/content_hash.h"
#include "core/sense/output_meter.h"
#include "core/sense/sensitivity.h"

#include <QFile>
#include <QtTest>

#include <cmath>

using namespace halftone;
using quant::Type;

namespace {

QByteArray contents(const char* path)
{
    QFile file(QString::fromUtf8(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestPlannedSample : public QObject {
    Q_OBJECT

    Executor m_executor;
    Progress m_progress;
    std::shared_ptr<const model::Model> m_model;
    std::shared_ptr<const token::Tokenizer> m_tokenizer;
    std::vector<token::Id> m_calibration, m_heldOut;
    plan::ImportanceMatrix m_importance;
    sense::Sensitivity m_figures;  // of calibration.txt, made by: halftone-cli sensitivity --level output --imatrix ... --windows 4
    plan::ErrorTable m_table;
    plan::Problem m_problem;

    plan::Plan preset(const char* name) const { return plan::makePlan(*m_model, {.name = name, .base = name}, {.importance = true}); }

    /// What llama-quantize's file of this preset has at least: ours without what only our header says.
    std::uint64_t bytesElsewhere(const plan::Plan& plan) const
    {
        return plan.fileBytes - format::entryBytes("halftone.recipe", plan.recipe)
            - format::entryBytes(plan::kTensorHashKey, std::string(plan::kNoTensorHash)) - m_model->alignment();
    }

    plan::Solution planned(const char* name) const { return plan::solve(m_problem, plan::MaxFileBytes{bytesElsewhere(preset(name))}); }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        m_tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        m_calibration = m_tokenizer->encode(contents(SAMPLE_DIR "/calibration.txt").toStdString(), {.addSpecial = false});
        m_heldOut = m_tokenizer->encode(contents(SAMPLE_DIR "/eval.txt").left(60000).toStdString(), {.addSpecial = false});
        const auto original = infer::Variant::original(m_model, m_executor, m_progress);
        m_importance = plan::meansOf(evaluate::collectImportance(original, *m_tokenizer, m_calibration,
                                                                 {.windows = {.window = 512, .maxWindows = 24}}, m_executor, m_progress));
        m_figures = sense::sensitivityFromJson(contents(TEST_DATA "/sensitivity/fairytale-7m-output.json").toStdString());
        m_table = sense::errorTable(m_figures, *m_model);
        m_problem = plan::makeProblem(*m_model, m_table, {.name = "planned", .plan = {.importance = true}});
    }

    /// The stored figures are those that measuring gives: a sample of them, from every part of the model.
    void storedFiguresAreMeasuredAgain()
    {
        QCOMPARE(m_figures.source.model, sense::contentHash(*m_model, m_executor, m_progress));
        QCOMPARE(m_figures.source.level, sense::Level::Output);
        QCOMPARE(m_figures.tensors.size(), std::size_t(570));
        const sense::Text text{*m_tokenizer, m_calibration, {.window = 512, .maxWindows = 4}};
        sense::OutputMeter meter(m_model, text, &m_importance, m_executor, m_progress);
        for (std::size_t i = 0; i < m_figures.tensors.size(); i += 43) {
            const auto& stored = m_figures.tensors[i];
            const std::size_t tensor = std::size_t(m_model->find(stored.tensor) - m_model->tensors().data());
            const double error = meter.ofTensor(tensor, stored.type, m_progress);
            QVERIFY2(std::abs(error / stored.error - 1) < 0.02,
                     qPrintable(QString("%1: %2, stored %3").arg(stored.tensor.c_str()).arg(error).arg(stored.error)));
        }
    }

    void plannedRecipesDivergeLessThanPresetsOfTheirSize()
    {
        const sense::Text text{*m_tokenizer, m_heldOut, {.window = 512, .maxWindows = 12}};
        sense::OutputMeter meter(m_model, text, &m_importance, m_executor, m_progress);
        double logarithms = 0;
        for (const char* name : {"Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M"}) {
            const plan::Plan theirs = preset(name);
            const plan::Solution solution = planned(name);
            const plan::Plan ours = plan::makePlan(*m_model, plan::recipeOf(m_problem, solution), {.importance = true});
            QCOMPARE(ours.fileBytes, solution.fileBytes);
            QVERIFY(ours.fileBytes <= bytesElsewhere(theirs));
            const double kld = meter.ofPlan(ours, m_progress), presets = meter.ofPlan(theirs, m_progress);
            const sense::Prediction prediction = sense::predict(m_figures.fit, solution.error);
            qInfo("%-7s preset %.5f, planned %.5f (%.0f %% less), predicted %.5f (%.5f to %.5f)", name, presets, kld,
                  100 * (1 - kld / presets), prediction.kld, prediction.low, prediction.high);
            QVERIFY(kld < presets);
            QVERIFY(prediction.low < kld && kld < prediction.high);
            logarithms += std::log(kld / presets);
        }
        const double less = 1 - std::exp(logarithms / 4);
        QVERIFY2(less >= 0.25, qPrintable(QString::number(less)));
    }

    void solutionsAreProvenToBeTheBest()
    {
        for (const char* name : {"Q2_K", "Q4_K_M"}) {
            const plan::Solution solution = planned(name);
            QVERIFY2(solution.error <= solution.bound * 1.0001, qPrintable(QString::number(solution.error / solution.bound)));
        }
    }

    /// What the embedding, which is the output too, would cost with the others' type, and what that would save.
    void explanationsSayWhatTheExchangeDoes()
    {
        const plan::Solution solution = planned("Q3_K_M");
        plan::Plan plan = plan::makePlan(*m_model, plan::recipeOf(m_problem, solution), {.importance = true});
        const auto reasons = plan::explain(*m_model, m_table, plan);
        QVERIFY(reasons.size() > 4);
        QCOMPARE(reasons.front().role, model::Role::TokenEmbedding);
        const double before = plan::totalError(*m_model, m_table, plan);
        const Type main = plan::mainType(*m_model, m_table, plan);
        double last = std::numeric_limits<double>::infinity();
        for (const plan::Explanation& reason : reasons) {
            plan::Plan changed = plan;
            std::int64_t bytes = 0;
            for (const std::size_t i : reason.tensors) {
                QCOMPARE(plan.choices[i].type, reason.type);
                QVERIFY(reason.type != main);
                changed.choices[i].type = reason.instead;
                const model::Shape& shape = m_model->tensors()[i].shape;
                bytes +=
                    std::int64_t(plan.choices[i].bytes) - std::int64_t(quant::rowBytes(reason.instead, shape.columns()) * shape.rows());
            }
            QVERIFY(std::abs(plan::totalError(*m_model, m_table, changed) - before - reason.error) < 1e-12);
            QCOMPARE(reason.bytesSaved, bytes);
            QVERIFY((reason.error > 0) == (bytes > 0));  // otherwise the plan would not be the best
            QVERIFY(std::abs(reason.error) <= last);
            last = std::abs(reason.error);
        }
    }
};

QTEST_APPLESS_MAIN(TestPlannedSample)
#include "tst_planned_sample.moc"
