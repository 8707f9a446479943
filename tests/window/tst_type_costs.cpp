// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/window/forecast.h"
#include "app/window/type_costs.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QTreeWidget>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::app;

/// The list of what each type costs, driven with mouse and keys on the sample model.
class TestTypeCosts : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<TypeCosts> m_costs;

    int tensor(const char* name) const { return int(m_workspace->model()->find(name) - m_workspace->model()->tensors().data()); }
    quant::Type type(const char* name) const { return m_workspace->plan().choices[std::size_t(tensor(name))].type; }
    QTreeWidget* list() const { return m_costs->findChild<QTreeWidget*>(); }

    QTreeWidgetItem* row(const QString& type) const
    {
        const auto found = list()->findItems(type, Qt::MatchExactly);
        return found.isEmpty() ? nullptr : found.first();
    }

private Q_SLOTS:
    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->model() && m_workspace->forecast().known() && m_workspace->jobs().idle(), 20000);
        m_costs = std::make_unique<TypeCosts>(*m_workspace);
        m_costs->resize(260, 600);
        m_costs->show();
    }
    void cleanup()
    {
        m_costs.reset();
        m_workspace.reset();
    }

    void everyTypeSaysWhatItCosts()
    {
        const int q = tensor("blk.0.attn_q.weight");
        m_workspace->select({q});
        QVERIFY(list()->isVisible());
        const auto costs = m_workspace->forecast().costs(q);
        QCOMPARE(list()->topLevelItemCount(), int(costs.size()));
        QVERIFY(std::ranges::is_sorted(costs, {}, [](const auto& cost) { return quant::info(cost.type).bitsPerWeight(); }));
        for (const char* name : {"Q2_K", "Q4_K", "Q8_0", "F16"})
            QVERIFY2(row(QLatin1String(name)), name);
        const auto cost = [&](quant::Type type) { return *std::ranges::find(costs, type, &Forecast::TypeCost::type); };
        QVERIFY(cost(quant::Type::Q2_K).kld.value() > cost(quant::Type::Q4_K).kld.value());
        QVERIFY(!cost(quant::Type::Q2_K).error && !cost(quant::Type::Q2_K).carried);  // the figures are divergences, measured
        QCOMPARE(cost(quant::Type::Q8_0).bytes, quint64(256 * 256 / 32 * 34));
        QCOMPARE(list()->headerItem()->text(3), QStringLiteral("KL"));
        QVERIFY(!row(QStringLiteral("Q2_K"))->text(3).isEmpty());
    }

    void aClickGivesTheTensorTheType()
    {
        m_workspace->select({tensor("blk.1.attn_q.weight")});
        QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, list()->visualItemRect(row(QStringLiteral("Q6_K"))).center());
        QCOMPARE(type("blk.1.attn_q.weight"), quant::Type::Q6_K);
        QCOMPARE(m_workspace->undoStack().count(), 1);
        QVERIFY(row(QStringLiteral("Q6_K"))->font(0).weight() > row(QStringLiteral("Q5_K"))->font(0).weight());
    }

    void theKeyboardReachesEveryRow()
    {
        m_workspace->select({tensor("blk.1.attn_q.weight")});
        list()->setFocus();
        QTest::keyClick(list(), Qt::Key_Home);
        QTest::keyClick(list(), Qt::Key_Down);
        const QString at = list()->currentItem()->text(0);
        QTest::keyClick(list(), Qt::Key_Return);
        QCOMPARE(list()->currentItem()->text(0), at);  // still there: the next key goes on from it
        const auto chosen = type("blk.1.attn_q.weight");
        QCOMPARE(QString::fromUtf8(quant::name(chosen).data(), qsizetype(quant::name(chosen).size())), at);
    }

    void hiddenWhereNothingCanBeChosen()
    {
        m_workspace->select({tensor("blk.1.attn_norm.weight")});
        QVERIFY(!m_costs->isVisible());
        m_workspace->select({tensor("blk.1.attn_q.weight"), tensor("blk.0.attn_q.weight")});
        QVERIFY(!m_costs->isVisible());
        m_workspace->select({tensor("blk.1.attn_q.weight")});
        QVERIFY(m_costs->isVisible());
        m_workspace->close();
        QVERIFY(!m_costs->isVisible());
    }
};

QTEST_MAIN(TestTypeCosts)
#include "tst_type_costs.moc"
