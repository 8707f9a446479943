// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/window/tensor_tree.h"
#include "app/window/tensor_tree_model.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QTreeView>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestTensorTree : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;

    QModelIndex group(const QAbstractItemModel& model, const QString& name) const
    {
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.index(row, 0).data().toString() == name)
                return model.index(row, 0);
        return {};
    }

    QStringList namesBelow(const QModelIndex& parent) const
    {
        QStringList names;
        for (int row = 0; row < parent.model()->rowCount(parent); ++row)
            names << parent.model()->index(row, 0, parent).data().toString();
        return names;
    }

private Q_SLOTS:
    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->open(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QTRY_VERIFY(m_workspace->model() && m_workspace->jobs().idle());
        m_workspace->applyBase(QStringLiteral("Q4_K_M"));
    }

    void theModelIsConsistentThroughEveryChange()
    {
        TensorTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setModel(m_workspace->model(), m_workspace->recipe(), m_workspace->plan());
        QVERIFY(model.rowCount() > 8);
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        model.setPlan(m_workspace->recipe(), m_workspace->plan());
        model.setModel(nullptr, {}, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void everyTensorHasOneRowAndGroupsFollowTheFlowOfData()
    {
        TensorTreeModel model;
        model.setModel(m_workspace->model(), m_workspace->recipe(), m_workspace->plan());
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Embedding"));
        QCOMPARE(namesBelow(group(model, QStringLiteral("Layer 3"))),
                 QStringList({QStringLiteral("attn_q"), QStringLiteral("attn_k"), QStringLiteral("attn_v"), QStringLiteral("attn_output"), QStringLiteral("ffn_gate"), QStringLiteral("ffn_up"), QStringLiteral("ffn_down")}));
        for (int tensor = 0; tensor < int(m_workspace->model()->tensors().size()); ++tensor)
            QCOMPARE(model.indexOf(tensor).data(TensorTreeModel::TensorsRole).value<QList<int>>(), QList<int>{tensor});
    }

    void aGroupShowsItsTypeOnlyWhereAllAgree()
    {
        TensorTreeModel model;
        model.setModel(m_workspace->model(), m_workspace->recipe(), m_workspace->plan());
        const QModelIndex layer = group(model, QStringLiteral("Layer 1"));
        QCOMPARE(layer.data(TensorTreeModel::ChipRole).toString(), QStringLiteral("4"));
        const int first = layer.data(TensorTreeModel::TensorsRole).value<QList<int>>().first();
        m_workspace->chooseType({first}, quant::Type::Q8_0);
        model.setPlan(m_workspace->recipe(), m_workspace->plan());
        QCOMPARE(layer.data(TensorTreeModel::ChipRole).toString(), QStringLiteral("mix"));
        QVERIFY(!layer.data(TensorTreeModel::BitsRole).isValid());
        QCOMPARE(model.indexOf(first).data(TensorTreeModel::BitsRole).toInt(), 8);
    }

    void theFilterKeepsMatchingTensorsAndTheSelection()
    {
        TensorTree tree(*m_workspace);
        tree.show();
        m_workspace->select({5});
        QTest::keyClicks(tree.findChild<QLineEdit*>(), QStringLiteral("2.ATTN"));
        const auto* rows = tree.view()->model();
        QCOMPARE(rows->rowCount(), 2);   // layer 2 and its norm
        QCOMPARE(rows->rowCount(rows->index(0, 0)), 4);
        QCOMPARE(m_workspace->selection(), QList<int>{5});
        QTest::keyClick(tree.findChild<QLineEdit*>(), Qt::Key_Escape);
        QVERIFY(rows->rowCount() > 8);
    }

    void keysOnALayerChangeAllItsTensorsInOneStep()
    {
        TensorTree tree(*m_workspace);
        tree.show();
        const QModelIndex layer = group(*tree.view()->model(), QStringLiteral("Layer 2"));
        tree.view()->setCurrentIndex(layer);
        const auto tensors = layer.data(TensorTreeModel::TensorsRole).value<QList<int>>();
        QCOMPARE(m_workspace->selection().size(), tensors.size());
        const int steps = m_workspace->undoStack().count();
        QTest::keyClick(tree.view(), Qt::Key_5);
        for (const int tensor : tensors)
            QCOMPARE(quant::info(m_workspace->plan().choices[std::size_t(tensor)].type).bits, 5);
        QCOMPARE(m_workspace->undoStack().count(), steps + 1);
        QTest::keyClick(tree.view(), Qt::Key_0);
        for (const int tensor : tensors)
            QCOMPARE(m_workspace->plan().choices[std::size_t(tensor)].type, quant::Type::F16);
        QTest::keyClick(tree.view(), Qt::Key_P);
        QCOMPARE(m_workspace->recipe().pins.size(), std::size_t(tensors.size()));
        QTest::keyClick(tree.view(), Qt::Key_P);
        QVERIFY(m_workspace->recipe().pins.empty());
    }
};

QTEST_MAIN(TestTensorTree)
#include "tst_tensor_tree.moc"
