// SPDX-License-Identifier: GPL-3.0-or-later
// Folders at the other end of a bad network: calls that are interrupted, move few bytes, and take so long that the user loses patience.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/quantize_file.h"
#include "tests/write/failing_calls.h"
#include "tests/write/made_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace halftone;
using namespace halftone::test;

Q_DECLARE_METATYPE(halftone::test::Call)

class TestSlowDisk : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    QByteArray contents(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden); }

    void write(const model::Model& source, const char* base, Progress& progress) const
    {
        const plan::Plan plan = plan::makePlan(source, {.base = base});
        write::quantizeFile(source, plan, path("out.gguf").toStdString(), {.checkpointBytes = 256 * 1024}, Executor(1), progress);
    }

    static void addCalls()
    {
        QTest::addColumn<Call>("call");
        QTest::newRow("reading") << Call::Read;
        QTest::newRow("writing") << Call::Write;
    }

private Q_SLOTS:
    void cleanup()
    {
        stopFailing();
        for (const QString& file : files())
            QVERIFY(QFile::remove(m_folder.filePath(file)));
    }

    void bytesThatTrickleAreTheRightOnes_data()
    {
        addCalls();
        QTest::newRow("completing the header") << Call::Rewrite;
    }
    void bytesThatTrickleAreTheRightOnes()
    {
        QFETCH(Call, call);
        const auto source = madeFile(path("source.gguf").toStdString(),
                                     {madeTensor("token_embd.weight", {256, 500}, 1), madeTensor("blk.0.ffn_up.weight", {512, 700}, 2)});
        Progress undisturbed, progress;
        write(*source, "pure:Q4_0", undisturbed);
        const QByteArray whole = contents("out.gguf");
        failFrom(call, 1, Fault::Trickle);
        write(*source, "pure:Q4_0", progress);
        QVERIFY(stopFailing());
        QVERIFY(contents("out.gguf") == whole);
        QCOMPARE(progress.snapshot().done, progress.snapshot().total);
    }

    void progressGoesOnWhileBytesTrickle()
    {
        std::vector<MadeTensor> tensors;
        for (unsigned i = 0; i < 6; ++i)
            tensors.push_back(madeTensor("blk.0.part_" + std::to_string(i) + ".weight", {256, 100}, i));
        const auto source = madeFile(path("source.gguf").toStdString(), tensors);
        Progress progress;
        Progress::Snapshot late;
        failFrom(Call::Write, 1, Fault::Trickle);
        during(Call::Write, 150, [&] { late = progress.snapshot(); });  // of about 180 that the six tensors take
        write(*source, "pure:Q4_0", progress);
        QCOMPARE(late.stage, std::string("quantizing"));
        QVERIFY2(late.done > 0 && late.done <= late.total, qPrintable(QString::number(late.done)));
    }

    /// Cancelled within a call, the job waits for that one and asks for no more than the other thread has under way.
    void aCancelledJobWaitsForTheCallUnderWayAndNoOther_data()
    {
        QTest::addColumn<Call>("call");
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QString>("stage");
        QTest::newRow("reading") << Call::Read << QByteArray("pure:Q8_0") << QStringLiteral("quantizing");
        QTest::newRow("writing") << Call::Write << QByteArray("pure:Q8_0") << QStringLiteral("quantizing");
        QTest::newRow("copying") << Call::Read << QByteArray("source") << QStringLiteral("quantizing");
        QTest::newRow("verifying") << Call::Read << QByteArray("pure:Q8_0") << QStringLiteral("verifying");
    }
    void aCancelledJobWaitsForTheCallUnderWayAndNoOther()
    {
        QFETCH(Call, call);
        QFETCH(QByteArray, base);
        QFETCH(QString, stage);
        // Pieces are of 8 MiB: who reads or writes one as a whole moves that much after the user gave up.
        const auto source = madeFile(path("source.gguf").toStdString(), {madeTensor("blk.0.ffn_up.weight", {4096, 2048}, 1)});
        Progress progress;
        bool happened = false;
        during(call, nthCallIn(stage, *source, base, call), [&] {
            happened = progress.snapshot().stage == stage.toStdString();
            progress.cancel();
        });
        try {
            write(*source, base.constData(), progress);
            QFAIL("it was cancelled");
        } catch (const Error& error) {
            QVERIFY2(error.code() == ErrorCode::Cancelled, error.what());
        }
        QVERIFY(happened);
        constexpr std::uint64_t kMost = 3u << 20;  // the call under way, one of the other thread's, and the padding
        QVERIFY2(movedSince() <= kMost, qPrintable(QString::number(movedSince())));
        QCOMPARE(files(), QStringList("source.gguf"));
    }

private:
    /// A call in the middle of that stage, as counted in a run that nobody cancels.
    std::uint64_t nthCallIn(const QString& stage, const model::Model& source, const QByteArray& base, Call call) const
    {
        Progress progress;
        std::uint64_t before = 0, within = 0;
        every(call, [&] {
            const bool there = progress.snapshot().stage == stage.toStdString();
            within += there;
            before += !there && within == 0;
        });
        write(source, base.constData(), progress);
        stopFailing();
        QFile::remove(path("out.gguf"));
        return before + within / 2;
    }
};

QTEST_APPLESS_MAIN(TestSlowDisk)
#include "tst_slow_disk.moc"
