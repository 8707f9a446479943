// SPDX-License-Identifier: GPL-3.0-or-later
// Every call of the system that writing a file makes goes wrong once, in every way that it can. Whatever happens, a name that
// is good holds the old file or the whole new one, and nothing else is left.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/journal.h"
#include "core/write/quantize_file.h"
#include "tests/write/failing_calls.h"
#include "tests/write/made_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <optional>

using namespace halftone;
using test::Call;
using test::Fault;
using test::madeTensor;

class TestFailingDisk : public QObject {
    Q_OBJECT

    static constexpr std::array kOutputs{"a.gguf", "b.gguf"};

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<const model::Model> m_source;
    QByteArrayList m_whole;

    QString path(const char* name) const { return m_folder->filePath(name); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files); }
    QByteArray contents(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// Both outputs in one run, with many checkpoints. The error that it ends with, if any.
    std::optional<Error> write() const
    {
        const plan::Plan a = plan::makePlan(*m_source, {.base = "pure:Q4_0"}), b = plan::makePlan(*m_source, {.base = "pure:Q6_K"});
        const std::array outputs{write::Output{a, path(kOutputs[0]).toStdString()}, write::Output{b, path(kOutputs[1]).toStdString()}};
        try {
            Progress progress;
            write::quantizeFiles(*m_source, outputs, {.checkpointBytes = 16'384}, Executor(1), progress);
            return std::nullopt;
        } catch (const Error& error) {
            return error;
        }
    }

    void makeOldFiles() const
    {
        for (const char* name : kOutputs) {
            QFile file(path(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write("old"), 3);
        }
    }

    bool areOldOrWhole() const
    {
        for (int i = 0; i < m_whole.size(); ++i)
            if (const QByteArray left = contents(kOutputs[std::size_t(i)]); left != "old" && left != m_whole[i])
                return false;
        return true;
    }
    bool areWhole() const { return contents(kOutputs[0]) == m_whole[0] && contents(kOutputs[1]) == m_whole[1]; }

private Q_SLOTS:
    void initTestCase()
    {
        // In memory, where there is such a folder: flushing thousands of files to a disk takes minutes.
        m_folder = QFileInfo("/dev/shm").isWritable() ? std::make_unique<QTemporaryDir>("/dev/shm/halftone-XXXXXX")
                                                      : std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_source = test::madeFile(path("source.gguf").toStdString(),
                                  {madeTensor("token_embd.weight", {256, 90}, 1), madeTensor("blk.0.attn_norm.weight", {256}, 2),
                                   madeTensor("blk.0.ffn_up.weight", {512, 100}, 3), madeTensor("blk.0.ffn_down.weight", {256, 33}, 4)});
        QVERIFY(!write());
        m_whole = {contents(kOutputs[0]), contents(kOutputs[1])};
        QVERIFY(m_whole[0].size() > 40'000);
        QVERIFY(m_whole[1].size() > m_whole[0].size());
    }
    void cleanup() { test::stopFailing(); }

    void everyCallMayGoWrong_data()
    {
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("fault");
        const auto row = [](const char* name, Call call, Fault fault) { QTest::newRow(name) << int(call) << int(fault); };
        row("a file cannot be opened", Call::Open, Fault::Refused);
        row("reading fails", Call::Read, Fault::Refused);
        row("reading is interrupted", Call::Read, Fault::Interrupted);
        row("reading gives half", Call::Read, Fault::Short);
        row("reading gives nothing", Call::Read, Fault::Nothing);
        row("reading gives something else", Call::Read, Fault::Wrong);
        row("writing fails", Call::Write, Fault::Refused);
        row("writing finds the disk full", Call::Write, Fault::Full);
        row("writing is interrupted", Call::Write, Fault::Interrupted);
        row("writing takes half", Call::Write, Fault::Short);
        row("writing takes nothing", Call::Write, Fault::Nothing);
        row("writing stores something else", Call::Write, Fault::Wrong);
        row("the header cannot be completed", Call::Rewrite, Fault::Refused);
        row("half of the header is completed", Call::Rewrite, Fault::Short);
        row("none of the header is completed", Call::Rewrite, Fault::Nothing);
        row("the header is stored as something else", Call::Rewrite, Fault::Wrong);
        row("the place to write at cannot be set", Call::Seek, Fault::Refused);
        row("there is no room to reserve", Call::Reserve, Fault::Full);
        row("the file system cannot reserve", Call::Reserve, Fault::Unsupported);
        row("the end cannot be set", Call::Truncate, Fault::Refused);
        row("flushing fails", Call::Flush, Fault::Refused);
        row("flushing finds the disk full", Call::Flush, Fault::Full);
        row("renaming fails", Call::Rename, Fault::Refused);
    }
    void everyCallMayGoWrong()
    {
        QFETCH(int, call);
        QFETCH(int, fault);
        int failures = 0;
        for (std::uint64_t nth = 1;; ++nth) {
            makeOldFiles();
            test::failOnce(Call(call), nth, Fault(fault));
            const std::optional<Error> error = write();
            if (!test::stopFailing()) {
                QVERIFY2(nth > 1, "no such call was made at all");
                break;
            }
            const QByteArray when = QString("call %1%2").arg(nth).arg(error ? QString(": ") + error->what() : QString()).toUtf8();
            QVERIFY2(areOldOrWhole(), when);
            QVERIFY2(error || areWhole(), when);
            failures += error.has_value();
            const bool kept = error && error->code() == ErrorCode::DiskFull;
            QVERIFY2(kept || files() == QStringList({"a.gguf", "b.gguf", "source.gguf"}), when + files().join(' ').toUtf8());
            QVERIFY2(!write(), when);
            QVERIFY2(areWhole(), when);
            QCOMPARE(files(), QStringList({"a.gguf", "b.gguf", "source.gguf"}));
        }
        const bool harmless = Fault(fault) == Fault::Interrupted || Fault(fault) == Fault::Unsupported || Fault(fault) == Fault::Short;
        QCOMPARE(failures > 0, !harmless);
    }

    void aDiskThatStaysFullEndsAtOnceAndKeepsWhatIsFinished()
    {
        for (const std::uint64_t nth : {1, 10}) {
            makeOldFiles();
            test::failFrom(Call::Write, nth, Fault::Full);
            const std::optional<Error> error = write();
            QVERIFY(test::stopFailing());
            QVERIFY(error);
            QVERIFY(error->code() == ErrorCode::DiskFull);
            QVERIFY(areOldOrWhole());
            const auto left = write::findLeftover(path(kOutputs[0]).toStdString());
            QCOMPARE(left.has_value(), nth > 1);
            QVERIFY(!left || left->bytes > 0);
            QVERIFY(!write());
            QVERIFY(areWhole());
            QCOMPARE(files(), QStringList({"a.gguf", "b.gguf", "source.gguf"}));
        }
    }
};

QTEST_APPLESS_MAIN(TestFailingDisk)
#include "tst_failing_disk.moc"
