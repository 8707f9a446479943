// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/cost_map.h"
#include "app/explore/cost_view.h"
#include "core/model/model.h"

#include <QSignalSpy>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestCostMap : public QObject {
    Q_OBJECT

    /// Tensor i costs i + 1; norms keep their type.
    static CostMap made()
    {
        model::Model::Parts parts;
        for (const char* name : {"token_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_q.weight", "blk.0.ffn_down.weight",
                                 "blk.1.attn_q.weight", "blk.1.ffn_down.weight"}) {
            model::Tensor tensor;
            tensor.name = name;
            tensor.layer = model::layerOf(name);
            tensor.role = model::roleOf(name, tensor.shape);
            parts.tensors.push_back(tensor);
        }
        const model::Model model(std::move(parts));
        return {model, [&](int tensor) {
                    return model.tensors()[std::size_t(tensor)].role == model::Role::Norm ? std::nullopt : std::optional(tensor + 1.0);
                }};
    }

private Q_SLOTS:
    void rowsAreLayersAndColumnsAreRoles()
    {
        const CostMap map = made();
        QCOMPARE(map.layers(), (QList<int>{-1, 0, 1}));
        QCOMPARE(map.roles(), (QList<model::Role>{model::Role::TokenEmbedding, model::Role::AttentionQ, model::Role::FfnDown}));
        QCOMPARE(map.cell(2, 1).cost, 5.0);
        QCOMPARE(map.cell(2, 1).tensors, (QList<int>{4}));
        QVERIFY(map.cell(2, 0).tensors.isEmpty());
        QCOMPARE(map.placeOf(5), (CostMap::Place{2, 2}));
        QCOMPARE(map.placeOf(1), CostMap::Place{});
    }

    void costsAddUpOverLayersAndRoles()
    {
        const CostMap map = made();
        QCOMPARE(map.layer(1).cost, 3.0 + 4.0);
        QCOMPARE(map.role(2).cost, 4.0 + 6.0);
        QCOMPARE(map.role(2).tensors, (QList<int>{3, 5}));
        QCOMPARE(map.total(), 19.0);
        QCOMPARE(map.largestCell(), 6.0);
    }

    void shadesAreLogarithmicOverThreeDecades()
    {
        QCOMPARE(costShade(8, 8), 1.0);
        QVERIFY(std::abs(costShade(0.008, 8)) < 1e-9);
        QVERIFY(std::abs(costShade(0.8, 8) - 2.0 / 3) < 1e-9);
        QCOMPARE(costShade(0, 8), 0.0);
        QCOMPARE(costShade(0, 0), 0.0);
    }

    void clicksPickCellsRolesAndLayers()
    {
        CostView view;
        view.resize(240, 300);
        view.setMap(made());
        QSignalSpy clicked(&view, &CostView::tensorsClicked);
        const auto click = [&](CostMap::Place place) {
            QTest::mouseClick(&view, Qt::LeftButton, {}, view.rectOf(place).center());
            return clicked.isEmpty() ? QList<int>() : clicked.takeLast().first().value<QList<int>>();
        };
        QCOMPARE(click({2, 1}), (QList<int>{4}));
        QCOMPARE(click({-1, 1}), (QList<int>{2, 4}));
        QCOMPARE(click({1, -1}), (QList<int>{2, 3}));
        QCOMPARE(click({1, 0}), QList<int>());  // no embedding in a layer
    }

    void keysSkipEmptyCellsAndStopAtTheEdge()
    {
        CostView view;
        view.setMap(made());
        QSignalSpy clicked(&view, &CostView::tensorsClicked);
        connect(&view, &CostView::tensorsClicked, &view, &CostView::setSelection);
        QTest::keyClick(&view, Qt::Key_Down);  // from nowhere to the first cell that holds something
        QCOMPARE(clicked.last().first().value<QList<int>>(), (QList<int>{0}));
        view.setSelection({2});
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(clicked.last().first().value<QList<int>>(), (QList<int>{4}));
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(clicked.last().first().value<QList<int>>(), (QList<int>{5}));
        const auto count = clicked.size();
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(clicked.size(), count);
    }

    void anEmptyMapTellsNothing()
    {
        CostView view;
        view.resize(200, 200);
        QVERIFY(view.readOut({60, 60}).isEmpty());
        QVERIFY(view.grab().size().isValid());
    }
};

QTEST_MAIN(TestCostMap)
#include "tst_cost_map.moc"
