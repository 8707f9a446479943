// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/journal.h"
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

/// Presets for the outputs of one run, the file names of which start with `out`.
std::vector<write::Report> writeFamily(const std::filesystem::path& source, const QStringList& presets, const std::string& out, Progress& progress)
{
    const auto model = format::openModel(source);
    std::vector<plan::Plan> plans;
    for (const QString& preset : presets)
        plans.push_back(plan::makePlan(*model, {.base = preset.toStdString()}));
    std::vector<write::Output> outputs;
    for (std::size_t i = 0; i < plans.size(); ++i)
        outputs.push_back({plans[i], i ? out + '-' + std::to_string(i) : out});
    return write::quantizeFiles(*model, outputs, {.checkpointBytes = 1 << 20}, Executor(2), progress);
}

write::Report writeTo(const std::filesystem::path& out, Progress& progress)
{
    return writeFamily(kSample, {"Q4_K_M"}, out.string(), progress).front();
}

/// The test program as a job of its own that dies as soon as so much of the source is done.
int dieAfter(const char* bytes, const char* source, const char* presets, const char* out)
{
    Progress progress;
    std::thread killer([&progress, limit = QByteArray(bytes).toULongLong()] {
        while (progress.snapshot().done < limit)
            std::this_thread::yield();
        std::raise(SIGKILL);
    });
    writeFamily(source, QString(presets).split(','), out, progress);
    killer.join();
    return 0;
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
    void aDeadRunIsContinued_data();
    void aDeadRunIsContinued();
    void aDeathWhileTheJournalIsWrittenLeavesNothingForGood();
    void theLeftoverOfAnotherRecipeIsReplaced();
    void theLeftoverOfAChangedSourceIsReplaced();
    void aLeftoverCanBeRemoved();
    void whatAnotherRunIsWritingIsLeftAlone();
    void aSourceThatShrinksLeavesNothing();

private:
    /// What a run leaves that dies after `bytes` of the source.
    write::Leftover leftByADeadRun(std::uint64_t bytes, const QString& source = kSample, const QString& presets = "Q4_K_M")
    {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {"--die-after", QString::number(bytes), source, presets, path("out.gguf")});
        if (!child.waitForFinished() || child.exitStatus() != QProcess::CrashExit)
            return {};
        return write::findLeftover(path("out.gguf").toStdString()).value_or(write::Leftover{});
    }
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

void TestQuantizeInterrupted::aDeadRunIsContinued_data()
{
    QTest::addColumn<int>("percent");
    QTest::addColumn<QString>("presets");
    for (int percent : {40, 60, 90})
        QTest::addRow("one output, %d %%", percent) << percent << "Q4_K_M";
    QTest::addRow("three outputs") << 50 << "Q8_0,Q4_K_M,Q2_K";
}

void TestQuantizeInterrupted::aDeadRunIsContinued()
{
    QFETCH(int, percent);
    QFETCH(QString, presets);
    const QStringList names = presets.split(',');
    Progress progress;
    const auto whole = writeFamily(kSample, names, path("whole.gguf").toStdString(), progress);
    const write::Leftover left = leftByADeadRun(std::uint64_t(QFile(kSample).size()) * percent / 100, kSample, presets);
    QVERIFY(left.bytes > 0);
    QVERIFY(!QFile::exists(path("out.gguf")));

    const auto again = writeFamily(kSample, names, path("out.gguf").toStdString(), progress);
    QCOMPARE(again.front().resumedBytes, left.bytes);
    for (int i = 0; i < names.size(); ++i) {
        const QString suffix = i ? QString("-%1").arg(i) : QString();
        QCOMPARE(contents(path("out.gguf") + suffix), contents(path("whole.gguf") + suffix));
        for (std::size_t tensor = 0; tensor < whole[std::size_t(i)].tensors.size(); ++tensor)
            QCOMPARE(again[std::size_t(i)].tensors[tensor].rmse, whole[std::size_t(i)].tensors[tensor].rmse);
    }
    QCOMPARE(files().size(), 2 * names.size());
}

void TestQuantizeInterrupted::aDeathWhileTheJournalIsWrittenLeavesNothingForGood()
{
    const std::filesystem::path out = path("out.gguf").toStdString();
    Progress progress;
    const auto die = [&] {
        const write::Leftover left = leftByADeadRun(7'000'000);
        makeOldFile(path("out.gguf.part.json.part"));   // the beginning of a newer journal
        return left.bytes;
    };
    const std::uint64_t bytes = die();
    QVERIFY(bytes > 0);
    QCOMPARE(write::findLeftover(out)->bytes, bytes);
    QCOMPARE(writeFamily(kSample, {"Q4_K_M"}, out, progress).front().resumedBytes, bytes);
    QCOMPARE(files(), QStringList("out.gguf"));
    QVERIFY(QFile::remove(path("out.gguf")));
    die();
    write::removeLeftover(out);
    QCOMPARE(files(), QStringList());
}

void TestQuantizeInterrupted::theLeftoverOfAnotherRecipeIsReplaced()
{
    QVERIFY(leftByADeadRun(7'000'000).bytes > 0);
    Progress progress;
    const auto report = writeFamily(kSample, {"Q8_0"}, path("out.gguf").toStdString(), progress).front();
    QCOMPARE(report.resumedBytes, 0u);
    writeFamily(kSample, {"Q8_0"}, path("whole.gguf").toStdString(), progress);
    QCOMPARE(contents(path("out.gguf")), contents(path("whole.gguf")));
    QCOMPARE(files(), QStringList({"out.gguf", "whole.gguf"}));
}

void TestQuantizeInterrupted::theLeftoverOfAChangedSourceIsReplaced()
{
    QVERIFY(QFile::copy(kSample, path("source.gguf")));
    QVERIFY(leftByADeadRun(7'000'000, path("source.gguf")).bytes > 0);
    const std::filesystem::path source = path("source.gguf").toStdString();
    std::filesystem::last_write_time(source, std::filesystem::last_write_time(source) + std::chrono::seconds(1));
    Progress progress;
    QCOMPARE(writeFamily(source, {"Q4_K_M"}, path("out.gguf").toStdString(), progress).front().resumedBytes, 0u);
}

void TestQuantizeInterrupted::aLeftoverCanBeRemoved()
{
    QVERIFY(leftByADeadRun(7'000'000).bytes > 0);
    write::removeLeftover(path("out.gguf").toStdString());
    QCOMPARE(files(), QStringList());
}

void TestQuantizeInterrupted::whatAnotherRunIsWritingIsLeftAlone()
{
    const write::Leftover left = leftByADeadRun(7'000'000);
    const QByteArray before = contents(path("out.gguf.part"));
    {
        const AtomicFile other(path("out.gguf").toStdString(), 0, AtomicFile::Resumable{});
        Progress progress;
        QVERIFY_EXCEPTION_THROWN(writeTo(path("out.gguf").toStdString(), progress), Error);
        QCOMPARE(contents(path("out.gguf.part")), before);
        QCOMPARE(write::findLeftover(path("out.gguf").toStdString())->bytes, left.bytes);
    }
}

void TestQuantizeInterrupted::aSourceThatShrinksLeavesNothing()
{
    QVERIFY(QFile::copy(kSample, path("source.gguf")));
    QVERIFY(QFile::setPermissions(path("source.gguf"), QFile::ReadOwner | QFile::WriteOwner));
    const auto model = format::openModel(path("source.gguf").toStdString());
    const auto plan = plan::makePlan(*model, {.base = "Q4_K_M"});
    QVERIFY(QFile::resize(path("source.gguf"), QFile(kSample).size() / 2));
    Progress progress;
    QVERIFY_EXCEPTION_THROWN(write::quantizeFile(*model, plan, path("out.gguf").toStdString(), {}, Executor(2), progress), Error);
    QCOMPARE(files(), QStringList("source.gguf"));
}

int main(int argc, char* argv[])
{
    if (argc == 6 && QByteArray(argv[1]) == "--die-after")
        return dieAfter(argv[2], argv[3], argv[4], argv[5]);
    if (argc == 4 && QByteArray(argv[1]) == "--write")
        return writeAsChild(argv[2], argv[3]);
    QCoreApplication app(argc, argv);
    TestQuantizeInterrupted test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_quantize_interrupted.moc"
