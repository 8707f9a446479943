// SPDX-License-Identifier: GPL-3.0-or-later
// Disks that are full for real: small file systems in memory, mounted where only this test sees them.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/journal.h"
#include "core/write/quantize_file.h"
#include "tests/limits/limited_cli.h"
#include "tests/limits/made_limits.h"
#include "tests/write/failing_calls.h"
#include "tests/write/made_file.h"
#include "tests/write/own_mounts.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace halftone;
using namespace halftone::test;

class TestFullDisk : public QObject {
    Q_OBJECT

    static constexpr std::uint64_t kMebi = 1 << 20;

    const QString m_refusal;  ///< why there can be no small disk
    QTemporaryDir m_folder;
    std::shared_ptr<const model::Model> m_source;
    QByteArray m_whole;  ///< what an undisturbed run makes

    QString source() const { return m_folder.filePath(QStringLiteral("source.gguf")); }
    QString disk() const { return m_folder.filePath(QStringLiteral("disk")); }
    QString onDisk(const char* name) const { return disk() + QLatin1Char('/') + QLatin1String(name); }
    QStringList files() const { return QDir(disk()).entryList(QDir::Files | QDir::Hidden); }
    static QByteArray contents(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void mount(std::uint64_t bytes)
    {
        QVERIFY(QDir().mkpath(disk()));
        QVERIFY(mountSmallDisk(disk(), bytes));
    }
    void makeOldFile(const char* name) const
    {
        QFile file(onDisk(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("old"), 3);
    }
    /// Another program takes all that is left of the disk.
    void fillUp() const
    {
        QFile filler(onDisk("filler"));
        const QByteArray block(4096, 'f');
        if (filler.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            while (filler.write(block) > 0) {}
    }

    struct Outcome {
        std::optional<Error> error;
        write::Report report;
        QByteArray reason() const { return error ? QByteArray(error->what()) : QByteArray(); }
    };
    Outcome quantize(const QString& out) const
    {
        const plan::Plan plan = plan::makePlan(*m_source, {.base = "pure:Q4_0"});
        try {
            Progress progress;
            return {{}, write::quantizeFile(*m_source, plan, out.toStdString(), {.checkpointBytes = 64 * 1024}, Executor(1), progress)};
        } catch (const Error& error) {
            return {error, {}};
        }
    }

public:
    explicit TestFullDisk(QString refusal) : m_refusal(std::move(refusal)) {}

private Q_SLOTS:
    void initTestCase()
    {
        if (!m_refusal.isEmpty())
            QSKIP(qPrintable(m_refusal));
        std::vector<MadeTensor> tensors{madeTensor("token_embd.weight", {512, 512}, 1)};
        for (unsigned layer = 0; layer < 8; ++layer)
            tensors.push_back(madeTensor("blk." + std::to_string(layer) + ".ffn_up.weight", {512, 512}, layer + 2));
        m_source = madeFile(source().toStdString(), tensors);
        const QString whole = m_folder.filePath(QStringLiteral("whole.gguf"));
        QVERIFY(!quantize(whole).error);
        m_whole = contents(whole);
        QVERIFY(m_whole.size() > qsizetype(kMebi));
    }
    void cleanup()
    {
        stopFailing();
        unmountSmallDisk(disk());
    }

    void tooSmallADiskIsToldBeforeTheSourceIsRead_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("one file") << QStringList{QStringLiteral("quantize"), QStringLiteral("SOURCE"), QStringLiteral("DISK/out.gguf"),
                                                 QStringLiteral("--type"), QStringLiteral("Q4_0")}
                                  << QByteArray("the output needs ");
        QTest::newRow("converted") << QStringList{QStringLiteral("convert"), QStringLiteral("SOURCE"), QStringLiteral("DISK/out.gguf"),
                                                  QStringLiteral("--type"), QStringLiteral("BF16")}
                                   << QByteArray("the output needs ");
    }
    void tooSmallADiskIsToldBeforeTheSourceIsRead()
    {
        QFETCH(QStringList, command);
        QFETCH(QByteArray, sentence);
        const QString large = m_folder.filePath(QStringLiteral("large.gguf"));
        writeLargeFile(large.toStdString());  // a hole of 100 GB: who reads it is late
        mount(4 * kMebi);
        makeOldFile("out.gguf");
        LimitedCli cli;
        cli.seconds = 1;  // of processor time; then the system ends it
        for (QString& word : command)
            word.replace(QStringLiteral("SOURCE"), large).replace(QStringLiteral("DISK"), disk());
        const auto refused = cli.run(command);
        QCOMPARE(refused.code, 4);
        QVERIFY2(refused.refusedInOneLine() && refused.err.contains(sentence) && refused.err.contains("free some space"), refused.err);
        QCOMPARE(contents(onDisk("out.gguf")), QByteArray("old"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void outputsThatFitOnlyOneByOneAreRefusedTogether()
    {
        const plan::Plan a = plan::makePlan(*m_source, {.base = "pure:Q4_0"}), b = plan::makePlan(*m_source, {.base = "pure:Q5_0"});
        mount(b.fileBytes + kMebi / 2);
        const std::array outputs{write::Output{a, onDisk("a.gguf").toStdString()}, write::Output{b, onDisk("b.gguf").toStdString()}};
        Progress progress;
        try {
            write::quantizeFiles(*m_source, outputs, {}, Executor(1), progress);
            QFAIL("they cannot both fit");
        } catch (const Error& error) {
            QVERIFY2(error.code() == ErrorCode::DiskFull, error.what());
            QVERIFY2(error.problem().starts_with("2 outputs need "), error.what());
        }
        QCOMPARE(progress.snapshot().stage, std::string());  // nothing had begun
        QCOMPARE(files(), QStringList());
    }

    void whatIsReservedNobodyElseCanTake()
    {
        mount(std::uint64_t(m_whole.size()) + kMebi / 2);
        during(Call::Write, 3, [this] { fillUp(); });
        const Outcome outcome = quantize(onDisk("out.gguf"));
        QVERIFY(movedSince() > 0);
        QVERIFY2(!outcome.error, outcome.reason());
        QVERIFY(outcome.report.verified);
        QVERIFY(contents(onDisk("out.gguf")) == m_whole);
        QCOMPARE(files(), QStringList({"filler", "out.gguf"}));
    }

    void whereNothingCanBeReservedWhatIsFinishedStaysAndIsContinued_data()
    {
        QTest::addColumn<bool>("byTheProgram");
        QTest::newRow("in this process") << false;
        QTest::newRow("by halftone-cli") << true;
    }
    void whereNothingCanBeReservedWhatIsFinishedStaysAndIsContinued()
    {
        QFETCH(bool, byTheProgram);
        mount(std::uint64_t(m_whole.size()) + kMebi / 2);
        makeOldFile("out.gguf");
        failFrom(Call::Reserve, 1, Fault::Unsupported);
        during(Call::Flush, 6, [this] { fillUp(); });  // after some checkpoints, each of which flushes the output and its journal
        const Outcome full = quantize(onDisk("out.gguf"));
        QVERIFY(stopFailing());
        QVERIFY(full.error);
        QVERIFY2(full.error->code() == ErrorCode::DiskFull, full.reason());
        QVERIFY2(full.error->advice().ends_with("what is finished is kept"), full.reason());
        QCOMPARE(contents(onDisk("out.gguf")), QByteArray("old"));
        const auto left = write::findLeftover(onDisk("out.gguf").toStdString());
        QVERIFY(left && left->bytes > 0);

        QVERIFY2(quantize(onDisk("out.gguf")).error, "there is no room yet");
        QCOMPARE(write::findLeftover(onDisk("out.gguf").toStdString())->bytes, left->bytes);

        QVERIFY(QFile::remove(onDisk("filler")));
        if (byTheProgram) {
            const auto done = LimitedCli().runJson(
                {QStringLiteral("quantize"), source(), onDisk("out.gguf"), QStringLiteral("--type"), QStringLiteral("Q4_0")});
            QVERIFY2(done.code == 0, done.err);
        } else {
            const Outcome done = quantize(onDisk("out.gguf"));
            QVERIFY2(!done.error, done.reason());
            QCOMPARE(done.report.resumedBytes, left->bytes);
            QVERIFY(contents(onDisk("out.gguf")) == m_whole);
        }
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void smallFilesToAFullDiskAreRefusedAndLeaveNothing_data()
    {
        QTest::addColumn<QStringList>("command");
        const QString sample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        const QStringList evaluate{QStringLiteral("evaluate"),     sample,
                                   QStringLiteral("--recipes"),    QStringLiteral("Q4_K"),
                                   QStringLiteral("--own-tokens"), QStringLiteral("64"),
                                   QStringLiteral("--ctx"),        QStringLiteral("32")};
        QTest::newRow("recipe") << QStringList{QStringLiteral("plan"),    sample,
                                               QStringLiteral("--bpw"),   QStringLiteral("5"),
                                               QStringLiteral("--types"), QStringLiteral("Q4_0,Q8_0"),
                                               QStringLiteral("-o"),      QStringLiteral("DISK/r.json")};
        QTest::newRow("report") << evaluate + QStringList{QStringLiteral("--report"), QStringLiteral("DISK/r.html")};
        QTest::newRow("table") << evaluate + QStringList{QStringLiteral("--csv"), QStringLiteral("DISK/r.csv")};
        QTest::newRow("store") << evaluate + QStringList{QStringLiteral("--store"), QStringLiteral("DISK/r.sqlite")};
    }
    void smallFilesToAFullDiskAreRefusedAndLeaveNothing()
    {
        QFETCH(QStringList, command);
        mount(kMebi / 4);
        fillUp();
        for (QString& word : command)
            word.replace(QStringLiteral("DISK"), disk());
        const auto refused = LimitedCli().run(QStringList(command) << QStringLiteral("--quiet"));
        QCOMPARE(refused.code, 4);
        QVERIFY2(refused.refusedInOneLine() && refused.err.contains("disk/r."), refused.err);
        for (const QString& file : files())
            QVERIFY2(file == QStringLiteral("filler") || QFileInfo(onDisk(file.toLatin1())).size() == 0, qPrintable(file));
    }
};

int main(int argc, char* argv[])
{
    const QString refusal = halftone::test::ownMounts();
    QCoreApplication app(argc, argv);
    TestFullDisk test(refusal);
    return QTest::qExec(&test, argc, argv);
}
#include "tst_full_disk.moc"
