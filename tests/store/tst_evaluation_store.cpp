// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/store/evaluation_store.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <thread>

using namespace halftone;
using namespace halftone::store;
using evaluate::TokenFigures;

class TestEvaluationStore : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;
    static constexpr std::uint64_t kScored = 7;  // of windows of 16
    const RunKey m_key{"model-hash", "text-hash", 16, 3};

    std::filesystem::path fresh() { return fromUtf8(m_folder.filePath(QStringLiteral("%1.sqlite").arg(++m_files)).toStdString()); }
    static std::vector<TokenFigures> window(float nll)
    {
        return std::vector<TokenFigures>(kScored, {.nll = nll, .kld = 0.1f, .entropy = 1, .confidence = 0.5f});
    }
    static void overwrite(const std::filesystem::path& file, qint64 at, const QByteArray& bytes)
    {
        QFile raw(QString::fromStdString(toUtf8(file)));
        QVERIFY(raw.open(QIODevice::ReadWrite));
        QVERIFY(raw.seek(at) && raw.write(bytes) == bytes.size());
    }
    static void execute(const std::filesystem::path& file, const char* sql)
    {
        sqlite3* database = nullptr;
        QCOMPARE(sqlite3_open(toUtf8(file).c_str(), &database), SQLITE_OK);
        QCOMPARE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }
    static ErrorCode refusal(const std::filesystem::path& file)
    {
        try {
            EvaluationStore store(file);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Cancelled;  // it was not refused
    }

private Q_SLOTS:
    void whatADeviceComputesIsARunOfItsOwn()
    {
        EvaluationStore store(fresh());
        RunKey other = m_key;
        other.device = "a card";
        const RunId here = store.run(m_key, "model", "text"), there = store.run(other, "model", "text");
        QVERIFY(here != there);
        QCOMPARE(store.run(other, "model", "text"), there);
        QCOMPARE(store.history().size(), std::size_t(2));
        QCOMPARE(store.history()[0].device, std::string("a card"));
        QCOMPARE(store.evaluation(there).device, std::string("a card"));
        QCOMPARE(store.evaluation(here).device, std::string());
    }

    void aStoreOfTheFirstVersionIsBroughtOn()
    {
        const auto file = fresh();
        execute(
            file,
            R"(CREATE TABLE runs(id INTEGER PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL, window INTEGER NOT NULL, windows INTEGER NOT NULL,
           model_name TEXT NOT NULL, text_name TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE(model, text, window, windows));
       CREATE TABLE variants(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, content TEXT NOT NULL,
           name TEXT NOT NULL, bits INTEGER NOT NULL, bytes INTEGER NOT NULL, bits_per_weight REAL NOT NULL, decode_ms REAL NOT NULL DEFAULT 0,
           UNIQUE(run, content));
       CREATE TABLE windows(variant INTEGER NOT NULL REFERENCES variants(id) ON DELETE CASCADE, number INTEGER NOT NULL, figures BLOB NOT NULL,
           PRIMARY KEY(variant, number)) WITHOUT ROWID;
       INSERT INTO runs VALUES(5, 'model-hash', 'text-hash', 16, 3, 'model', 'text', 1000);
       PRAGMA application_id = 1215579510; PRAGMA user_version = 1)");
        EvaluationStore store(file);
        QCOMPARE(store.run(m_key, "model", "text"), RunId(5));
        QCOMPARE(store.history().front().device, std::string());
    }

    void windowsComeBackInOrder()
    {
        const auto file = fresh();
        VariantId id = 0;
        {
            EvaluationStore store(file);
            id = store.variant(store.run(m_key, "model", "text"), "original", {.name = "Original"});
            store.addWindow(id, 1, window(2));
            store.addWindow(id, 0, window(1));
            store.setDecodeMs(id, 4.5);
        }
        EvaluationStore store(file);
        const RunId run = store.run(m_key, "another name", "text");
        QCOMPARE(store.variant(run, "original", {.name = "Original"}), id);
        const auto tokens = store.tokens(id, kScored);
        QCOMPARE(tokens.size(), std::size_t(2 * kScored));
        QVERIFY(tokens.front() == window(1)[0] && tokens.back() == window(2)[0]);
        QCOMPARE(store.decodeMs(id), 4.5);
    }

    void aGapEndsWhatIsKnown()
    {
        EvaluationStore store(fresh());
        const VariantId id = store.variant(store.run(m_key, "m", "t"), "original", {.name = "Original"});
        store.addWindow(id, 0, window(1));
        store.addWindow(id, 2, window(1));
        QCOMPARE(store.tokens(id, kScored).size(), std::size_t(kScored));
        auto broken = window(1);
        broken[3].nll = -1;
        store.addWindow(id, 0, broken);
        QVERIFY(store.tokens(id, kScored).empty());
        QVERIFY(store.tokens(id, kScored + 1).empty());
    }

    void theHistoryIsReopened()
    {
        EvaluationStore store(fresh());
        const RunId run = store.run(m_key, "model", "text");
        const VariantId base = store.variant(run, "original", {.name = "Original", .bits = 16, .bytes = 1000, .bitsPerWeight = 16});
        const VariantId four = store.variant(run, "types-4", {.name = "Q4_K_M", .bits = 4, .bytes = 300, .bitsPerWeight = 4.8});
        for (std::uint64_t i = 0; i < 3; ++i)
            store.addWindow(base, i, window(1));
        store.addWindow(four, 0, window(2));
        const auto history = store.history();
        QCOMPARE(history.size(), std::size_t(1));
        QVERIFY(history[0].model == "model" && history[0].variants == 2 && !history[0].complete);
        const evaluate::Evaluation evaluation = store.evaluation(run);
        QCOMPARE(evaluation.variants.size(), std::size_t(2));
        QVERIFY(evaluation.variants[1].name == "Q4_K_M" && evaluation.variants[1].bits == 4 && evaluation.variants[1].windows == 1);
        QVERIFY(std::abs(evaluation.variants[1].figures.nll - 2) < 1e-6 && std::abs(evaluation.variants[0].figures.nll - 1) < 1e-6);
        QVERIFY(!evaluation.complete());
        store.remove(run);
        QVERIFY(store.history().empty() && store.tokens(four, kScored).empty());
    }

    void anotherProgramsFileIsRefused()
    {
        const auto file = fresh();
        execute(file, "CREATE TABLE theirs(a)");
        QVERIFY(refusal(file) == ErrorCode::Malformed);
        execute(file, "INSERT INTO theirs VALUES(1)");  // untouched
    }

    void aNewerStoreIsRefused()
    {
        const auto file = fresh();
        {
            EvaluationStore store(file);
        }
        execute(file, "PRAGMA user_version = 99");
        QVERIFY(refusal(file) == ErrorCode::Unsupported);
    }

    /// Of any other tables the queries could be made to run for ever.
    void aStoreWithTablesOfAnotherKindIsRefused_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::newRow("a view without an end") << QByteArray(
            "ALTER TABLE windows RENAME TO w; CREATE VIEW windows AS WITH RECURSIVE n(i) AS "
            "(SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT 1 variant, i number, x'' figures FROM n");
        QTest::newRow("a trigger") << QByteArray("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM variants; END");
        QTest::newRow("a column less") << QByteArray("ALTER TABLE variants DROP COLUMN decode_ms");
        QTest::newRow("a table more") << QByteArray("CREATE TABLE more(a)");
    }
    void aStoreWithTablesOfAnotherKindIsRefused()
    {
        QFETCH(QByteArray, change);
        const auto file = fresh();
        {
            EvaluationStore store(file);
        }
        execute(file, change.constData());
        QVERIFY(refusal(file) == ErrorCode::Malformed);
    }

    void aDamagedFileIsRefusedOrMovedAside()
    {
        const auto file = fresh();
        {
            EvaluationStore store(file);
            const VariantId id = store.variant(store.run(m_key, "m", "t"), "original", {.name = "Original"});
            for (std::uint64_t i = 0; i < 200; ++i)
                store.addWindow(id, i, window(1));
        }
        overwrite(file, 0, QByteArray(4096, 'x'));
        QVERIFY(refusal(file) == ErrorCode::Malformed);
        EvaluationStore store(file, Damage::MoveAside);
        QVERIFY(std::filesystem::exists(store.movedTo()));
        QVERIFY(store.history().empty());
    }

    void aFormatThatSqliteDoesNotKnowIsMovedAside_data()
    {
        QTest::addColumn<qint64>("place");
        QTest::newRow("what writes it") << qint64(18);
        QTest::newRow("what reads it") << qint64(19);
        QTest::newRow("its schema") << qint64(47);
    }
    void aFormatThatSqliteDoesNotKnowIsMovedAside()
    {
        QFETCH(qint64, place);
        const auto file = fresh();
        EvaluationStore(file).run(m_key, "m", "t");
        overwrite(file, place, QByteArray(1, ' '));
        QVERIFY(refusal(file) == ErrorCode::Malformed);
        QVERIFY(EvaluationStore(file, Damage::MoveAside).history().empty());
    }

    /// Whatever a byte becomes, the store opens or says why not; it never crashes or gives figures that make no sense.
    void noByteIsTrusted()
    {
        const auto file = fresh();
        {
            EvaluationStore store(file);
            const VariantId id = store.variant(store.run(m_key, "m", "t"), "original", {.name = "Original"});
            for (std::uint64_t i = 0; i < 3; ++i)
                store.addWindow(id, i, window(1));
        }
        QFile original(QString::fromStdString(toUtf8(file)));
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray sound = original.readAll();
        std::uint32_t random = 1;
        int opened = 0, refused = 0;
        for (int i = 0; i < 400; ++i) {
            random = random * 1664525 + 1013904223;
            QByteArray broken = sound;
            broken[qsizetype(random >> 8) % sound.size()] = char(random);
            if (i % 8 == 0)
                broken.truncate(qsizetype(random >> 8) % sound.size());
            const auto copy = fresh();
            QFile out(QString::fromStdString(toUtf8(copy)));
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(broken) == broken.size());
            out.close();
            try {
                EvaluationStore store(copy);
                for (const RunSummary& run : store.history())
                    for (const auto& variant : store.evaluation(run.id).variants)
                        QVERIFY(std::isfinite(variant.figures.meanKld));
                ++opened;
            } catch (const Error&) {
                ++refused;
            }
        }
        QVERIFY(opened > 0 && refused > 0);
    }

    /// 20 bytes times this window's predictions is a multiple of 2^64.
    void numbersOfACraftedFileAreNotBelieved()
    {
        const auto file = fresh();
        {
            EvaluationStore store(file);
            store.variant(store.run(m_key, "m", "t"), "original", {.name = "Original"});
        }
        execute(file, "INSERT INTO windows SELECT id, 0, x'' FROM variants; UPDATE runs SET window = -9223372036854775807, windows = -1");
        EvaluationStore store(file);
        for (const RunSummary& run : store.history())
            QVERIFY(store.evaluation(run.id).variants.empty());
    }

    void twoMayWriteAtOnce()
    {
        const auto file = fresh();
        const auto write = [&](const std::string& content) {
            EvaluationStore store(file);
            const VariantId id = store.variant(store.run(m_key, "m", "t"), content, {.name = content});
            for (std::uint64_t i = 0; i < 60; ++i)
                store.addWindow(id, i, window(1));
        };
        {
            const std::jthread a(write, "a"), b(write, "b");
        }
        EvaluationStore store(file);
        const RunId run = store.run(m_key, "m", "t");
        QCOMPARE(store.history().size(), std::size_t(1));
        for (const char* content : {"a", "b"})
            QCOMPARE(store.tokens(store.variant(run, content, {.name = content}), kScored).size(), std::size_t(60 * kScored));
    }
};

QTEST_APPLESS_MAIN(TestEvaluationStore)
#include "tst_evaluation_store.moc"
