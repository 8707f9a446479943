// SPDX-License-Identifier: GPL-3.0-or-later
// How long until a user sees something: starting the program, then its window, then a model in it; a lesson after a knob was turned.
#include "app/jobs/job_manager.h"
#include "app/learn/learn_page.h"
#include "app/learn/lesson.h"
#include "app/widgets/theme.h"
#include "app/window/main_window.h"

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QComboBox>
#include <QProcess>
#include <QSlider>
#include <QTemporaryDir>

using namespace halftone::app;

namespace {

/// Notes the first painting of the window.
class FirstPaint : public QObject {
public:
    explicit FirstPaint(QWidget& window) { window.installEventFilter(this); }
    bool seen = false;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        seen = seen || event->type() == QEvent::Paint;
        return QObject::eventFilter(watched, event);
    }
};

/// Libraries loaded, QApplication made, arguments read.
void programStarted(benchmark::State& state)
{
    for (auto _ : state) {
        QProcess program;
        program.start(QStringLiteral(HALFTONE_PROGRAM), {QStringLiteral("--version")});
        if (!program.waitForFinished() || program.exitCode() != 0)
            state.SkipWithError("the program does not start");
    }
}

void windowShown(benchmark::State& state)
{
    for (auto _ : state) {
        MainWindow window;
        FirstPaint paint(window);
        window.show();
        while (!paint.seen)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

/// From the window to the tree, the plan and an inspector that name the model's tensors.
void modelShown(benchmark::State& state)
{
    MainWindow window;
    window.show();
    for (auto _ : state) {
        window.openPath(QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf"));
        while (!window.workspace().model())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        window.workspace().close();
    }
}

/// The lesson's first knob or, where it shows none, its first choice goes one step on.
void turn(const QWidget& panel)
{
    for (auto* slider : panel.findChildren<QSlider*>())
        if (slider->isVisible())
            return slider->setValue(slider->value() == slider->maximum() ? slider->minimum() : slider->value() + 1);
    auto* choice = panel.findChild<QComboBox*>();
    choice->setCurrentIndex((choice->currentIndex() + 1) % choice->count());
}

/// From the turn of a knob to the figure painted anew.
void knobTurned(benchmark::State& state)
{
    MainWindow window;
    window.show();
    window.openPath(QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf"));
    while (!window.workspace().model())
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    window.showPage(QStringLiteral("learn"));
    auto* page = window.findChild<LearnPage*>();
    page->showLesson(int(state.range(0)));
    while (!window.workspace().jobs().idle() || !page->message().isEmpty())
        QApplication::processEvents();
    state.SetLabel(page->current().text().key.toStdString());
    QWidget* figure = page->current().figure();
    const auto inner = figure->findChildren<QWidget*>();
    for (auto _ : state) {
        FirstPaint paint(inner.isEmpty() ? *figure : *inner.last());
        turn(*page->current().panel());
        while (!paint.seen)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

BENCHMARK(programStarted)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(windowShown)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(modelShown)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(knobTurned)->DenseRange(0, 7)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv)
{
    const QTemporaryDir settings;   // the user's own stay untouched
    qputenv("XDG_CONFIG_HOME", settings.path().toUtf8());
    QApplication application(argc, argv);
    applyTheme(application, Scheme::Light);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
