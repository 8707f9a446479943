// SPDX-License-Identifier: GPL-3.0-or-later
// How long until a user sees something: starting the program, then its window, then a model in it.
#include "app/widgets/theme.h"
#include "app/window/main_window.h"

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QProcess>
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

BENCHMARK(programStarted)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(windowShown)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(modelShown)->Unit(benchmark::kMillisecond)->UseRealTime();

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
