// SPDX-License-Identifier: GPL-3.0-or-later
// The largest models in the window. What would stall the UI thread is counted, not timed: ranges of a selection, cells painted,
// pixels that a text asks for.
#include "app/jobs/job_manager.h"
#include "app/plan/plan_matrix_view.h"
#include "app/plan/plan_table_view.h"
#include "app/window/fact_table.h"
#include "app/window/main_window.h"
#include "app/window/tensor_tree.h"
#include "app/window/tokenizer_card.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "tests/limits/made_limits.h"

#include <QAbstractItemView>
#include <QLineEdit>
#include <QStyledItemDelegate>
#include <QTemporaryDir>
#include <QTreeView>
#include <QtTest>

#include <numeric>

using namespace halftone;
using namespace halftone::app;
using namespace halftone::test;

namespace {

/// Paints nothing and counts how often it is asked to.
class CountingDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override { ++asked; }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        ++asked;
        return QStyledItemDelegate::sizeHint(option, index);
    }
    mutable int asked = 0;
};

/// How many cells a view paints and measures when all of it is drawn anew.
int cellsAskedFor(QAbstractItemView& view)
{
    const CountingDelegate counting;
    QAbstractItemDelegate* before = view.itemDelegate();
    view.setItemDelegate(const_cast<CountingDelegate*>(&counting));
    view.scrollToBottom();
    view.viewport()->repaint();
    view.setItemDelegate(before);
    return counting.asked;
}

}  // namespace

class TestWindowLimits : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;

    std::filesystem::path file(const char* name) const { return fromUtf8(m_folder.filePath(QLatin1String(name)).toStdString()); }
    Workspace& workspace() { return m_window->workspace(); }
    void open(const std::filesystem::path& path)
    {
        m_window->openPath(QString::fromStdString(toUtf8(path)));
        QTRY_VERIFY(workspace().model() && workspace().path() == path);
    }
    static QList<int> everyTensor()
    {
        QList<int> tensors(kMostTensors);
        std::iota(tensors.begin(), tensors.end(), 0);
        return tensors;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
        writeManyTensors(file("many.gguf"));
    }
    void init()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1400, 900);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    void cleanup() { m_window.reset(); }

    void tenThousandSelectedTensorsAreFewRanges()
    {
        open(file("many.gguf"));
        m_window->showPage(QStringLiteral("plan"));
        workspace().select(everyTensor());
        const auto* tree = m_window->findChild<TensorTree*>()->view()->selectionModel();
        QCOMPARE(tree->selectedRows().size(), kMostTensors);
        QVERIFY(tree->selection().size() <= kMostLayers + 4);  // layers, embedding, output, norms, others
        const auto* table = m_window->findChild<PlanTableView*>()->table()->selectionModel();
        QCOMPARE(table->selectedRows().size(), kMostTensors);
        QVERIFY(table->selection().size() <= 1);
        const auto* matrix = m_window->findChild<PlanMatrixView*>()->selectionModel();
        QVERIFY(matrix->selectedIndexes().size() > 8 * kMostLayers);
        QVERIFY(matrix->selection().size() <= 20);  // a column or two pieces of it each
    }

    void tenThousandTensorsAreChangedInOneStepAndFiltered()
    {
        open(file("many.gguf"));
        auto* tree = m_window->findChild<TensorTree*>();
        tree->view()->expandAll();
        tree->view()->selectAll();
        QCOMPARE(workspace().selection().size(), kMostTensors);
        QTest::keyClick(tree->view(), Qt::Key_8);
        QVERIFY(std::ranges::count(workspace().plan().choices, quant::Type::Q8_0, &plan::Choice::type) >= 33 * kMostLayers);
        QCOMPARE(workspace().undoStack().count(), 1);
        tree->findChild<QLineEdit*>()->setText(QStringLiteral("extra_25"));
        QCOMPARE(tree->view()->model()->rowCount(), kMostLayers);
        QCOMPARE(workspace().selection().size(), kMostTensors);
        tree->findChild<QLineEdit*>()->clear();
        QCOMPARE(tree->view()->selectionModel()->selectedRows().size(), kMostTensors);
        workspace().undoStack().undo();
        QVERIFY(workspace().recipe().exact.empty());
    }

    void onlyWhatIsVisibleIsPainted()
    {
        open(file("many.gguf"));
        m_window->showPage(QStringLiteral("plan"));
        auto* tree = m_window->findChild<TensorTree*>()->view();
        tree->expandAll();
        auto* matrix = m_window->findChild<PlanMatrixView*>();
        QCOMPARE(matrix->model()->rowCount(), kMostLayers + 2);
        // A row is at least 10 pixels high; each cell may be measured and painted, before and after the scrolling.
        constexpr int kTimes = 4;
        QVERIFY2(cellsAskedFor(*tree) <= kTimes * 3 * tree->height() / 10, "tree");
        QVERIFY2(cellsAskedFor(*matrix) <= kTimes * matrix->model()->columnCount() * matrix->height() / 10, "matrix");
        auto* table = m_window->findChild<PlanTableView*>()->table();
        QVERIFY2(cellsAskedFor(*table) <= kTimes * table->model()->columnCount() * (table->height() / 10 + 1), "table");
    }

    void aMillionTokensAreDescribed()
    {
        writeManyTokens(file("tokens.gguf"), "gpt2");
        open(file("tokens.gguf"));
        auto* card = m_window->findChild<TokenizerCard*>();
        auto* facts = card->findChild<FactTable*>(QStringLiteral("tokenizer"));
        QTRY_COMPARE_WITH_TIMEOUT(facts->value(QStringLiteral("vocabulary")), QLocale().toString(kMostTokens), 60'000);
    }

    void theLongestNamesDoNotWidenTheWindow()
    {
        model::Metadata metadata = limitMetadata(1);
        metadata.set("general.name", std::string(kLongestText, 'n'));
        metadata.set("general.license", std::string(kLongestText, 'l'));
        metadata.set(std::string(kLongestText - 1, 'k'), std::string("value"));
        writeModel(file("names.gguf"), metadata, {f16(std::string(1024, 't'), {256, 4}), f16("blk.0.ffn_up.weight", {256, 4})});
        open(file("names.gguf"));
        for (const QString& page : m_window->pageKeys()) {
            m_window->showPage(page);
            for (const int tensor : {0, 1}) {
                workspace().select({tensor});
                QTRY_VERIFY_WITH_TIMEOUT(workspace().jobs().idle(), 60'000);
                QVERIFY2(m_window->minimumSizeHint().width() <= 1400 && m_window->width() == 1400, qPrintable(page));
                QVERIFY2(m_window->height() == 900, qPrintable(page));
            }
        }
        QVERIFY(m_window->windowTitle().size() < 300);
    }
};

QTEST_MAIN(TestWindowLimits)
#include "tst_window_limits.moc"
