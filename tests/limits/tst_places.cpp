// SPDX-License-Identifier: GPL-3.0-or-later
// Where files lie: names in every script, folders that cannot be written to, things that are no files, disks that answer late.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/statistics.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/quantize_file.h"
#include "tests/limits/limited_cli.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <atomic>

#include <sys/stat.h>

using namespace halftone;

namespace {

const QString kSample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");

/// A disk at the other end of a network: each read is a trip. The user loses patience at one of them.
class SlowSource final : public model::ByteSource {
public:
    SlowSource(std::uint64_t bytes, Progress& progress, int patience) : m_bytes(bytes), m_progress(progress), m_patience(patience) {}
    std::uint64_t size() const noexcept override { return m_bytes; }
    void read(std::uint64_t, std::span<std::byte> out) const override
    {
        std::ranges::fill(out, std::byte{0});
        largest = std::max<std::uint64_t>(largest, out.size());
        if (++trips == m_patience)
            m_progress.cancel();
    }
    mutable std::atomic<int> trips{0};
    mutable std::atomic<std::uint64_t> largest{0};

private:
    std::uint64_t m_bytes;
    Progress& m_progress;
    int m_patience;
};

/// A matrix of 1 GiB behind such a disk.
std::shared_ptr<const model::Model> slowModel(const std::shared_ptr<const SlowSource>& source)
{
    model::Model::Parts parts;
    parts.metadata.set("general.architecture", std::string("llama"));
    model::Tensor tensor;
    tensor.name = "blk.0.ffn_up.weight";
    tensor.shape = {.extent = {32'768, 16'384, 1, 1}, .rank = 2};
    tensor.type = quant::Type::F16;
    tensor.layer = 0;
    tensor.role = model::Role::FfnUp;
    tensor.data = model::TensorData(source);
    parts.tensors.push_back(std::move(tensor));
    return std::make_shared<const model::Model>(std::move(parts));
}

constexpr std::uint64_t kSlowBytes = std::uint64_t(1) << 30;

template <class Work>
ErrorCode outcome(const Work& work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Usage;  // it was not refused
}

}  // namespace

class TestPlaces : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    LimitedCli m_cli;

    static QStringList everythingIn(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }

private Q_SLOTS:
    void everyPlaneOfUnicodeMayBeInAPath()
    {
        // A letter of each of the 17 planes, spaces at both ends and in the middle, quotes, a percent sign and a semicolon.
        QString name = QStringLiteral(" two  spaces 'q' \"Q\" 100%n;# ");
        for (char32_t plane = 0; plane <= 16; ++plane)
            name += QString::fromUcs4(std::array<char32_t, 1>{plane * 0x10000 + 0x4E2D}.data(), 1);
        const QString folder = m_folder.filePath(name + QLatin1Char(' '));
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::copy(kSample, folder + QStringLiteral("/ü \U0001F999.gguf")));
        QFile text(folder + QStringLiteral("/tale \U0001F409.txt"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write(QByteArray("Once upon a time there was a little girl. ").repeated(60));
        text.close();

        const auto in = [&](const char* file) { return folder + QLatin1Char('/') + QString::fromUtf8(file); };
        const QString model = in("ü 🦙.gguf"), recipe = in("r\u0301ezept.json");
        const auto planned = m_cli.runJson({QStringLiteral("plan"), model, QStringLiteral("--bpw"), QStringLiteral("5"),
                                            QStringLiteral("--types"), QStringLiteral("Q4_K,Q8_0"), QStringLiteral("-o"), recipe});
        QVERIFY2(planned.code == 0, planned.err);
        const auto written = m_cli.runJson({QStringLiteral("quantize"), model, in("aus 🐉.gguf"), QStringLiteral("--recipe"), recipe});
        QVERIFY2(written.code == 0, written.err);
        QCOMPARE(written.json()[QStringLiteral("out")].toString(), in("aus 🐉.gguf"));
        const auto report = m_cli.runJson(
            {QStringLiteral("evaluate"), model, QStringLiteral("--recipes"), in("aus 🐉.gguf"), QStringLiteral("--text"), text.fileName(),
             QStringLiteral("--ctx"), QStringLiteral("64"), QStringLiteral("--windows"), QStringLiteral("1"), QStringLiteral("--report"),
             in("ber\u00adicht.html"), QStringLiteral("--csv"), in("tab\telle.csv"), QStringLiteral("--store"), in("Speicher .sqlite")});
        QVERIFY2(report.code == 0, report.err);
        QCOMPARE(everythingIn(folder).size(), 7);
        const auto missing = m_cli.run({QStringLiteral("inspect"), in("nichts 🦙.gguf")});
        QCOMPARE(missing.code, 4);
        QVERIFY2(missing.refusedInOneLine() && missing.err.contains("nichts 🦙.gguf"), missing.err);
    }

    void aFolderThatCannotBeWrittenToIsReadAndNothingElse()
    {
        QTemporaryDir outer;
        const QString folder = outer.filePath(QStringLiteral("read only")), model = folder + QStringLiteral("/model.gguf"),
                      out = folder + QStringLiteral("/out.gguf");
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::copy(kSample, model));
        QVERIFY(::chmod(outer.path().toLocal8Bit().constData(), 0755) == 0 && ::chmod(folder.toLocal8Bit().constData(), 0555) == 0);
        QVERIFY(::chmod(model.toLocal8Bit().constData(), 0444) == 0);
        m_cli.unprivileged = true;
        m_cli.folder = QStringLiteral("/");
        QCOMPARE(m_cli.runJson({QStringLiteral("inspect"), model}).code, 0);
        const QList<QStringList> refused{
            {QStringLiteral("quantize"), model, out, QStringLiteral("--type"), QStringLiteral("Q4_K")},
            {QStringLiteral("quantize"), model, model, QStringLiteral("--type"), QStringLiteral("Q4_K")},
            {QStringLiteral("plan"), model, QStringLiteral("--bpw"), QStringLiteral("5"), QStringLiteral("--types"),
             QStringLiteral("Q4_K,Q8_0"), QStringLiteral("-o"), folder + QStringLiteral("/r.json")},
            {QStringLiteral("evaluate"), model, QStringLiteral("--recipes"), QStringLiteral("Q4_K"), QStringLiteral("--own-tokens"),
             QStringLiteral("64"), QStringLiteral("--ctx"), QStringLiteral("32"), QStringLiteral("--store"),
             folder + QStringLiteral("/s.sqlite")},
        };
        for (const QStringList& arguments : refused) {
            const auto result = m_cli.run(QStringList(arguments) << QStringLiteral("--quiet"));
            QCOMPARE(result.code, arguments[1] == arguments[2] ? 2 : 4);
            QVERIFY2(result.refusedInOneLine() && result.err.contains("read only/"), result.err);
        }
        QCOMPARE(everythingIn(folder), QStringList{QStringLiteral("model.gguf")});
        ::chmod(folder.toLocal8Bit().constData(), 0755);
    }

    void whatIsNoFileIsRefusedAtOnce_data()
    {
        QTest::addColumn<QString>("path");
        const QString pipe = m_folder.filePath(QStringLiteral("pipe.gguf"));
        QVERIFY(::mkfifo(pipe.toLocal8Bit().constData(), 0600) == 0);
        QVERIFY(QFile::link(m_folder.filePath(QStringLiteral("loop")), m_folder.filePath(QStringLiteral("loop"))));
        QTest::newRow("a pipe that nobody writes to") << pipe;
        QTest::newRow("a device without an end") << QStringLiteral("/dev/zero");
        QTest::newRow("an empty folder") << m_folder.filePath(QStringLiteral("empty"));
        QTest::newRow("a link to itself") << m_folder.filePath(QStringLiteral("loop"));
        QTest::newRow("a name longer than names are") << m_folder.filePath(QString(5000, QLatin1Char('n')));
        QTest::newRow("no name") << QString();
        QVERIFY(QDir().mkpath(m_folder.filePath(QStringLiteral("empty"))));
    }
    void whatIsNoFileIsRefusedAtOnce()
    {
        QFETCH(QString, path);
        const QString out = m_folder.filePath(QStringLiteral("never.gguf"));
        for (const QStringList& arguments :
             {QStringList{QStringLiteral("inspect"), path},
              QStringList{QStringLiteral("quantize"), path, out, QStringLiteral("--type"), QStringLiteral("Q4_K")},
              QStringList{QStringLiteral("tokenize"), kSample, QStringLiteral("--text-file"), path},
              QStringList{QStringLiteral("quantize"), kSample, out, QStringLiteral("--recipe"), path},
              QStringList{QStringLiteral("quantize"), kSample, out, QStringLiteral("--type"), QStringLiteral("Q4_K"),
                          QStringLiteral("--imatrix"), path}}) {
            const auto result = m_cli.run(arguments);
            QVERIFY2(result.code >= 2 && result.code <= 4, result.err);
            QVERIFY2(result.refusedInOneLine(), result.err);
            QVERIFY(!QFile::exists(out));
        }
    }

    void aSlowDiskIsAskedForAPieceAtATimeAndLeftWhenCancelled_data()
    {
        QTest::addColumn<bool>("writes");
        QTest::newRow("statistics") << false;
        QTest::newRow("quantizing") << true;
    }
    void aSlowDiskIsAskedForAPieceAtATimeAndLeftWhenCancelled()
    {
        QFETCH(bool, writes);
        Progress progress;
        const auto source = std::make_shared<SlowSource>(kSlowBytes, progress, 3);
        const auto model = slowModel(source);
        const Executor executor(2);
        const auto destination = std::filesystem::path(m_folder.filePath(QStringLiteral("slow.gguf")).toStdString());
        const auto work = [&] {
            if (writes)
                write::quantizeFile(*model, plan::makePlan(*model, {.base = "pure:Q4_0"}), destination, {}, executor, progress);
            else
                inspect::inspect(model->tensors()[0], 64, executor, progress);
        };
        QCOMPARE(outcome(work), ErrorCode::Cancelled);
        // A trip under way in each thread, and what was read ahead; never the rest of the tensor.
        QVERIFY2(source->trips <= 3 + 32, qPrintable(QString::number(source->trips)));
        QVERIFY2(source->largest <= std::uint64_t(64) << 20, qPrintable(QString::number(source->largest)));
        QVERIFY(!std::filesystem::exists(destination));
    }
};

QTEST_GUILESS_MAIN(TestPlaces)
#include "tst_places.moc"
