// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QSignalSpy>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestWorkspace : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;

    quant::Type typeOf(int tensor) const { return m_workspace->plan().choices[std::size_t(tensor)].type; }

    int tensor(const char* name) const
    {
        const auto& tensors = m_workspace->model()->tensors();
        return int(std::ranges::find(tensors, std::string(name), &model::Tensor::name) - tensors.begin());
    }

private Q_SLOTS:
    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->openSample();
        QTRY_VERIFY(m_workspace->model() && m_workspace->jobs().idle());
    }

    void aModelComesWithARecipeAPlanAndASelection()
    {
        QCOMPARE(m_workspace->plan().choices.size(), m_workspace->model()->tensors().size());
        QVERIFY(!m_workspace->recipe().base.empty());
        QVERIFY(m_workspace->current() >= 0);
    }

    void strokesOfOneKeyAreOneStep()
    {
        const int a = tensor("blk.0.attn_q.weight"), b = tensor("blk.1.attn_q.weight");
        const auto before = typeOf(a);
        m_workspace->chooseType({a}, quant::Type::Q8_0, QStringLiteral("stroke"));
        m_workspace->chooseType({b}, quant::Type::Q8_0, QStringLiteral("stroke"));
        QCOMPARE(typeOf(b), quant::Type::Q8_0);
        m_workspace->undoStack().undo();
        QCOMPARE(typeOf(a), before);
        QCOMPARE(typeOf(b), before);
        QVERIFY(!m_workspace->undoStack().canUndo());
    }

    void aClearedChoiceFollowsTheBaseAgain()
    {
        const int a = tensor("blk.0.attn_q.weight");
        m_workspace->chooseType({a}, quant::Type::Q8_0);
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        m_workspace->chooseType({a}, quant::Type::Q8_0);
        m_workspace->clearChoice({a});
        QCOMPARE(typeOf(a), quant::Type::Q2_K);
    }

    void normsCannotBeQuantizedByHand()
    {
        const int norm = tensor("blk.0.attn_norm.weight");
        m_workspace->chooseType({norm}, quant::Type::Q4_K);
        QCOMPARE(typeOf(norm), quant::Type::F32);
    }

    void aBadFileLeavesTheOpenModel()
    {
        const auto model = m_workspace->model();
        QSignalSpy failed(m_workspace.get(), &Workspace::openFailed);
        QSignalSpy changed(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open("/nowhere/model.gguf");
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed[0][0].toString().contains(QStringLiteral("model.gguf")));
        QVERIFY(!failed[0][1].toString().isEmpty());
        QCOMPARE(m_workspace->model(), model);
        QCOMPARE(changed.count(), 0);
    }

    /// People send the log to others.
    void theLogNamesFilesWithoutTheirFolders()
    {
        QSignalSpy said(m_workspace.get(), &Workspace::message), failed(&m_workspace->jobs(), &JobManager::jobFailed);
        m_workspace->openSample();
        QTRY_COMPARE(said.count(), 1);
        m_workspace->open("/nowhere/of/mine/model.gguf");
        QTRY_COMPARE(failed.count(), 1);
        const QString opened = said[0][0].toString(), refused = failed[0][2].toString();
        QVERIFY2(opened.contains(QStringLiteral("fairytale-7m-f16.gguf")) && !opened.contains(QLatin1Char('/')), qPrintable(opened));
        QVERIFY2(refused.startsWith(QStringLiteral("model.gguf: ")) && !refused.contains(QStringLiteral("mine")), qPrintable(refused));
    }

    void theNewestRequestWins()
    {
        m_workspace->open("/nowhere/model.gguf");
        m_workspace->openSample();
        QTRY_VERIFY(m_workspace->jobs().idle());
        QVERIFY(m_workspace->model());
        QVERIFY(m_workspace->path().string().ends_with("fairytale-7m-f16.gguf"));
    }

    void selectionsKeepTheirOrderAndTheCurrentLast()
    {
        QSignalSpy changed(m_workspace.get(), &Workspace::selectionChanged);
        m_workspace->select({4, 2, 9});
        QCOMPARE(m_workspace->current(), 9);
        m_workspace->select({4, 2, 9});
        QCOMPARE(changed.count(), 1);
        m_workspace->close();
        QCOMPARE(m_workspace->current(), -1);
    }
};

QTEST_MAIN(TestWorkspace)
#include "tst_workspace.moc"
