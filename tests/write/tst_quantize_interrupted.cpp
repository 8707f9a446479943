// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/quantize_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#endif

using namespace halftone;

namespace {

const char* const kSample = SAMPLE_DIR "/fairytale-7m-f16.gguf";

void writeTo(const std::filesystem::path& out, Progress& progress)
{
    const auto model = format::openModel(kSample);
    write::quantizeFile(*model, plan::makePlan(*model, {.base = "Q4_K_M"}), out, {}, Executor(2), progress);
}

/// The test program as a job of its own, to be killed: writes the sample to `out`, with files limited to `limit` bytes.
int writeAsChild(const char* out, [[maybe_unused]] const char* limit)
{
#ifdef Q_OS_UNIX
    if (const rlim_t bytes = rlim_t(QByteArray(limit).toULongLong()); bytes > 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit files{bytes, bytes};
        setrlimit(RLIMIT_FSIZE, &files);
    }
#endif
    try {
        Progress progress;
        writeTo(out, progress);
        return 0;
    } catch (const Error&) {
        return 7;
    }
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestQuantizeInterrupted : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cancelLeavesNothing();
    void aJobCancelledBeforeItStartsWritesNothing();
    void goesOnAfterAPause();
    void killedItLeavesTheOldFileOrTheNew();
    void aFullDiskLeavesTheOldFile();

private:
    QString path(const char* name) const { return m_folder->filePath(name); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files); }
    void makeOldFile(const QString& path)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("old"), 3);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestQuantizeInterrupted::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestQuantizeInterrupted::cancelLeavesNothing()
{
    Progress progress;
    std::thread watcher([&] {
        while (progress.snapshot().done == 0)
            std::this_thread::yield();
        progress.cancel();
    });
    ErrorCode code = ErrorCode::Usage;
    try {
        writeTo(path("out.gguf").toStdString(), progress);
    } catch (const Error& error) {
        code = error.code();
    }
    watcher.join();
    QCOMPARE(code, ErrorCode::Cancelled);
    QCOMPARE(files(), QStringList());
}

void TestQuantizeInterrupted::aJobCancelledBeforeItStartsWritesNothing()
{
    Progress progress;
    progress.cancel();
    makeOldFile(path("out.gguf"));
    QVERIFY_EXCEPTION_THROWN(writeTo(path("out.gguf").toStdString(), progress), Error);
    QCOMPARE(contents(path("out.gguf")), QByteArray("old"));
    QCOMPARE(files(), QStringList("out.gguf"));
}

void TestQuantizeInterrupted::goesOnAfterAPause()
{
    Progress progress;
    std::thread watcher([&] {
        while (progress.snapshot().done == 0)
            std::this_thread::yield();
        progress.pause();
        while (!progress.snapshot().paused)
            std::this_thread::yield();
        progress.resume();
    });
    writeTo(path("out.gguf").toStdString(), progress);
    watcher.join();
    format::openModel(path("out.gguf").toStdString());
}

void TestQuantizeInterrupted::killedItLeavesTheOldFileOrTheNew()
{
    Progress progress;
    writeTo(path("whole.gguf").toStdString(), progress);
    const QByteArray whole = contents(path("whole.gguf"));
    int killed = 0;
    for (int milliseconds = 2; milliseconds <= 1024; milliseconds *= 2) {
        makeOldFile(path("out.gguf"));
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {"--write", path("out.gguf"), "0"});
        QVERIFY(child.waitForStarted());
        child.waitForFinished(milliseconds);
        child.kill();
        child.waitForFinished();
        killed += child.exitStatus() == QProcess::CrashExit;
        const QByteArray left = contents(path("out.gguf"));
        QVERIFY2(left == "old" || left == whole, qPrintable(QString("killed after %1 ms").arg(milliseconds)));
    }
    QVERIFY(killed > 0);
}

void TestQuantizeInterrupted::aFullDiskLeavesTheOldFile()
{
#ifndef Q_OS_UNIX
    QSKIP("needs a limit on the size of files");
#endif
    makeOldFile(path("out.gguf"));
    for (const char* limit : {"1000", "300000", "3000000"}) {
        QCOMPARE(QProcess::execute(QCoreApplication::applicationFilePath(), {"--write", path("out.gguf"), limit}), 7);
        QCOMPARE(contents(path("out.gguf")), QByteArray("old"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }
}

int main(int argc, char* argv[])
{
    if (argc == 4 && QByteArray(argv[1]) == "--write")
        return writeAsChild(argv[2], argv[3]);
    QCoreApplication app(argc, argv);
    TestQuantizeInterrupted test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_quantize_interrupted.moc"
