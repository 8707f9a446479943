// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/plan/held_recipe.h"
#include "app/plan/plan_matrix_model.h"
#include "app/plan/plan_table_model.h"
#include "app/plan/plan_text.h"
#include "app/plan/rules_model.h"
#include "app/plan/size_rows.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

/// The models behind the plan page, all under QAbstractItemModelTester, on the sample model.
class TestPlanModels : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;

    template <class Model>
    static void watch(Model& model)
    {
        new QAbstractItemModelTester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest, &model);
    }

    int tensor(const char* name) const
    {
        const auto& tensors = m_workspace->model()->tensors();
        for (int i = 0; i < int(tensors.size()); ++i)
            if (tensors[std::size_t(i)].name == name)
                return i;
        return -1;
    }

    void open()
    {
        QSignalSpy opened(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QVERIFY(opened.wait(20000));
        m_workspace->applyBase(QStringLiteral("Q4_K_M"));
    }

private Q_SLOTS:
    void init() { m_workspace = std::make_unique<Workspace>(); }

    void modelsFollowTheWorkspace()
    {
        PlanMatrixModel matrix(*m_workspace);
        PlanTableModel table(*m_workspace);
        RulesModel rules(*m_workspace);
        SizeRowsModel sizes;
        watch(matrix);
        watch(table);
        watch(rules);
        watch(sizes);
        QCOMPARE(matrix.rowCount(), 0);
        QCOMPARE(table.rowCount(), 0);
        open();
        QCOMPARE(table.rowCount(), int(m_workspace->model()->tensors().size()));
        QCOMPARE(matrix.rowCount(), m_workspace->model()->layers() + 2);   // embedding and output
        m_workspace->chooseType({tensor("blk.0.attn_q.weight")}, quant::Type::Q2_K);
        QVERIFY(rules.add(QStringLiteral("ffn_down"), quint32(quant::Type::Q8_0)));
        sizes.setRows(rowsByRole(*m_workspace->model(), m_workspace->plan()));
        m_workspace->undoStack().undo();
        m_workspace->undoStack().undo();
        sizes.setRows({});
        m_workspace->close();
        QCOMPARE(matrix.rowCount(), 0);
        QCOMPARE(table.rowCount(), 0);
    }

    void everyTensorHasItsCell()
    {
        open();
        PlanMatrixModel matrix(*m_workspace);
        int seen = 0;
        for (int row = 0; row < matrix.rowCount(); ++row)
            for (int column = 0; column < matrix.columnCount(); ++column)
                seen += int(matrix.tensorsAt(matrix.index(row, column)).size());
        QCOMPARE(seen, int(m_workspace->model()->tensors().size()));
        const QModelIndex cell = matrix.indexOf(tensor("blk.2.ffn_up.weight"));
        QCOMPARE(matrix.headerData(cell.row(), Qt::Vertical, Qt::DisplayRole).toString(), QStringLiteral("layer 2"));
        QCOMPARE(matrix.headerData(cell.column(), Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("up"));
        QCOMPARE(cell.data().toString(), QStringLiteral("4"));
        QVERIFY(cell.data(Qt::ToolTipRole).toString().contains(QStringLiteral("Q4_K")));
        QVERIFY(cell.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("4 bits")));
    }

    void onlyRolesThatExistHaveColumns()
    {
        open();
        PlanMatrixModel matrix(*m_workspace);
        for (int column = 0; column < matrix.columnCount(); ++column)
            QVERIFY(!matrix.tensorsInColumn(column).isEmpty());
    }

    void cellsKnowHandsPinsAndWhatCannotBeChanged()
    {
        open();
        PlanMatrixModel matrix(*m_workspace);
        const int q = tensor("blk.1.attn_q.weight");
        const QModelIndex cell = matrix.indexOf(q), norm = matrix.indexOf(tensor("blk.1.attn_norm.weight"));
        QVERIFY(!cell.data(PlanMatrixModel::ByHandRole).toBool());
        m_workspace->chooseType({q}, quant::Type::Q6_K);
        m_workspace->setPinned({q}, true);
        QVERIFY(cell.data(PlanMatrixModel::ByHandRole).toBool());
        QVERIFY(cell.data(PlanMatrixModel::PinnedRole).toBool());
        QCOMPARE(cell.data(PlanMatrixModel::BitsRole).toInt(), 6);
        QVERIFY(cell.data(PlanMatrixModel::EditableRole).toBool());
        QVERIFY(!norm.data(PlanMatrixModel::EditableRole).toBool());
    }

    void aHeldRecipeSplitsTheCellsThatDiffer()
    {
        open();
        HeldRecipe held(*m_workspace);
        PlanMatrixModel matrix(*m_workspace, &held);
        PlanTableModel table(*m_workspace, &held);
        watch(matrix);
        watch(table);
        const int q = tensor("blk.1.attn_q.weight"), k = tensor("blk.1.attn_k.weight");
        QVERIFY(!table.holds() && !held.differs(q));
        held.holdCurrent();
        QVERIFY(table.holds() && !held.differs(q));
        m_workspace->chooseType({q}, quant::Type::Q8_0);
        QCOMPARE(matrix.indexOf(q).data().toString(), QStringLiteral("8"));
        QCOMPARE(matrix.indexOf(q).data(PlanMatrixModel::HeldBitsRole).toInt(), 4);
        QCOMPARE(matrix.indexOf(q).data(PlanMatrixModel::HeldTextRole).toString(), QStringLiteral("4"));
        QCOMPARE(matrix.indexOf(k).data(PlanMatrixModel::HeldBitsRole).toInt(), 0);
        QVERIFY(matrix.indexOf(q).data(Qt::ToolTipRole).toString().contains(QStringLiteral("held recipe: Q4_K")));
        QCOMPARE(table.index(q, PlanTableModel::Held).data().toString(), QStringLiteral("Q4_K"));
        held.swap();
        QCOMPARE(m_workspace->plan().choices[std::size_t(q)].type, quant::Type::Q4_K);
        QCOMPARE(matrix.indexOf(q).data(PlanMatrixModel::HeldBitsRole).toInt(), 8);
        m_workspace->undoStack().undo();   // the swap is one step of the recipe's; what is held stays
        QCOMPARE(m_workspace->plan().choices[std::size_t(q)].type, quant::Type::Q8_0);
        held.letGo();
        QVERIFY(!table.holds() && !held.differs(q));
    }

    void recipesAreHeldFromPresetsAndFiles()
    {
        open();
        HeldRecipe held(*m_workspace);
        held.holdPreset(QStringLiteral("Q2_K"));
        const int q = tensor("blk.1.attn_q.weight");
        QCOMPARE(held.plan().choices[std::size_t(q)].type, quant::Type::Q2_K);
        QTemporaryDir folder;
        const auto write = [&](const QString& name, const std::string& json) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray::fromStdString(json));
        };
        write(QStringLiteral("good.json"), plan::toJson({.base = "pure:Q5_0"}));
        held.holdFile(folder.filePath(QStringLiteral("good.json")).toStdString());
        QTRY_COMPARE(held.recipe().name, std::string("good"));
        QCOMPARE(held.plan().choices[std::size_t(q)].type, quant::Type::Q5_0);
        QSignalSpy failed(&held, &HeldRecipe::failed);
        for (const char* broken : {"{", R"({"format":"halftone-recipe","version":1,"base":"no such preset"})"}) {
            write(QStringLiteral("bad.json"), broken);
            held.holdFile(folder.filePath(QStringLiteral("bad.json")).toStdString());
            QVERIFY(failed.wait(5000));
            QCOMPARE(held.recipe().name, std::string("good"));
        }
        m_workspace->close();
        QVERIFY(!held.holds());
    }

    void theTableSortsNumbersAsNumbersAndEditsTypes()
    {
        open();
        PlanTableModel table(*m_workspace);
        const int row = tensor("blk.3.ffn_gate.weight");
        const QModelIndex chosen = table.index(row, PlanTableModel::Chosen);
        QVERIFY(chosen.flags() & Qt::ItemIsEditable);
        QVERIFY(!(table.index(tensor("blk.3.ffn_norm.weight"), PlanTableModel::Chosen).flags() & Qt::ItemIsEditable));
        QCOMPARE(table.index(row, PlanTableModel::Layer).data(PlanTableModel::SortRole).toInt(), 3);
        const auto before = m_workspace->plan().fileBytes;
        QVERIFY(table.setData(chosen, uint(quant::Type::Q8_0), Qt::EditRole));
        QCOMPARE(chosen.data().toString(), QStringLiteral("Q8_0"));
        QVERIFY(m_workspace->plan().fileBytes > before);
        QCOMPARE(table.index(row, PlanTableModel::After).data(PlanTableModel::SortRole).toULongLong(), m_workspace->plan().choices[std::size_t(row)].bytes);
    }

    void sizesOfRolesAndLayersAddUpToTheTensors()
    {
        open();
        for (const auto& rows : {rowsByRole(*m_workspace->model(), m_workspace->plan()), rowsByLayer(*m_workspace->model(), m_workspace->plan())}) {
            quint64 bytes = 0, before = 0, parts = 0;
            for (const SizeRow& row : rows) {
                bytes += row.bytes;
                before += row.before;
                for (const auto& [bits, part] : row.bytesByBits)
                    parts += part;
            }
            QCOMPARE(bytes, m_workspace->plan().tensorBytes);
            QCOMPARE(parts, bytes);
            QCOMPARE(before, m_workspace->model()->tensorBytes());
        }
    }

    void thePresetsSizesAreWhatApplyingThemGives()
    {
        open();
        m_workspace->chooseType({tensor("blk.0.ffn_down.weight")}, quant::Type::Q8_0);
        m_workspace->setPinned({tensor("blk.0.ffn_down.weight")}, true);
        const auto rows = rowsByPreset(*m_workspace->model(), pinnedPart(*m_workspace->model(), m_workspace->recipe(), m_workspace->plan()), {});
        QVERIFY(rows.size() > 10);
        for (const SizeRow& row : rows) {
            m_workspace->applyBase(row.base);
            QCOMPARE(m_workspace->plan().fileBytes, row.bytes);
        }
    }

    void aRuleSaysWhatItDecidesAndWhatBeatsIt()
    {
        open();
        RulesModel rules(*m_workspace);
        QVERIFY(rules.add(QStringLiteral("ffn_"), quint32(quant::Type::Q5_K)));
        QVERIFY(rules.add(QStringLiteral("FFN_DOWN"), quint32(quant::Type::Q6_K)));
        QVERIFY(rules.add(QStringLiteral("no_such_name"), quint32(quant::Type::Q6_K)));
        QCOMPARE(rules.effect(0).decides, 24);
        QCOMPARE(rules.effect(1).matches, 8);
        QCOMPARE(rules.effect(1).decides, 0);
        QCOMPARE(rules.effect(1).blockedBy, 0);
        QVERIFY(rules.index(1, RulesModel::Effect).data().toString().contains(QStringLiteral("rule 1")));
        QCOMPARE(rules.effect(2).matches, 0);
        rules.move(1, -1);
        QCOMPARE(rules.effect(0).decides, 8);
        QCOMPARE(rules.effect(1).decides, 16);
        rules.remove(0);
        QCOMPARE(rules.effect(0).decides, 24);
    }

    void aPatternThatMakesNoSenseIsRefusedWithASentence()
    {
        open();
        RulesModel rules(*m_workspace);
        QSignalSpy rejected(&rules, &RulesModel::rejected);
        QVERIFY(!rules.add(QStringLiteral("blk.("), quint32(quant::Type::Q4_K)));
        QVERIFY(!rules.add(QString(), quint32(quant::Type::Q4_K)));
        QCOMPARE(rejected.count(), 2);
        QCOMPARE(rules.matchCount(QStringLiteral("blk.(")), -1);
        QVERIFY(m_workspace->recipe().rules.empty());
        QVERIFY(rules.add(QStringLiteral("attn_v"), quint32(quant::Type::Q4_K)));
        QVERIFY(!rules.setData(rules.index(0, RulesModel::Pattern), QStringLiteral("["), Qt::EditRole));
        QCOMPARE(m_workspace->recipe().rules[0].pattern, std::string("attn_v"));
    }
};

QTEST_MAIN(TestPlanModels)
#include "tst_plan_models.moc"
