// SPDX-License-Identifier: GPL-3.0-or-later
// A small mixture of experts and a model with tied embeddings, from the weights' figures to the written file.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/solver.h"
#include "core/sense/measure.h"
#include "core/write/quantize_file.h"
#include "tests/write/made_file.h"

#include <QTemporaryDir>
#include <QtTest>

#include <set>

using namespace halftone;
using quant::Type;

namespace {

std::vector<test::MadeTensor> madeTensors(bool tied)
{
    std::vector<test::MadeTensor> tensors{test::madeTensor("token_embd.weight", {256, 64}, 1)};
    if (!tied)
        tensors.push_back(test::madeTensor("output.weight", {256, 64}, 2));
    for (unsigned layer = 0; layer < 2; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        tensors.push_back(test::madeTensor(block + "attn_norm.weight", {256}, 10 * layer + 3));
        tensors.push_back(test::madeTensor(block + "attn_v.weight", {256, 32}, 10 * layer + 4));
        tensors.push_back(test::madeTensor(block + "ffn_gate_inp.weight", {256, 4}, 10 * layer + 5));
        tensors.push_back(test::madeTensor(block + "ffn_up_exps.weight", {256, 48, 4}, 10 * layer + 6));
        tensors.push_back(test::madeTensor(block + "ffn_down_exps.weight", {512, 16, 4}, 10 * layer + 7));
    }
    return tensors;
}

/// Experts with importances far from each other.
plan::ImportanceMatrix madeImportance()
{
    plan::ImportanceMatrix importance;
    for (const char* name : {"blk.0.ffn_up_exps.weight", "blk.1.ffn_up_exps.weight"})
        for (int i = 0; i < 256 * 4; ++i)
            importance.columns[name].push_back(i < 256 ? 5.0f : float(1 + i % 7));
    return importance;
}

}  // namespace

class TestExperts : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    Executor m_executor{2};
    Progress m_progress;

private Q_SLOTS:
    void fromFiguresToTheFile_data()
    {
        QTest::addColumn<bool>("tied");
        QTest::newRow("tied embedding") << true;
        QTest::newRow("output of its own") << false;
    }
    void fromFiguresToTheFile()
    {
        QFETCH(bool, tied);
        const auto path = [&](const char* name) { return std::filesystem::path(m_folder.filePath(QLatin1String(name)).toStdString()); };
        const auto model = test::madeFile(path("in.gguf"), madeTensors(tied), Type::F16);
        const plan::ImportanceMatrix importance = madeImportance();
        sense::Sensitivity figures;
        sense::measure(model, {.types = {Type::Q2_K, Type::Q4_K, Type::Q8_0}, .importance = &importance}, figures, {}, m_executor,
                       m_progress);
        std::set<std::string> measured;
        for (const auto& one : figures.tensors) {
            measured.insert(one.tensor);
            QVERIFY(one.error > 0 && one.error < 0.2);
        }
        QCOMPARE(measured.size(), std::size_t(tied ? 7 : 8));  // a stack of experts is one; routers and norms are none
        QVERIFY(measured.contains("blk.0.ffn_up_exps.weight") && !measured.contains("blk.0.ffn_gate_inp.weight"));

        const plan::ErrorTable table = sense::errorTable(figures, *model);
        const plan::Problem problem = plan::makeProblem(*model, table, {.plan = {.importance = true}});
        const plan::Frontier frontier = plan::makeFrontier(problem);
        const std::uint64_t bytes = (2 * frontier.points.front().fileBytes + frontier.points.back().fileBytes) / 3;
        const plan::Solution solution = plan::solve(problem, plan::MaxFileBytes{bytes});
        const plan::Plan plan = plan::makePlan(*model, plan::recipeOf(problem, solution), {.importance = true});
        const auto report = write::quantizeFile(*model, plan, path("out.gguf"), {.importance = &importance}, m_executor, m_progress);
        QCOMPARE(report.bytes, solution.fileBytes);
        QCOMPARE(std::uint64_t(std::filesystem::file_size(path("out.gguf"))), solution.fileBytes);
        QVERIFY(solution.fileBytes <= bytes);

        // What was written errs as the figures said.
        for (const auto& line : report.tensors)
            for (const auto& one : figures.tensors)
                if (one.tensor == line.name && one.type == line.type)
                    QVERIFY2(std::abs(one.weights->rmse / line.rmse - 1) < 1e-6, line.name.c_str());
    }
};

QTEST_GUILESS_MAIN(TestExperts)
#include "tst_experts.moc"
