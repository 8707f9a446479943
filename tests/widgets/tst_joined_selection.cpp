// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/joined_selection.h"

#include <QStandardItemModel>
#include <QtTest>

using namespace halftone::app;

class TestJoinedSelection : public QObject {
    Q_OBJECT

    QStandardItemModel m_model;

    static QList<QStandardItem*> row() { return {new QStandardItem, new QStandardItem, new QStandardItem}; }  // models own their items

private Q_SLOTS:
    void init()
    {
        m_model.clear();
        for (int i = 0; i < 6; ++i)
            m_model.appendRow(row());
        for (const int parent : {1, 2})
            for (int i = 0; i < 4; ++i)
                m_model.item(parent)->appendRow(row());
    }

    void nothingIsNoRange() { QVERIFY(joinedSelection({}).isEmpty()); }

    void neighboursAreOneRangeInAnyOrderAndGapsStay()
    {
        QModelIndexList cells;
        for (const int at : {4, 0, 1, 5, 1, 2})
            cells << m_model.index(at, 0);
        const auto selection = joinedSelection(cells);
        QCOMPARE(selection.size(), 2);
        QCOMPARE(selection[0].top(), 0);
        QCOMPARE(selection[0].bottom(), 2);
        QCOMPARE(selection[1].top(), 4);
        QCOMPARE(selection[1].bottom(), 5);
        QCOMPARE(selection[1].right(), 0);
    }

    void rowsReachToTheColumnAsked()
    {
        const auto selection = joinedSelection({m_model.index(3, 0), m_model.index(2, 0)}, 2);
        QCOMPARE(selection.size(), 1);
        QCOMPARE(selection[0].right(), 2);
        QCOMPARE(selection.indexes().size(), 6);
    }

    void columnsAndParentsAreApart()
    {
        const QModelIndex a = m_model.index(1, 0), b = m_model.index(2, 0);
        const auto selection = joinedSelection(
            {m_model.index(3, 0, a), m_model.index(0, 0, b), m_model.index(2, 0, a), m_model.index(1, 1), m_model.index(0, 0)});
        QCOMPARE(selection.size(), 4);
        QCOMPARE(selection.indexes().size(), 5);
        for (const QModelIndex& cell :
             {m_model.index(3, 0, a), m_model.index(0, 0, b), m_model.index(2, 0, a), m_model.index(1, 1), m_model.index(0, 0)})
            QVERIFY(selection.contains(cell));
    }
};

QTEST_GUILESS_MAIN(TestJoinedSelection)
#include "tst_joined_selection.moc"
