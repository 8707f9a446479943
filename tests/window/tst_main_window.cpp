// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window, driven with mouse and keys as a user would.
#include "app/compare/compare_page.h"
#include "app/compare/token_text.h"
#include "app/evaluate/evaluate_page.h"
#include "app/explore/histogram_plot.h"
#include "app/jobs/job_manager.h"
#include "app/learn/learn_page.h"
#include "app/plan/plan_page.h"
#include "app/widgets/format_text.h"
#include "app/window/inspector.h"
#include "app/window/main_window.h"
#include "app/window/quantize_dialog.h"
#include "app/window/settings.h"
#include "app/window/start_page.h"
#include "app/window/tensor_tree.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/importance_file.h"
#include "tests/format/hf_folder.h"

#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeView>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

namespace {

const QString kSample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;

    Workspace& workspace() const { return m_window->workspace(); }

    template <class Widget>
    Widget* named(const char* name) const
    {
        return m_window->findChild<Widget*>(QLatin1String(name));
    }

    QWidget* page() const { return m_window->findChild<QStackedWidget*>()->currentWidget(); }
    QString shownSize() const { return named<QLabel>("outputSize")->text(); }

    int tensor(const char* name) const
    {
        const auto& tensors = workspace().model()->tensors();
        return int(std::ranges::find(tensors, std::string(name), &model::Tensor::name) - tensors.begin());
    }

    void openSample()
    {
        m_window->openPath(kSample);
        QTRY_VERIFY(workspace().model() && workspace().jobs().idle());
    }

    QPushButton* shown(const QString& text) const
    {
        const auto buttons = m_window->findChildren<QPushButton*>();
        const auto found = std::ranges::find_if(buttons, [&](const QPushButton* button) { return button->text() == text && button->isVisible(); });
        return found == buttons.end() ? nullptr : *found;
    }

    /// A click into the row of the first tensor of that short name below `group`.
    void clickInTree(const QString& group, const QString& name)
    {
        QTreeView* tree = m_window->findChild<TensorTree*>()->view();
        const auto* rows = tree->model();
        for (int g = 0; g < rows->rowCount(); ++g) {
            const QModelIndex parent = rows->index(g, 0);
            for (int i = 0; parent.data().toString() == group && i < rows->rowCount(parent); ++i) {
                const QModelIndex row = rows->index(i, 0, parent);
                if (row.data().toString() != name)
                    continue;
                tree->expand(parent);
                tree->scrollTo(row);
                QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(row).center());
                return;
            }
        }
        QFAIL(qPrintable(group + name));
    }

    void showNewWindow()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

private Q_SLOTS:
    void initTestCase() { QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings"))); }

    void init()
    {
        QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("halftone"), QStringLiteral("halftone")).clear();
        showNewWindow();
    }

    void cleanup() { m_window.reset(); }

    void startsWithAPageThatOpensTheSample()
    {
        QVERIFY(!workspace().model());
        QVERIFY(!m_window->findChild<TensorTree*>()->isVisible());
        QVERIFY(!m_window->actions().quantize->isEnabled());
        QTest::mouseClick(named<QWidget>("openSampleCard"), Qt::LeftButton);
        QTRY_VERIFY(workspace().model());
        QVERIFY(m_window->findChild<TensorTree*>()->isVisible());
        QVERIFY(m_window->windowTitle().contains(QStringLiteral("Fairytale 7M")));
        QTRY_VERIFY(m_window->findChild<HistogramPlot*>()->barCount() > 0);
    }

    void aKeyOnATensorChangesItsBitsAndTheSizeEverywhere()
    {
        openSample();
        const QString before = shownSize();
        const auto bytesBefore = workspace().plan().fileBytes;
        clickInTree(QStringLiteral("Layer 1"), QStringLiteral("ffn_up"));
        const int chosen = tensor("blk.1.ffn_up.weight");
        QCOMPARE(workspace().current(), chosen);
        QTest::keyClick(m_window->findChild<TensorTree*>()->view(), Qt::Key_8);
        QCOMPARE(workspace().plan().choices[std::size_t(chosen)].type, quant::Type::Q8_0);
        QVERIFY(workspace().plan().fileBytes > bytesBefore);
        QVERIFY(shownSize() != before);
        QCOMPARE(shownSize(), bytesText(workspace().plan().fileBytes));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(workspace().plan().fileBytes, bytesBefore);
        QCOMPARE(shownSize(), before);
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(workspace().plan().choices[std::size_t(chosen)].type, quant::Type::Q8_0);
    }

    void theMenuOfRecipesAppliesAPresetAndKeepsPins()
    {
        openSample();
        const int pinned = tensor("blk.0.attn_q.weight");
        workspace().chooseType({pinned}, quant::Type::Q8_0);
        workspace().setPinned({pinned}, true);
        QMenu* menu = named<QToolButton>("recipeButton")->menu();
        const auto actions = menu->actions();
        const auto entry = std::ranges::find_if(actions, [](const QAction* action) { return action->data() == QStringLiteral("Q2_K"); });
        QVERIFY(entry != actions.end());
        (*entry)->trigger();
        QCOMPARE(workspace().recipe().base, std::string("Q2_K"));
        QCOMPARE(workspace().plan().choices[std::size_t(pinned)].type, quant::Type::Q8_0);
        QCOMPARE(workspace().plan().choices[std::size_t(tensor("blk.0.attn_k.weight"))].type, quant::Type::Q2_K);
        QCOMPARE(named<QToolButton>("recipeButton")->text(), QStringLiteral("Q2_K"));
    }

    void controlAndANumberShowsTheScreens()
    {
        openSample();
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
        QVERIFY(qobject_cast<PlanPage*>(page()));
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        QVERIFY(qobject_cast<ComparePage*>(page()));
        QTest::keyClick(m_window.get(), Qt::Key_4, Qt::ControlModifier);
        QVERIFY(qobject_cast<EvaluatePage*>(page()));
        QTest::keyClick(m_window.get(), Qt::Key_5, Qt::ControlModifier);
        QVERIFY(qobject_cast<LearnPage*>(page()));
    }

    void withoutAModelOnlyLearnIsMoreThanTheStart()
    {
        QTest::keyClick(m_window.get(), Qt::Key_5, Qt::ControlModifier);
        QVERIFY(m_window->findChild<LearnPage*>()->isVisible());
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
        QVERIFY(m_window->findChild<StartPage*>()->isVisible());
    }

    void aRunWithAnImportanceMatrixIsContinuedWithIt_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("read from its file before the dialog appears") << true;
        QTest::newRow("asked for where the file is gone") << false;
    }
    void aRunWithAnImportanceMatrixIsContinuedWithIt()
    {
        QFETCH(bool, isThere);
        openSample();
        plan::ImportanceSums sums;
        for (const model::Tensor& tensor : workspace().model()->tensors())
            sums.tensors[tensor.name] = {std::vector<float>(tensor.shape.columns(), 2.0f), {1.0f}};
        const QString importance = m_folder.filePath(QStringLiteral("importance.gguf")), out = m_folder.filePath(QStringLiteral("weighted.gguf"));
        QFile::remove(importance);
        if (isThere)
            plan::writeImportanceSums(sums, importance.toStdString());
        QFile part(out + QStringLiteral(".part"));
        QVERIFY(part.open(QIODevice::WriteOnly));
        Settings().addUnfinished({out, kSample, QStringLiteral(R"({"format":"halftone-recipe","version":1,"base":"Q5_0"})"), {importance, false}});
        workspace().close();
        QTRY_VERIFY(shown(QStringLiteral("Continue...")));
        QTest::mouseClick(shown(QStringLiteral("Continue...")), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QuantizeDialog*>());
        auto* dialog = m_window->findChild<QuantizeDialog*>();
        QCOMPARE(dialog->destination(), out);
        QCOMPARE(bool(workspace().importance()), isThere);
        QTRY_VERIFY(workspace().jobs().idle());
        const auto labels = dialog->findChildren<QLabel*>();
        const bool asks = std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("importance matrix importance.gguf")); });
        QCOMPARE(asks, !isThere);
        Settings().removeUnfinished(out);
    }

    void whatACrashLeftIsOfferedAtTheStart()
    {
        const auto crash = [this](const char* name) {
            const QString out = m_folder.filePath(QLatin1String(name));
            QFile part(out + QStringLiteral(".part"));
            QVERIFY(part.open(QIODevice::WriteOnly) && part.write("left") == 4);
            Settings().addUnfinished({out, kSample, QStringLiteral(R"({"format":"halftone-recipe","version":1,"base":"Q5_0"})")});
        };
        crash("crashed.gguf");
        openSample();
        workspace().close();
        QTRY_VERIFY(shown(QStringLiteral("Continue...")));
        QTest::mouseClick(shown(QStringLiteral("Continue...")), Qt::LeftButton);
        QTRY_VERIFY(m_window->findChild<QuantizeDialog*>());
        auto* dialog = m_window->findChild<QuantizeDialog*>();
        QCOMPARE(dialog->destination(), m_folder.filePath(QStringLiteral("crashed.gguf")));
        QCOMPARE(workspace().recipe().base, std::string("Q5_0"));
        dialog->close();
        QTRY_VERIFY(!m_window->findChild<QuantizeDialog*>());
        workspace().close();
        QTRY_VERIFY(shown(QStringLiteral("Remove")));
        QTest::mouseClick(shown(QStringLiteral("Remove")), Qt::LeftButton);
        QTRY_VERIFY(Settings().unfinished().isEmpty());
        QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("crashed.gguf.part"))));
        QTRY_VERIFY(workspace().jobs().idle() && !shown(QStringLiteral("Remove")));
    }

    void quantizesAndOpensTheResult()
    {
        openSample();
        const QString out = m_folder.filePath(QStringLiteral("quantized.gguf"));
        const auto bytes = workspace().plan().fileBytes;
        QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
        auto* dialog = m_window->findChild<QuantizeDialog*>();
        QVERIFY(dialog);
        dialog->setDestination(out);
        QSignalSpy written(dialog, &QuantizeDialog::written);
        const auto button = [dialog](const QString& text) {
            const auto buttons = dialog->findChildren<QPushButton*>();
            const auto found = std::ranges::find(buttons, text, &QPushButton::text);
            return found == buttons.end() ? nullptr : *found;
        };
        QTRY_VERIFY(button(QStringLiteral("Quantize"))->isEnabled());
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QTRY_COMPARE(written.count(), 1);
        QCOMPARE(quint64(QFileInfo(out).size()), quint64(bytes));
        QTest::mouseClick(button(QStringLiteral("Open")), Qt::LeftButton);
        QTRY_VERIFY(QString::fromStdString(workspace().path().string()) == out);
        QCOMPARE(workspace().model()->fileBytes(), bytes);
    }

    void comparesTheVersionsOfOnePrompt()
    {
        openSample();
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        auto* compare = m_window->findChild<ComparePage*>();
        for (auto* spin : compare->findChildren<QSpinBox*>())
            if (spin->suffix().contains(QStringLiteral("tokens")))
                spin->setValue(6);
        QTest::keyClick(m_window.get(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(compare->isRunning());
        QTRY_VERIFY(!compare->isRunning());
        QCOMPARE(compare->columns().size(), std::size_t(4));
        for (const CompareColumn* column : compare->columns())
            QCOMPARE(column->text().tokens().size(), std::size_t(6));
        QTest::keyClick(m_window.get(), Qt::Key_Return, Qt::ControlModifier);  // the shortcut outlives the first run
        QVERIFY(compare->isRunning());
        QTRY_VERIFY(!compare->isRunning());
    }

    void badFilesGiveASentenceAndTheProgramGoesOn_data()
    {
        QTest::addColumn<QByteArray>("content");
        QFile sample(kSample);
        QVERIFY(sample.open(QIODevice::ReadOnly));
        QTest::newRow("not a model") << QByteArray("{\"a\": 1}");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut in its header") << sample.read(1000);
        sample.seek(0);
        QTest::newRow("cut in its weights") << sample.read(sample.size() / 2);
    }
    void badFilesGiveASentenceAndTheProgramGoesOn()
    {
        QFETCH(QByteArray, content);
        const QString path = m_folder.filePath(QStringLiteral("bad.gguf"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        file.close();
        m_window->openPath(path);
        QTRY_VERIFY(named<QWidget>("errorBar")->isVisible());
        QVERIFY(named<QLabel>("errorText")->text().startsWith(path + QStringLiteral(": ")));
        QVERIFY(named<QLabel>("errorText")->text().endsWith(QLatin1Char('.')));
        openSample();
        QVERIFY(!named<QWidget>("errorBar")->isVisible());
        m_window->openPath(path);  // and the open model stays when the next one is bad
        QTRY_VERIFY(named<QWidget>("errorBar")->isVisible());
        QVERIFY(workspace().model());
    }

    void aDroppedFileIsOpened()
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(kSample)});
        QDragEnterEvent enter({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &drop);
        QTRY_VERIFY(workspace().model());

        data.setUrls({QUrl(QStringLiteral("https://example.org/model.gguf"))});
        QDragEnterEvent remote({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
        remote.ignore();
        QCoreApplication::sendEvent(m_window.get(), &remote);
        QVERIFY(!remote.isAccepted());
    }

    void aDroppedFolderIsOpened()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("Tiny-llama"));
        QVERIFY(QDir().mkdir(path));
        HfFolder(path.toStdString()).putLlama();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path + QLatin1Char('/'))});
        QDragEnterEvent enter({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &drop);
        QTRY_VERIFY2(workspace().model(), qPrintable(named<QLabel>("errorText")->text()));
        QCOMPARE(workspace().model()->name(), std::string("Tiny Llama"));
        QCOMPARE(Settings().recent().first().path, path);

        // A file in it means the folder too.
        m_window->openPath(path + QStringLiteral("/config.json"));
        QTRY_COMPARE(Settings().recent().size(), 1);
        QCOMPARE(Settings().recent().first().path, path);
    }

    void leadsBackFromATensorToTheModel()
    {
        openSample();
        auto* whole = named<QToolButton>("wholeModel");
        workspace().select({3});
        QVERIFY(whole->isVisible());
        QTest::mouseClick(whole, Qt::LeftButton);
        QVERIFY(workspace().selection().isEmpty());
        QVERIFY(!whole->isVisible());
        workspace().select({3});
        QTest::keyClick(m_window->findChild<TensorTree*>()->view(), Qt::Key_Escape);
        QVERIFY(workspace().selection().isEmpty());
    }

    void remembersModelsAndLayout()
    {
        openSample();
        m_window->actions().showInspector->trigger();
        QVERIFY(!m_window->findChild<Inspector*>()->isVisible());
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
        m_window->close();
        showNewWindow();
        QVERIFY(!m_window->actions().showInspector->isChecked());
        const auto entries = named<QToolButton>("openButton")->menu()->actions();
        QVERIFY(std::ranges::any_of(entries, [](const QAction* action) { return action->toolTip() == kSample; }));
        openSample();
        QVERIFY(qobject_cast<PlanPage*>(page()));
        QVERIFY(!m_window->findChild<Inspector*>()->isVisible());
    }

    void closesSafelyWhileJobsRun()
    {
        openSample();
        m_window->findChild<ComparePage*>()->run();
        workspace().jobs().start(
            {.title = QStringLiteral("wait")}, m_window.get(),
            [](Progress& progress) {
                while (true)
                    progress.checkpoint();
                return 0;
            },
            [](int) {});
        m_window->close();
        m_window.reset();
    }

    void closingTheModelGoesBackToTheStart()
    {
        openSample();
        m_window->actions().close->trigger();
        QVERIFY(!workspace().model());
        QVERIFY(named<QWidget>("openSampleCard")->isVisible());
        QVERIFY(!m_window->actions().quantize->isEnabled());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
