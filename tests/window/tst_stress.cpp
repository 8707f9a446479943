// SPDX-License-Identifier: GPL-3.0-or-later
// A user in a hurry: opens, selects, edits, clicks whatever can be clicked, starts jobs and cancels them, closes the window in the
// middle. What it does follows from a seed. HALFTONE_STRESS_SECONDS lets it go on for so long, HALFTONE_STRESS_SEED begins elsewhere.
#include "app/jobs/job_manager.h"
#include "app/window/main_window.h"
#include "app/window/tensor_tree.h"
#include "core/model/model.h"
#include "tests/write/made_file.h"

#include <QAbstractButton>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>
#include <QtTest>

#include <random>

using namespace halftone;
using namespace halftone::app;

namespace {

constexpr int kSteps = 250, kStepsOfAWindow = 60;

/// Dialogs and menus wait for an answer: it is always no.
class NoSayer : public QTimer {
public:
    NoSayer()
    {
        setInterval(20);
        callOnTimeout([] {
            if (QWidget* popup = QApplication::activePopupWidget())
                popup->close();
            else if (QWidget* dialog = QApplication::activeModalWidget())
                dialog->close();
        });
        start();
    }
};

}  // namespace

class TestStress : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QStringList m_files;
    std::unique_ptr<MainWindow> m_window;
    std::mt19937 m_random;

    Workspace& workspace() { return m_window->workspace(); }
    int below(int bound) { return int(m_random() % unsigned(std::max(1, bound))); }

    QString add(const QString& name, const QByteArray& bytes)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("the test's files cannot be written");
        return file.fileName();
    }
    void makeFiles()
    {
        QFile sample(QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf"));
        QVERIFY(sample.open(QIODevice::ReadOnly));
        const QByteArray bytes = sample.readAll();
        m_files << add(QStringLiteral("sample.gguf"), bytes) << add(QStringLiteral("cut.gguf"), bytes.left(bytes.size() / 2))
                << add(QStringLiteral("text.gguf"), "not a model") << m_folder.filePath(QStringLiteral("missing.gguf"))
                << m_folder.filePath(QStringLiteral("made.gguf"));
        test::madeFile(m_files.last().toStdString(),
                       {test::madeTensor("blk.0.ffn_up.weight", {256, 8}, 1), test::madeTensor("blk.1.ffn_down.weight", {256, 8}, 2)},
                       quant::Type::F16);
    }

    void showNewWindow()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        m_window->openPath(m_files[0]);
    }

    QList<int> anyTensors()
    {
        const int count = workspace().model() ? int(workspace().model()->tensors().size()) : 0;
        QList<int> tensors;
        for (int left = below(8); left > 0; --left)
            tensors << below(count + 2) - 1;  // one too small and one too large among them
        return tensors;
    }
    QList<int> soundTensors()
    {
        QList<int> tensors = anyTensors();
        const int count = workspace().model() ? int(workspace().model()->tensors().size()) : 0;
        tensors.removeIf([count](int tensor) { return tensor < 0 || tensor >= count; });
        return tensors;
    }

    void clickAnything()
    {
        QList<QAbstractButton*> buttons;
        for (QWidget* top : QApplication::topLevelWidgets())
            for (auto* button : top->findChildren<QAbstractButton*>())
                if (button->isVisible() && button->isEnabled())
                    buttons << button;
        if (!buttons.isEmpty())
            QTest::mouseClick(buttons[below(int(buttons.size()))], Qt::LeftButton);
    }

    void pressAnything()
    {
        static constexpr std::array kKeys{Qt::Key_2,    Qt::Key_4,     Qt::Key_8,      Qt::Key_0,      Qt::Key_P,
                                          Qt::Key_Down, Qt::Key_Right, Qt::Key_Return, Qt::Key_Escape, Qt::Key_Delete};
        QWidget* target =
            below(2) || !QApplication::focusWidget() ? m_window->findChild<TensorTree*>()->view() : QApplication::focusWidget();
        QTest::keyClick(target, kKeys[std::size_t(below(int(kKeys.size())))]);
    }

    void disturbAJob()
    {
        const auto jobs = workspace().jobs().jobs();
        if (jobs.isEmpty())
            return;
        const JobId job = jobs[below(int(jobs.size()))].id;
        switch (below(3)) {
        case 0: return workspace().jobs().cancel(job);
        case 1: return workspace().jobs().pause(job);
        default: return workspace().jobs().resume(job);
        }
    }

    void editTheRecipe()
    {
        static const QStringList kBases{QStringLiteral("Q4_K_M"), QStringLiteral("Q2_K"), QStringLiteral("pure:Q8_0"),
                                        QStringLiteral("source")};
        switch (below(5)) {
        case 0: return workspace().applyBase(kBases[below(int(kBases.size()))]);
        case 1: return workspace().chooseType(soundTensors(), below(2) ? quant::Type::Q6_K : quant::Type::Q4_0);
        case 2: return workspace().setPinned(soundTensors(), below(2) == 0);
        case 3: return workspace().clearChoice(soundTensors());
        default: return below(2) ? workspace().undoStack().undo() : workspace().undoStack().redo();
        }
    }

    void step()
    {
        switch (below(16)) {
        case 0: return m_window->openPath(m_files[below(int(m_files.size()))]);
        case 1: return below(4) ? m_window->openPath(m_files[0]) : workspace().close();
        case 2:
        case 3: return m_window->showPage(m_window->pageKeys()[below(int(m_window->pageKeys().size()))]);
        case 4:
        case 5: return workspace().select(anyTensors());
        case 6:
        case 7: return editTheRecipe();
        case 8: return disturbAJob();
        case 9: return m_window->resize(900 + below(900), 600 + below(500));
        case 10:
        case 11: return pressAnything();
        default: return clickAnything();
        }
    }

    /// What every screen relies on, whatever was done.
    void checkWorkspace()
    {
        const std::size_t tensors = workspace().model() ? workspace().model()->tensors().size() : 0;
        QCOMPARE(workspace().plan().choices.size(), tensors);
        for (const int tensor : workspace().selection())
            QVERIFY(tensor >= 0 && std::size_t(tensor) < tensors);
    }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
        QVERIFY(QDir::setCurrent(m_folder.path()));
        makeFiles();
    }
    void cleanup()
    {
        m_window.reset();
        for (QWidget* left : QApplication::topLevelWidgets())
            left->close();
    }

    void nothingBreaksInAnyOrder()
    {
        const int seconds = qEnvironmentVariableIntValue("HALFTONE_STRESS_SECONDS");
        m_random.seed(std::uint32_t(std::max(1, qEnvironmentVariableIntValue("HALFTONE_STRESS_SEED"))));
        const NoSayer sayer;
        QElapsedTimer clock;
        clock.start();
        showNewWindow();
        for (int done = 1; done <= kSteps || clock.elapsed() < seconds * 1000; ++done) {
            step();
            QCoreApplication::processEvents();
            if (below(3) == 0)
                QTest::qWait(below(30));
            checkWorkspace();
            if (QTest::currentTestFailed())
                return;
            if (done % kStepsOfAWindow == 0)  // with whatever runs
                showNewWindow();
        }
        const auto left = workspace().jobs().jobs();
        for (const JobView& job : left)
            workspace().jobs().cancel(job.id);
        QTRY_VERIFY_WITH_TIMEOUT(workspace().jobs().idle(), 120'000);
        m_window->openPath(m_files[0]);  // and the program is as good as new
        QTRY_VERIFY(workspace().model() && workspace().path() == m_files[0].toStdString());
        checkWorkspace();
    }
};

QTEST_MAIN(TestStress)
#include "tst_stress.moc"
