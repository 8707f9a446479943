// SPDX-License-Identifier: GPL-3.0-or-later
// What a run makes of what dead ones left: everything that is still right, and nothing else.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"
#include "core/write/resume.h"
#include "tests/write/interrupted_run.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace halftone;
using namespace halftone::test;

class TestQuantizeResumed : public QObject {
    Q_OBJECT

    static constexpr std::uint64_t kHalf = 7'000'000;

    std::unique_ptr<QTemporaryDir> m_folder;
    Progress m_progress;

    QString path(const char* name) const { return m_folder->filePath(name); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files); }
    /// What dead runs left; one may have died over its journal's neighbour, which the next run writes over.
    QStringList leftovers() const
    {
        QStringList names = files();
        names.removeIf([](const QString& name) { return name.endsWith(QStringLiteral(".json.part")); });
        return names;
    }

    write::Report write(const char* preset, const char* out = "out.gguf", const QString& source = kSample,
                        const write::Options& options = {})
    {
        return writeFamily(source.toStdString(), {preset}, path(out).toStdString(), m_progress, options).front();
    }
    /// The file that a run which nothing disturbs makes.
    QByteArray undisturbed(const char* preset, const QString& source = kSample, const write::Options& options = {})
    {
        write(preset, "whole.gguf", source, options);
        const QByteArray whole = contents(path("whole.gguf"));
        QFile::remove(path("whole.gguf"));
        return whole;
    }
    void turnBit(const QString& file, std::uint64_t offset)
    {
        QFile bytes(file);
        QVERIFY(bytes.open(QIODevice::ReadWrite));
        QVERIFY(bytes.seek(qint64(offset)));
        char byte = 0;
        QVERIFY(bytes.getChar(&byte));
        QVERIFY(bytes.seek(qint64(offset)));
        QVERIFY(bytes.putChar(char(byte ^ 1)));
    }
    write::Journal journal() const { return write::readJournal(path("out.gguf.part").toStdString()).value_or(write::Journal{}); }
    QString copyOfTheSample()
    {
        const QString copy = path("source.gguf");
        if (!QFile::copy(kSample, copy) || !QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner))
            qFatal("the sample cannot be copied");
        return copy;
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aDeadRunIsContinued_data()
    {
        QTest::addColumn<int>("percent");
        QTest::addColumn<QString>("presets");
        for (int percent : {40, 60, 90})
            QTest::addRow("one output, %d %%", percent) << percent << "Q4_K_M";
        QTest::addRow("three outputs") << 50 << "Q8_0,Q4_K_M,Q2_K";
    }
    void aDeadRunIsContinued()
    {
        QFETCH(int, percent);
        QFETCH(QString, presets);
        const QStringList names = presets.split(',');
        const auto whole = writeFamily(kSample, names, path("whole.gguf").toStdString(), m_progress);
        const write::Leftover left =
            leftByADeadRun(std::uint64_t(QFile(kSample).size()) * percent / 100, path("out.gguf"), kSample, presets);
        QVERIFY(left.bytes > 0);
        QVERIFY(!QFile::exists(path("out.gguf")));

        const auto again = writeFamily(kSample, names, path("out.gguf").toStdString(), m_progress);
        QCOMPARE(again.front().resumedBytes, left.bytes);
        for (int i = 0; i < names.size(); ++i) {
            const QString suffix = i ? QString("-%1").arg(i) : QString();
            QCOMPARE(contents(path("out.gguf") + suffix), contents(path("whole.gguf") + suffix));
            for (std::size_t tensor = 0; tensor < whole[std::size_t(i)].tensors.size(); ++tensor)
                QCOMPARE(again[std::size_t(i)].tensors[tensor].rmse, whole[std::size_t(i)].tensors[tensor].rmse);
        }
        QCOMPARE(files().size(), 2 * names.size());
    }

    void theJournalNamesNoFolderAndNoFile()
    {
        const QString secret = path("qzsecretqz");
        QVERIFY(QDir().mkpath(secret) && QFile::copy(kSample, secret + "/qzsource.gguf"));
        QVERIFY(leftByADeadRun(kHalf, secret + "/qzout.gguf", secret + "/qzsource.gguf").bytes > 0);
        const QByteArray text = contents(secret + "/qzout.gguf.part.json");
        QVERIFY(text.contains("token_embd.weight"));
        QVERIFY(!text.contains("qz"));
    }

    void aCopyOfTheWholeFileStartsOver()
    {
        const write::Leftover left = leftByADeadRun(kHalf, path("out.gguf"), kSample, "source");
        QVERIFY(QFile::exists(path("out.gguf.part")));
        QCOMPARE(left.bytes, std::uint64_t(0));
        QCOMPARE(write("source").resumedBytes, std::uint64_t(0));
        QVERIFY(contents(path("out.gguf")) == contents(kSample));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void tensorsCopiedAmongOthersAreKept()
    {
        leftByADeadRun(kHalf, path("out.gguf"));
        std::uint64_t copied = 0;
        const write::Journal left = journal();
        for (const write::FinishedTensor& tensor : left.tensors)
            copied += tensor.type == tensor.sourceType ? tensor.bytes : 0;
        QVERIFY(copied > 0);
        QCOMPARE(write("Q4_K_M").resumedBytes, left.bytes());
    }

    void aRunThatDiesAgainAndAgainGetsThere()
    {
        const QByteArray whole = undisturbed("Q4_K_M");
        std::uint64_t before = 0;
        for (const std::uint64_t bytes : {3'000'000, 6'000'000, 9'000'000, 12'000'000}) {
            const write::Leftover left = leftByADeadRun(bytes, path("out.gguf"));
            QVERIFY(left.bytes >= before);
            before = left.bytes;
        }
        QVERIFY(before > 0);
        QCOMPARE(write("Q4_K_M").resumedBytes, before);
        QVERIFY(contents(path("out.gguf")) == whole);
    }

    void anotherRecipeTakesTheTensorsThatItMakesAlike()
    {
        const write::Leftover left = leftByADeadRun(kHalf, path("out.gguf"));
        std::uint64_t alike = 0;
        const auto model = format::openModel(kSample);
        const plan::Plan plan = plan::makePlan(*model, {.base = "Q4_K_S"});
        const write::Journal old = journal();
        for (std::size_t i = 0; i < old.tensors.size(); ++i)
            alike += old.tensors[i].type == plan.choices[i].type ? old.tensors[i].bytes : 0;
        QVERIFY(alike > 0);
        QVERIFY(alike < left.bytes);

        QCOMPARE(write("Q4_K_S").resumedBytes, alike);
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_S"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void aRunThatDiesOnTheLeftoverOfAnotherRecipeIsContinuedFromBoth()
    {
        const std::uint64_t first = leftByADeadRun(12'000'000, path("out.gguf")).bytes;
        leftByADeadRun(8'000'000, path("out.gguf"), kSample, "Q4_K_S");
        QCOMPARE(leftovers(), QStringList({"out.gguf.part", "out.gguf.part.json", "out.gguf.part.old", "out.gguf.part.old.json"}));
        QCOMPARE(write::findLeftover(path("out.gguf").toStdString())->bytes, first);
        const std::uint64_t again = journal().bytes();
        QVERIFY(again > 0);
        const write::Report report = write("Q4_K_S");
        QVERIFY(report.resumedBytes > again);
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_S"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void importanceMakesOtherTensors()
    {
        const auto model = format::openModel(kSample);
        plan::ImportanceMatrix importance;
        for (const model::Tensor& tensor : model->tensors())
            importance.columns[tensor.name].assign(tensor.shape.columns(), 1.0f);
        importance.columns.erase("token_embd.weight");
        leftByADeadRun(kHalf, path("out.gguf"));
        std::uint64_t unweighted = 0;
        for (const write::FinishedTensor& tensor : journal().tensors)
            unweighted += tensor.name == "token_embd.weight" || tensor.type == tensor.sourceType ? tensor.bytes : 0;
        QVERIFY(unweighted > 0);
        QCOMPARE(write("Q4_K_M", "out.gguf", kSample, {.importance = &importance}).resumedBytes, unweighted);
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_M", kSample, {.importance = &importance}));
    }

    void aTensorOfTheSourceThatChangedIsMadeAgain_data()
    {
        QTest::addColumn<int>("tensor");
        QTest::newRow("the first") << 0;
        QTest::newRow("a later one") << 3;
    }
    void aTensorOfTheSourceThatChangedIsMadeAgain()
    {
        QFETCH(int, tensor);
        const QString source = copyOfTheSample();
        leftByADeadRun(kHalf, path("out.gguf"), source);
        std::uint64_t before = 0;
        for (int i = 0; i < tensor; ++i)
            before += journal().tensors[std::size_t(i)].bytes;
        QVERIFY(journal().tensors.size() > std::size_t(tensor));
        const auto time = std::filesystem::last_write_time(source.toStdString());
        turnBit(source, format::openModel(kSample)->tensors()[std::size_t(tensor)].offset);
        std::filesystem::last_write_time(source.toStdString(), time);  // neither size nor time tell
        QCOMPARE(write("Q4_K_M", "out.gguf", source).resumedBytes, before);
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_M", source));
    }

    void aSourceThatWasOnlyTouchedIsTheSame()
    {
        const QString source = copyOfTheSample();
        const std::uint64_t left = leftByADeadRun(kHalf, path("out.gguf"), source).bytes;
        const auto time = std::filesystem::last_write_time(source.toStdString());
        std::filesystem::last_write_time(source.toStdString(), time + std::chrono::seconds(1));
        QCOMPARE(write("Q4_K_M", "out.gguf", source).resumedBytes, left);
    }

    void whatTheDiskSpoiltIsMadeAgain()
    {
        leftByADeadRun(kHalf, path("out.gguf"));
        const write::Journal left = journal();
        QVERIFY(left.tensors.size() > 4);
        turnBit(path("out.gguf.part"), left.tensors[2].offset + left.tensors[2].bytes - 1);
        QCOMPARE(write("Q4_K_M").resumedBytes, left.tensors[0].bytes + left.tensors[1].bytes);
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_M"));
    }

    void whatAnotherVersionLeftIsNotUsed()
    {
        leftByADeadRun(kHalf, path("out.gguf"));
        write::Journal left = journal();
        left.program = "0.0.1";
        write::writeJournal(path("out.gguf.part").toStdString(), left);
        QCOMPARE(write("Q4_K_M").resumedBytes, std::uint64_t(0));
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_K_M"));
    }

    void aJournalOfNonsenseIsNotUsed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("{\"program\":");
        QTest::newRow("no object") << QByteArray("[1,2,3]");
        QTest::newRow("another form") << QByteArray("{\"fingerprint\":\"x\",\"bytes\":1,\"errors\":[]}");
        QTest::newRow("a tensor beyond the file")
            << QByteArray("{\"program\":\"1\",\"layout\":\"x\",\"tensors\":[{\"name\":\"a\",\"source_type\":\"F16\",\"type\":\"F16\","
                          "\"importance\":\"\",\"source\":\"\",\"digest\":\"\","
                          "\"offset\":18446744073709551615,\"bytes\":2,\"squared_error\":0}]}");
        const QByteArray twice =
            R"({"name":"%","source_type":"F16","type":"F16","importance":"","source":"","digest":"","offset":0,"bytes":600,"squared_error":0})";
        QTest::newRow("two tensors in one place") << R"({"program":"1","layout":"x","tensors":[)" + QByteArray(twice).replace('%', 'a')
                + ',' + QByteArray(twice).replace('%', 'b') + "]}";
        QTest::newRow("an unknown type") << QByteArray("{\"program\":\"1\",\"layout\":\"x\",\"tensors\":[{\"name\":\"a\",\"source_type\":"
                                                       "\"F17\",\"type\":\"F16\",\"importance\":\"\",\"source\":\"\",\"digest\":\"\","
                                                       "\"offset\":0,\"bytes\":2,\"squared_error\":0}]}");
    }
    void aJournalOfNonsenseIsNotUsed()
    {
        QFETCH(QByteArray, text);
        for (const auto& [name, bytes] :
             {std::pair<const char*, QByteArray>{"out.gguf.part", QByteArray(1000, 'x')}, {"out.gguf.part.json", text}}) {
            QFile file(path(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
        }
        QVERIFY(!write::readJournal(path("out.gguf.part").toStdString()));
        QCOMPARE(write("Q4_0").resumedBytes, std::uint64_t(0));
        QVERIFY(contents(path("out.gguf")) == undisturbed("Q4_0"));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void startingOverUsesNothing()
    {
        QVERIFY(leftByADeadRun(kHalf, path("out.gguf")).bytes > 0);
        QCOMPARE(write("Q4_K_M", "out.gguf", kSample, {.resume = false}).resumedBytes, std::uint64_t(0));
        QCOMPARE(files(), QStringList("out.gguf"));
    }

    void aDeathWhileTheJournalIsWrittenLeavesNothingForGood()
    {
        const std::filesystem::path out = path("out.gguf").toStdString();
        const auto die = [&] {
            const write::Leftover left = leftByADeadRun(kHalf, path("out.gguf"));
            QFile newer(path("out.gguf.part.json.part"));  // the beginning of a newer journal
            return newer.open(QIODevice::WriteOnly) && newer.write("{") == 1 ? left.bytes : 0;
        };
        const std::uint64_t bytes = die();
        QVERIFY(bytes > 0);
        QCOMPARE(write::findLeftover(out)->bytes, bytes);
        QCOMPARE(write("Q4_K_M").resumedBytes, bytes);
        QCOMPARE(files(), QStringList("out.gguf"));
        QVERIFY(QFile::remove(path("out.gguf")));
        die();
        write::removeLeftover(out);
        QCOMPARE(files(), QStringList());
    }

    void leftoversCanBeRemoved()
    {
        leftByADeadRun(12'000'000, path("out.gguf"));
        leftByADeadRun(8'000'000, path("out.gguf"), kSample, "Q4_K_S");
        QCOMPARE(leftovers().size(), 4);
        write::removeLeftover(path("out.gguf").toStdString());
        QCOMPARE(files(), QStringList());
    }

    void whatAnotherRunIsWritingIsLeftAlone()
    {
        const write::Leftover left = leftByADeadRun(kHalf, path("out.gguf"));
        const QByteArray before = contents(path("out.gguf.part"));
        const AtomicFile other(path("out.gguf").toStdString(), 0, AtomicFile::Resumable{});
        QVERIFY_EXCEPTION_THROWN(write("Q4_K_M"), Error);
        QVERIFY(!write::findLeftover(path("out.gguf").toStdString()));
        QVERIFY_EXCEPTION_THROWN(write::removeLeftover(path("out.gguf").toStdString()), Error);
        QCOMPARE(contents(path("out.gguf.part")), before);
        QCOMPARE(journal().bytes(), left.bytes);
    }
};

int main(int argc, char* argv[])
{
    if (const std::optional<int> status = childMain(argc, argv))
        return *status;
    QCoreApplication app(argc, argv);
    TestQuantizeResumed test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_quantize_resumed.moc"
