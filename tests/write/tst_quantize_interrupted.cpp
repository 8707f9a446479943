// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "tests/write/interrupted_run.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <random>
#include <thread>

using namespace halftone;
using namespace halftone::test;

class TestQuantizeInterrupted : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cancelLeavesNothing();
    void aJobCancelledBeforeItStartsWritesNothing();
    void goesOnAfterAPause();
    void killedAtAnyMomentItLeavesTheOldFileOrTheNewAndGoesOn();
    void aFamilyKilledAtAnyMomentLeavesEachFileOldOrNewAndGoesOn();
    void aFullDiskLeavesTheOldFile();
    void cancelledWhileItVerifiesItLeavesNothing();
    void aSourceThatChangesLeavesNothing_data();
    void aSourceThatChangesLeavesNothing();
    void aSourceReplacedAfterItWasOpenedIsRefused();
    void aSourceThatShrinksLeavesNothing();

private:
    QString path(const char* name) const { return m_folder->filePath(name); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files); }
    /// Starts a run of its own and kills it. True if it was still running.
    bool killAt(std::uint32_t microseconds, const QString& presets);
    static int rounds();
    /// Of a run that nobody kills, in microseconds.
    std::uint32_t durationOf(const QString& presets) const;
    QString copyOfTheSample() const
    {
        const QString copy = path("source.gguf");
        if (!QFile::copy(kSample, copy) || !QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner))
            qFatal("the sample cannot be copied");
        return copy;
    }
    void makeOldFile(const QString& path)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("old"), 3);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestQuantizeInterrupted::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

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

int TestQuantizeInterrupted::rounds()
{
    const int asked = qEnvironmentVariableIntValue("HALFTONE_KILLS");
    return asked > 0 ? asked : 30;
}

std::uint32_t TestQuantizeInterrupted::durationOf(const QString& presets) const
{
    QElapsedTimer timer;
    timer.start();
    if (QProcess::execute(QCoreApplication::applicationFilePath(), childArguments(path("out.gguf"), 0, presets)) != 0)
        qFatal("the run failed");
    return std::uint32_t(timer.nsecsElapsed() / 1000);
}

bool TestQuantizeInterrupted::killAt(std::uint32_t microseconds, const QString& presets)
{
    QProcess child;
    child.start(QCoreApplication::applicationFilePath(), childArguments(path("out.gguf"), 0, presets));
    if (!child.waitForStarted())
        qFatal("the run cannot be started");
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    child.kill();
    child.waitForFinished();
    return child.exitStatus() == QProcess::CrashExit;
}

void TestQuantizeInterrupted::killedAtAnyMomentItLeavesTheOldFileOrTheNewAndGoesOn()
{
    const QStringList presets{"Q5_0", "Q4_0"};  // some tensors alike: the second goes on with what the first left of them
    QByteArrayList whole;
    Progress progress;
    for (const QString& preset : presets) {
        writeFamily(kSample, {preset}, path("whole.gguf").toStdString(), progress);
        whole << contents(path("whole.gguf"));
    }
    const std::uint32_t longest = durationOf("Q4_0");
    std::mt19937 random(1);
    int killed = 0, continued = 0;
    for (int round = 0; round < rounds(); ++round) {
        makeOldFile(path("out.gguf"));
        for (const QString& preset : presets) {
            const std::uint32_t moment = random() % longest;
            killed += killAt(moment, preset);
            const QByteArray left = contents(path("out.gguf"));
            QVERIFY2(left == "old" || whole.contains(left),
                     qPrintable(QString("round %1, %2, killed after %3 us").arg(round).arg(preset).arg(moment)));
        }
        continued += writeFamily(kSample, {"Q4_0"}, path("out.gguf").toStdString(), progress).front().resumedBytes > 0;
        QVERIFY2(contents(path("out.gguf")) == whole.back(), qPrintable(QString("round %1, continued").arg(round)));
        QCOMPARE(files(), QStringList({"out.gguf", "whole.gguf"}));
    }
    QVERIFY(killed > 0);
    qInfo("%d of %d runs were killed; in %d of %d rounds there were finished tensors to go on with", killed, 2 * rounds(), continued,
          rounds());
}

void TestQuantizeInterrupted::aFamilyKilledAtAnyMomentLeavesEachFileOldOrNewAndGoesOn()
{
    const QStringList presets{"Q8_0", "Q5_0", "Q4_0"}, names{"out.gguf", "out.gguf-1", "out.gguf-2"};
    const QString family = presets.join(',');
    Progress progress;
    writeFamily(kSample, presets, path("whole.gguf").toStdString(), progress);
    const QByteArrayList whole{contents(path("whole.gguf")), contents(path("whole.gguf-1")), contents(path("whole.gguf-2"))};
    const std::uint32_t longest = durationOf(family);
    std::mt19937 random(2);
    int killed = 0, continued = 0, some = 0;
    for (int round = 0; round < rounds(); ++round) {
        for (const QString& name : names)
            makeOldFile(path(qPrintable(name)));
        const std::uint32_t moment = random() % longest;
        killed += killAt(moment, family);
        int done = 0;
        for (int i = 0; i < names.size(); ++i) {
            const QByteArray left = contents(path(qPrintable(names[i])));
            QVERIFY2(left == "old" || left == whole[i],
                     qPrintable(QString("round %1, %2, killed after %3 us").arg(round).arg(names[i]).arg(moment)));
            done += left == whole[i];
        }
        some += done > 0 && done < names.size();
        for (const write::Report& report : writeFamily(kSample, presets, path("out.gguf").toStdString(), progress))
            continued += report.resumedBytes > 0;
        for (int i = 0; i < names.size(); ++i)
            QVERIFY2(contents(path(qPrintable(names[i]))) == whole[i],
                     qPrintable(QString("round %1, %2, continued").arg(round).arg(names[i])));
        QCOMPARE(files().size(), 6);
    }
    QVERIFY(killed > 0);
    qInfo("%d of %d runs were killed, %d of them between two names; %d of %d files had finished tensors to go on with", killed, rounds(),
          some, continued, int(names.size()) * rounds());
}

void TestQuantizeInterrupted::aFullDiskLeavesTheOldFile()
{
#ifndef Q_OS_UNIX
    QSKIP("needs a limit on the size of files");
#endif
    makeOldFile(path("out.gguf"));
    for (const std::uint64_t limit : {1000, 300'000, 3'000'000}) {
        QCOMPARE(QProcess::execute(QCoreApplication::applicationFilePath(), childArguments(path("out.gguf"), limit)), 7);
        QCOMPARE(contents(path("out.gguf")), QByteArray("old"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }
}

void TestQuantizeInterrupted::cancelledWhileItVerifiesItLeavesNothing()
{
    Progress progress;
    std::thread watcher([&] {
        while (progress.snapshot().stage != "verifying")
            std::this_thread::yield();
        progress.cancel();
    });
    makeOldFile(path("out.gguf"));
    QVERIFY_EXCEPTION_THROWN(writeTo(path("out.gguf").toStdString(), progress), Error);
    watcher.join();
    QCOMPARE(contents(path("out.gguf")), QByteArray("old"));
    QCOMPARE(files(), QStringList("out.gguf"));
}

void TestQuantizeInterrupted::aSourceThatChangesLeavesNothing_data()
{
    QTest::addColumn<QString>("stage");
    QTest::addColumn<bool>("secretly");
    QTest::newRow("while it is quantized") << "quantizing" << false;
    QTest::newRow("while it is verified") << "verifying" << false;
    QTest::newRow("its time set back, before it is read again") << "quantizing" << true;
}

void TestQuantizeInterrupted::aSourceThatChangesLeavesNothing()
{
    QFETCH(QString, stage);
    QFETCH(bool, secretly);
    const QString source = copyOfTheSample();
    const auto model = format::openModel(source.toStdString());
    const auto plan = plan::makePlan(*model, {.base = "Q4_K_M"});
    const auto time = std::filesystem::last_write_time(source.toStdString());
    Progress progress;
    std::atomic<bool> ended{false};
    std::thread other([&] {
        const auto isTime = [&](const Progress::Snapshot& now) {
            return now.stage == stage.toStdString() && (now.done > 0 || now.stage == "verifying");
        };
        while (!isTime(progress.snapshot()) && !ended)
            std::this_thread::yield();
        progress.pause();
        QFile file(source);
        if (file.open(QIODevice::ReadWrite) && file.seek(qint64(model->tensors()[0].offset)))
            file.write("\x12\x34");
        file.close();
        if (secretly)
            std::filesystem::last_write_time(source.toStdString(), time);
        progress.resume();
    });
    std::optional<Error> refusal;
    try {
        write::quantizeFile(*model, plan, path("out.gguf").toStdString(), {}, Executor(2), progress);
    } catch (const Error& error) {
        refusal = error;
    }
    ended = true;
    other.join();
    QVERIFY(refusal);
    QVERIFY2(refusal->problem().find("changed") != std::string::npos, refusal->what());
    QVERIFY(QString::fromStdString(refusal->file()).endsWith("source.gguf"));
    QCOMPARE(files(), QStringList("source.gguf"));
}

void TestQuantizeInterrupted::aSourceReplacedAfterItWasOpenedIsRefused()
{
    const QString source = copyOfTheSample();
    const auto model = format::openModel(source.toStdString());
    const auto plan = plan::makePlan(*model, {.base = "Q4_K_M"});
    std::filesystem::rename(path("source.gguf").toStdString(), path("before.gguf").toStdString());
    copyOfTheSample();
    Progress progress;
    QVERIFY_EXCEPTION_THROWN(write::quantizeFile(*model, plan, path("out.gguf").toStdString(), {}, Executor(2), progress), Error);
    QCOMPARE(files(), QStringList({"before.gguf", "source.gguf"}));
}

void TestQuantizeInterrupted::aSourceThatShrinksLeavesNothing()
{
    copyOfTheSample();
    const auto model = format::openModel(path("source.gguf").toStdString());
    const auto plan = plan::makePlan(*model, {.base = "Q4_K_M"});
    QVERIFY(QFile::resize(path("source.gguf"), QFile(kSample).size() / 2));
    Progress progress;
    QVERIFY_EXCEPTION_THROWN(write::quantizeFile(*model, plan, path("out.gguf").toStdString(), {}, Executor(2), progress), Error);
    QCOMPARE(files(), QStringList("source.gguf"));
}

int main(int argc, char* argv[])
{
    if (const std::optional<int> status = childMain(argc, argv))
        return *status;
    QCoreApplication app(argc, argv);
    TestQuantizeInterrupted test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_quantize_interrupted.moc"
