// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/bit_chips.h"
#include "app/plan/plan_matrix_model.h"
#include "app/plan/plan_matrix_view.h"
#include "app/plan/plan_page.h"
#include "app/plan/plan_table_model.h"
#include "app/plan/plan_table_view.h"
#include "app/plan/plan_text.h"
#include "app/plan/rules_editor.h"
#include "app/plan/size_list.h"
#include "app/plan/size_rows.h"
#include "app/widgets/segmented.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QAbstractButton>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

/// Drives the plan page with mouse and keys on the sample model.
class TestPlanPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<PlanPage> m_page;

    template <class Widget>
    Widget* find() const { return m_page->findChild<Widget*>(); }

    int tensor(const char* name) const
    {
        const auto& tensors = m_workspace->model()->tensors();
        for (int i = 0; i < int(tensors.size()); ++i)
            if (tensors[std::size_t(i)].name == name)
                return i;
        return -1;
    }

    quant::Type type(const char* name) const { return m_workspace->plan().choices[std::size_t(tensor(name))].type; }

    QPoint cell(const char* name) const
    {
        auto* matrix = find<PlanMatrixView>();
        return matrix->visualRect(static_cast<PlanMatrixModel*>(matrix->model())->indexOf(tensor(name))).center();
    }

    void pickBrush(int bits) { QTest::mouseClick(find<BitChips>()->chip(bits), Qt::LeftButton); }

    void clickCell(const char* name) { QTest::mouseClick(find<PlanMatrixView>()->viewport(), Qt::LeftButton, {}, cell(name)); }

    void press(QWidget* widget, Qt::Key key) { QTest::keyClick(widget, key); }

    void showSizesOf(const QString& label)
    {
        for (auto* each : m_page->findChildren<Segmented*>())
            if (each->labels().contains(label))
                each->setIndex(int(each->labels().indexOf(label)));
    }

    QTableView* showTable()
    {
        for (auto* each : m_page->findChildren<Segmented*>())
            if (each->labels().contains(QStringLiteral("Matrix")))
                each->setIndex(1);
        return find<PlanTableView>()->table();
    }

private Q_SLOTS:
    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        QSignalSpy opened(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QVERIFY(opened.wait(20000));
        m_workspace->applyBase(QStringLiteral("Q4_K_M"));
        m_workspace->undoStack().clear();
        m_page = std::make_unique<PlanPage>(*m_workspace);
        m_page->resize(1000, 640);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }

    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }

    void aStrokeOverCellsChangesTheSizeAndOneUndoRestoresIt()
    {
        const auto before = m_workspace->plan().fileBytes;
        const auto recipe = m_workspace->recipe();
        pickBrush(2);
        QWidget* viewport = find<PlanMatrixView>()->viewport();
        QTest::mousePress(viewport, Qt::LeftButton, {}, cell("blk.1.ffn_up.weight"));
        const auto afterOne = m_workspace->plan().fileBytes;
        QVERIFY(afterOne < before);
        QTest::mouseMove(viewport, cell("blk.4.ffn_up.weight"));   // quick: the cells between are painted too
        QTest::mouseRelease(viewport, Qt::LeftButton, {}, cell("blk.4.ffn_up.weight"));
        QVERIFY(m_workspace->plan().fileBytes < afterOne);
        for (const char* name : {"blk.1.ffn_up.weight", "blk.2.ffn_up.weight", "blk.3.ffn_up.weight", "blk.4.ffn_up.weight"})
            QCOMPARE(type(name), quant::Type::Q2_K);
        QCOMPARE(type("blk.5.ffn_up.weight"), quant::Type::Q4_K);
        QCOMPARE(m_workspace->undoStack().count(), 1);
        m_workspace->undoStack().undo();
        QCOMPARE(m_workspace->plan().fileBytes, before);
        QCOMPARE(m_workspace->recipe(), recipe);
        m_workspace->undoStack().redo();
        QCOMPARE(type("blk.3.ffn_up.weight"), quant::Type::Q2_K);
    }

    void thePlanLeavesAsACommandAndAsAPicture()
    {
        m_workspace->chooseType({tensor("blk.0.attn_q.weight")}, quant::Type::Q8_0);
        m_workspace->chooseType({tensor("blk.1.attn_q.weight")}, quant::Type::Q6_K);
        for (auto* action : m_page->findChildren<QAction*>())
            if (action->text() == QLatin1String("Copy as llama-quantize command"))
                action->trigger();
        const QString command = QGuiApplication::clipboard()->text();
        QVERIFY2(command.startsWith(QLatin1String("llama-quantize --")) && command.contains(QLatin1String("'^blk\\.(1)\\.attn_q\\.weight$=Q6_K'")), qPrintable(command));
        const Chart chart = find<PlanMatrixView>()->chart(QStringLiteral("plan"));
        QImage image(chart.size, QImage::Format_ARGB32);
        image.fill(Qt::magenta);
        chart.draw(image, chart.size);
        QSet<QRgb> colours;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                colours.insert(image.pixel(x, y));
        QVERIFY(!colours.contains(QColor(Qt::magenta).rgb()) && colours.size() > 4);
        QCOMPARE(chart.csv().count(QLatin1Char('\n')), qsizetype(m_workspace->model()->tensors().size() + 1));
    }

    void theToolTipSaysWhatEveryTypeCosts()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->forecast().known(), 20000);   // the sample brings its figures
        auto* matrix = find<PlanMatrixView>();
        const auto index = static_cast<PlanMatrixModel*>(matrix->model())->indexOf(tensor("blk.0.attn_q.weight"));
        const QString text = index.data(Qt::ToolTipRole).toString();
        const auto costs = m_workspace->forecast().divergences(tensor("blk.0.attn_q.weight"));
        QVERIFY(costs.size() > 5);
        for (const auto& one : costs)
            QVERIFY2(text.contains(QLatin1Char('\n') + typeText(one.type) + QLatin1String(": ")), qPrintable(text));
        QVERIFY(costs.front().error > costs.back().error);
    }

    void aHeldRecipeStandsBesideTheOther()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->forecast().known(), 20000);
        const auto* summary = m_page->findChild<QLabel*>(QStringLiteral("heldSummary"));
        QVERIFY(!summary->isVisible());
        showTable();
        QVERIFY(find<PlanTableView>()->table()->isColumnHidden(PlanTableModel::Held));
        for (auto* action : m_page->findChildren<QAction*>())
            if (action->text() == QLatin1String("Hold this recipe"))
                action->trigger();
        QVERIFY(summary->isVisible());
        QVERIFY(!find<PlanTableView>()->table()->isColumnHidden(PlanTableModel::Held));
        const QString same = summary->text();
        QVERIFY2(same.contains(QLatin1String("Q4_K_M")) && same.contains(QLatin1String("0 tensor")), qPrintable(same));
        const plan::Recipe held = m_workspace->recipe();
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        QVERIFY2(summary->text().contains(QStringLiteral("−")) && summary->text() != same, qPrintable(summary->text()));
        for (auto* button : m_page->findChildren<QAbstractButton*>())
            if (button->text() == QLatin1String("Swap"))
                QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(m_workspace->recipe(), held);
        const QImage split = find<PlanMatrixView>()->grab().toImage();
        for (auto* button : m_page->findChildren<QAbstractButton*>())
            if (button->text() == QLatin1String("Let go"))
                QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!summary->isVisible());
        QVERIFY(find<PlanMatrixView>()->grab().toImage() != split);
    }

    void twoStrokesAreTwoSteps()
    {
        pickBrush(3);
        clickCell("blk.0.attn_q.weight");
        clickCell("blk.1.attn_q.weight");
        QCOMPARE(m_workspace->undoStack().count(), 2);
    }

    void withoutABrushAClickSelectsAndKeysSetBits()
    {
        clickCell("blk.2.attn_k.weight");
        QCOMPARE(m_workspace->selection(), QList<int>{tensor("blk.2.attn_k.weight")});
        auto* matrix = find<PlanMatrixView>();
        press(matrix, Qt::Key_8);
        QCOMPARE(type("blk.2.attn_k.weight"), quant::Type::Q8_0);
        press(matrix, Qt::Key_0);
        QCOMPARE(type("blk.2.attn_k.weight"), quant::Type::F16);
        press(matrix, Qt::Key_Delete);
        QCOMPARE(type("blk.2.attn_k.weight"), quant::Type::Q4_K);
        QVERIFY(m_workspace->recipe().exact.empty());
        press(matrix, Qt::Key_Down);
        QCOMPARE(m_workspace->current(), tensor("blk.3.attn_k.weight"));
        press(matrix, Qt::Key_P);
        QVERIFY(m_workspace->recipe().pins.contains("blk.3.attn_k.weight"));
        press(matrix, Qt::Key_P);
        QVERIFY(m_workspace->recipe().pins.empty());
        pickBrush(5);
        press(matrix, Qt::Key_Space);
        QCOMPARE(type("blk.3.attn_k.weight"), quant::Type::Q5_K);
        press(matrix, Qt::Key_Escape);
        QCOMPARE(find<BitChips>()->bits(), 0);
    }

    void aColumnHeaderSetsTheRoleAndARowHeaderTheLayer()
    {
        auto* matrix = find<PlanMatrixView>();
        const auto* model = static_cast<PlanMatrixModel*>(matrix->model());
        const QModelIndex down = model->indexOf(tensor("blk.6.ffn_down.weight"));
        pickBrush(3);
        auto* header = matrix->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(down.column()) + 8, 8));
        for (int layer = 0; layer < 8; ++layer)
            QCOMPARE(type(qPrintable(QStringLiteral("blk.%1.ffn_down.weight").arg(layer))), quant::Type::Q3_K);
        QCOMPARE(m_workspace->selection().size(), 8);
        QCOMPARE(m_workspace->undoStack().count(), 1);

        pickBrush(3);   // down again: headers select now
        auto* rows = matrix->verticalHeader();
        QTest::mouseClick(rows->viewport(), Qt::LeftButton, {}, QPoint(8, rows->sectionViewportPosition(down.row()) + 8));
        QCOMPARE(m_workspace->undoStack().count(), 1);
        for (int i : m_workspace->selection())
            QCOMPARE(m_workspace->model()->tensors()[std::size_t(i)].layer, 6);
    }

    void aSelectionMadeElsewhereIsShownInMatrixAndTable()
    {
        const int chosen = tensor("blk.5.ffn_gate.weight");
        m_workspace->select({chosen});
        auto* matrix = find<PlanMatrixView>();
        QCOMPARE(matrix->selectionModel()->selectedIndexes().size(), 1);
        QCOMPARE(matrix->currentIndex(), static_cast<PlanMatrixModel*>(matrix->model())->indexOf(chosen));
        QTableView* table = showTable();
        QCOMPARE(table->selectionModel()->selectedRows().size(), 1);
        QCOMPARE(table->selectionModel()->selectedRows().first().data().toString(), QStringLiteral("blk.5.ffn_gate.weight"));
        QCOMPARE(m_workspace->selection(), QList<int>{chosen});   // showing it does not change it
    }

    void normsAreNotPainted()
    {
        pickBrush(2);
        clickCell("blk.0.attn_norm.weight");
        QCOMPARE(m_workspace->undoStack().count(), 0);
        QCOMPARE(type("blk.0.attn_norm.weight"), quant::Type::F32);
    }

    void aDoubleClickGoesToTheWeights()
    {
        QSignalSpy asked(m_page.get(), &Page::goToPage);
        clickCell("blk.2.ffn_up.weight");
        QTest::mouseDClick(find<PlanMatrixView>()->viewport(), Qt::LeftButton, {}, cell("blk.2.ffn_up.weight"));
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toString(), QStringLiteral("explore"));
    }

    void theTableFiltersSortsAndSetsSeveralRowsAtOnce()
    {
        QTableView* table = showTable();
        QTest::keyClicks(find<PlanTableView>()->filter(), QStringLiteral("ffn_down"));
        QCOMPARE(table->model()->rowCount(), 8);
        table->sortByColumn(PlanTableModel::Layer, Qt::DescendingOrder);
        QCOMPARE(table->model()->index(0, PlanTableModel::Name).data().toString(), QStringLiteral("blk.7.ffn_down.weight"));
        table->selectAll();
        QCOMPARE(m_workspace->selection().size(), 8);
        press(table, Qt::Key_5);
        for (int layer = 0; layer < 8; ++layer)
            QCOMPARE(type(qPrintable(QStringLiteral("blk.%1.ffn_down.weight").arg(layer))), quant::Type::Q5_K);
        QCOMPARE(m_workspace->undoStack().count(), 1);
    }

    void theTablesComboBoxSetsTheType()
    {
        QTableView* table = showTable();
        const QModelIndex chosen = table->model()->index(tensor("blk.2.attn_output.weight"), PlanTableModel::Chosen);
        QCOMPARE(chosen.siblingAtColumn(0).data().toString(), QStringLiteral("blk.2.attn_output.weight"));
        table->selectRow(chosen.row());
        table->setCurrentIndex(chosen);
        table->edit(chosen);
        auto* combo = table->findChild<QComboBox*>();
        QVERIFY(combo);
        combo->setCurrentIndex(combo->findText(QStringLiteral("Q5_1")));
        Q_EMIT combo->activated(combo->currentIndex());
        QCOMPARE(type("blk.2.attn_output.weight"), quant::Type::Q5_1);
    }

    void aPresetFromTheListIsAppliedAtItsSize()
    {
        showSizesOf(QStringLiteral("Presets"));
        auto* list = find<SizeList>();
        QTRY_VERIFY(list->model()->rowCount() > 10);
        auto* sizes = static_cast<SizeRowsModel*>(list->model());
        for (int row = 0; row < sizes->rowCount(); ++row) {
            if (sizes->row(row).base != QStringLiteral("Q3_K_M"))
                continue;
            const auto bytes = sizes->row(row).bytes;
            list->scrollTo(sizes->index(row));
            QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(sizes->index(row)).center());
            QCOMPARE(m_workspace->recipe().base, std::string("Q3_K_M"));
            QCOMPARE(m_workspace->plan().fileBytes, bytes);
            return;
        }
        QFAIL("no row for Q3_K_M");
    }

    void theRulesEditorSaysWhatAPatternMatchesWhileTyping()
    {
        auto* editor = find<RulesEditor>();
        QTest::keyClicks(editor->pattern(), QStringLiteral("attn_v"));
        QVERIFY(editor->remark().contains(QStringLiteral("8")));
        QTest::keyClick(editor->pattern(), Qt::Key_Return);
        QCOMPARE(m_workspace->recipe().rules.size(), std::size_t(1));
        QCOMPARE(type("blk.0.attn_v.weight"), quant::Type::Q6_K);
        QTest::keyClicks(editor->pattern(), QStringLiteral("("));
        QTest::keyClick(editor->pattern(), Qt::Key_Return);
        QVERIFY(editor->remark().contains(QStringLiteral("not a regular expression")));
        QCOMPARE(m_workspace->recipe().rules.size(), std::size_t(1));
    }

    void withoutAModelASentenceStandsThere()
    {
        m_workspace->close();
        QVERIFY(!find<PlanMatrixView>()->isVisible());
    }
};

QTEST_MAIN(TestPlanPage)
#include "tst_plan_page.moc"
