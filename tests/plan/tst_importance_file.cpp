// SPDX-License-Identifier: GPL-3.0-or-later
// Importance matrices as files: llama.cpp's GGUF form and its older .dat, merged and described.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/importance_file.h"
#include "core/plan/importance_statistics.h"
#include "tests/format/gguf_bytes.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <random>

using namespace halftone;
using namespace halftone::plan;

namespace {

/// An older file put together number by number.
class Dat {
public:
    Dat& number(std::int32_t value)
    {
        m_bytes.put(value);
        return *this;
    }
    Dat& text(std::string_view text)
    {
        number(std::int32_t(text.size()));
        for (const char c : text)
            m_bytes.put(c);
        return *this;
    }
    Dat& values(const std::vector<float>& values)
    {
        number(std::int32_t(values.size()));
        for (const float value : values)
            m_bytes.put(value);
        return *this;
    }
    const std::string& string() const { return m_bytes.string(); }

    /// Two tensors, three chunks.
    static Dat sound()
    {
        return Dat()
            .number(2)
            .text("blk.0.ffn_up.weight")
            .number(3)
            .values({3, 6, 9})
            .text("blk.0.ffn_down.weight")
            .number(3)
            .values({1.5f, 0})
            .number(3)
            .text("wiki.txt");
    }

private:
    GgufBytes m_bytes;
};

ImportanceSums sound()
{
    ImportanceSums sums;
    sums.tensors["blk.0.attn_q.weight"] = {.sums = {4, 8, 0}, .counts = {4}};
    sums.tensors["blk.0.ffn_up_exps.weight"] = {.sums = {1, 2, 3, 4, 0, 0}, .counts = {1, 2, 0}};
    sums.datasets = {"calibration.txt"};
    sums.chunks = 2;
    sums.chunkTokens = 512;
    return sums;
}

std::vector<float> valuesOf(const ImportanceMatrix& matrix, const std::string& tensor)
{
    const auto found = matrix.find(tensor);
    return {found.begin(), found.end()};
}

}  // namespace

class TestImportanceFile : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::filesystem::path path(const char* name = "i.dat") const { return fromUtf8(m_dir.path().toStdString()) / name; }

    std::filesystem::path put(const std::string& bytes) const
    {
        std::ofstream(path(), std::ios::binary) << bytes;
        return path();
    }
    std::optional<Error> errorOf(const std::string& bytes) const
    {
        try {
            readImportanceSums(put(bytes));
        } catch (const Error& error) {
            return error;
        }
        return std::nullopt;
    }

private Q_SLOTS:
    void whatIsWrittenIsRead()
    {
        writeImportanceSums(sound(), path("w.gguf"));
        const ImportanceSums read = readImportanceSums(path("w.gguf"));
        QCOMPARE(read.tensors.size(), std::size_t(2));
        for (const auto& [name, entry] : sound().tensors) {
            QVERIFY(read.tensors.at(name).sums == entry.sums);
            QVERIFY(read.tensors.at(name).counts == entry.counts);
        }
        QVERIFY(read.datasets == sound().datasets);
        QCOMPARE(read.chunks, std::uint64_t(2));
        QCOMPARE(read.chunkTokens, std::uint32_t(512));
    }

    void theFormIsLlamaCppsOwn()
    {
        writeImportanceSums(sound(), path("w.gguf"));
        const auto file = format::openModel(path("w.gguf"));
        const auto& metadata = file->metadata();
        QCOMPARE(metadata.string("general.type").value(), std::string_view("imatrix"));
        QVERIFY(*metadata.array<std::string>("imatrix.datasets") == std::vector<std::string>{"calibration.txt"});
        QVERIFY(metadata.find("imatrix.chunk_count")->index() == model::Value(std::uint32_t(0)).index());
        QVERIFY(metadata.find("imatrix.chunk_size")->index() == model::Value(std::uint32_t(0)).index());
        QStringList names;
        for (const auto& tensor : file->tensors())
            names << QString::fromStdString(tensor.name);
        QCOMPARE(names,
                 (QStringList{"blk.0.attn_q.weight.in_sum2", "blk.0.attn_q.weight.counts", "blk.0.ffn_up_exps.weight.in_sum2",
                              "blk.0.ffn_up_exps.weight.counts"}));
        QVERIFY((file->find("blk.0.ffn_up_exps.weight.in_sum2")->shape.extent == std::array<std::uint64_t, 4>{2, 3, 1, 1}));
        QVERIFY((file->find("blk.0.ffn_up_exps.weight.counts")->shape.extent == std::array<std::uint64_t, 4>{1, 3, 1, 1}));
        QCOMPARE(QFileInfo(QString::fromStdString(path("w.gguf").string())).size() % 32, qint64(0));
    }

    void foldersOfTextsAreNotWritten()
    {
        ImportanceSums sums = sound();
        sums.datasets = {"/home/ann/secret/a.txt", "C:\\Users\\ann\\b.txt", "c.txt"};
        writeImportanceSums(sums, path("w.gguf"));
        QVERIFY((readImportanceSums(path("w.gguf")).datasets == std::vector<std::string>{"a.txt", "b.txt", "c.txt"}));
        const auto entries = provenanceOf(meansOf(sums));
        for (const auto& entry : entries)
            if (const auto* text = std::get_if<std::string>(&entry.value))
                QVERIFY(text->find("ann") == std::string::npos);
    }

    void theOlderFormIsRead()
    {
        const auto file = put(Dat::sound().string());
        const ImportanceSums sums = readImportanceSums(file);
        QVERIFY(sums.datasets == std::vector<std::string>{"wiki.txt"});
        QCOMPARE(sums.chunks, std::uint64_t(3));
        QVERIFY(sums.tensors.at("blk.0.ffn_up.weight").counts == std::vector<float>{3 * 512});
        const ImportanceMatrix matrix = readImportance(file);
        QVERIFY((valuesOf(matrix, "blk.0.ffn_up.weight") == std::vector<float>{1, 2, 3}));
        QVERIFY((valuesOf(matrix, "blk.0.ffn_down.weight") == std::vector<float>{0.5f, 0}));
        QCOMPARE(matrix.file, std::string("i.dat"));
    }

    void theOldestFormEndsAfterTheValues()
    {
        const auto sums = readImportanceSums(put(Dat().number(1).text("a").number(0).values({2, 4}).string()));
        QVERIFY((valuesOf(meansOf(sums), "a") == std::vector<float>{2, 4}));
    }

    void brokenOlderFilesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const Dat& dat) { QTest::newRow(name) << QByteArray::fromStdString(dat.string()); };
        const float nan = std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("empty") << QByteArray();
        row("no entries", Dat().number(0));
        row("negative number of entries", Dat().number(-1));
        row("more entries than there are", Dat().number(2).text("a").number(1).values({1}));
        row("huge number of entries", Dat().number(std::numeric_limits<std::int32_t>::max()));
        row("name longer than the file", Dat().number(1).number(1 << 30));
        row("negative length of a name", Dat().number(1).number(-5));
        row("empty name", Dat().number(1).text("").number(1).values({1}));
        row("name of two thousand bytes", Dat().number(1).text(std::string(2000, 'x')).number(1).values({1}));
        row("negative calls", Dat().number(1).text("a").number(-1).values({1}));
        row("no values", Dat().number(1).text("a").number(1).values({}));
        row("values past the end", Dat().number(1).text("a").number(1).number(std::numeric_limits<std::int32_t>::max()));
        row("negative number of values", Dat().number(1).text("a").number(1).number(-4));
        row("a value that is no number", Dat().number(1).text("a").number(1).values({1, nan}));
        row("a negative value", Dat().number(1).text("a").number(1).values({1, -1}));
        row("a value too large", Dat().number(1).text("a").number(1).values({3e38f}));
        row("the same tensor twice", Dat().number(2).text("a").number(1).values({1}).text("a").number(1).values({1}));
        row("negative chunks", Dat().number(1).text("a").number(1).values({1}).number(-1));
        row("text's name past the end", Dat().number(1).text("a").number(1).values({1}).number(1).number(99));
    }
    void brokenOlderFilesAreRefused()
    {
        QFETCH(QByteArray, bytes);
        const auto error = errorOf(bytes.toStdString());
        QVERIFY(error);
        QCOMPARE(error->code(), ErrorCode::Malformed);
        QVERIFY(error->file().ends_with("i.dat"));
    }

    void everyTruncationIsRefusedOrWhole()
    {
        const std::string bytes = Dat::sound().string();
        const std::size_t values = bytes.size() - 2 * 4 - 8;  // the trailing chunks and name
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const bool whole = length == values || length == values + 4;
            QVERIFY2(errorOf(bytes.substr(0, length)).has_value() != whole, std::to_string(length).c_str());
        }
    }

    void mutationsNeitherCrashNorHang()
    {
        std::mt19937 random(3);
        writeImportanceSums(sound(), path("w.gguf"));
        std::ifstream file(path("w.gguf"), std::ios::binary);
        const std::string gguf{std::istreambuf_iterator<char>(file), {}};
        for (const std::string& good : {Dat::sound().string(), gguf}) {
            for (int i = 0; i < 3000; ++i) {
                std::string bytes = good;
                for (int changes = 0; changes < 3; ++changes)
                    bytes[random() % bytes.size()] = char(random());
                try {
                    for (const auto& [name, entry] : parseImportance(std::as_bytes(std::span(bytes))).tensors)
                        QVERIFY(!entry.counts.empty() && entry.sums.size() % entry.counts.size() == 0);
                } catch (const Error&) {
                }
            }
        }
    }

    void mergingWeighsByCounts()
    {
        ImportanceSums a = sound(), b = sound();
        b.tensors["blk.0.attn_q.weight"] = {.sums = {100, 0, 6}, .counts = {12}};
        b.tensors["blk.1.attn_q.weight"] = {.sums = {1}, .counts = {1}};
        b.datasets = {"other.txt", "calibration.txt"};
        const ImportanceSums all = mergedImportance(std::vector{a, b});
        QVERIFY((valuesOf(meansOf(all), "blk.0.attn_q.weight") == std::vector<float>{104.0f / 16, 0.5f, 6.0f / 16}));
        QVERIFY((all.tensors.at("blk.0.ffn_up_exps.weight").counts == std::vector<float>{2, 4, 0}));
        QCOMPARE(all.tensors.size(), std::size_t(3));
        QVERIFY((all.datasets == std::vector<std::string>{"calibration.txt", "other.txt"}));
        QCOMPARE(all.chunks, std::uint64_t(4));
    }

    void chunksOfDifferentLengthAreConverted()
    {
        ImportanceSums a = sound(), b = sound();
        b.chunkTokens = 256;
        const ImportanceSums all = mergedImportance(std::vector{a, b});
        QCOMPARE(all.chunkTokens, std::uint32_t(512));
        QCOMPARE(all.chunks, std::uint64_t(3));
    }

    void oneCountStandsForAllExperts()
    {
        ImportanceSums a = sound(), b = sound();
        b.tensors["blk.0.ffn_up_exps.weight"] = {.sums = {2, 2, 2, 2, 2, 2}, .counts = {2}};
        const auto entry = mergedImportance(std::vector{a, b}).tensors.at("blk.0.ffn_up_exps.weight");
        QVERIFY((entry.counts == std::vector<float>{3, 4, 2}));
        QVERIFY((entry.sums == std::vector<float>{3, 4, 5, 6, 2, 2}));
    }

    void matricesOfDifferentModelsAreNotMerged()
    {
        ImportanceSums a = sound(), b = sound(), c = sound();
        b.tensors["blk.0.attn_q.weight"] = {.sums = {1, 2}, .counts = {4}};
        c.tensors["blk.0.ffn_up_exps.weight"] = {.sums = {1, 2, 3, 4, 0, 0}, .counts = {1, 2}};
        for (const auto& other : {b, c}) {
            try {
                mergedImportance(std::vector{a, other});
                QFAIL("they were merged");
            } catch (const Error& error) {
                QCOMPARE(error.code(), ErrorCode::Usage);
                QVERIFY(!error.place().empty());
            }
        }
        QVERIFY_EXCEPTION_THROWN(mergedImportance({}), Error);
    }

    void statisticsDescribeTheSpread()
    {
        ImportanceSums sums;
        sums.tensors["blk.2.even"] = {.sums = {2, 2, 2, 2}, .counts = {2}};
        sums.tensors["blk.10.one"] = {.sums = {0, 0, 0, 12}, .counts = {3}};
        sums.tensors["blk.1.experts"] = {.sums = {1, 3, 0, 0, 4, 0}, .counts = {1, 0, 2}};
        const auto all = importanceStatistics(sums);
        QCOMPARE(all[0].tensor, std::string("blk.1.experts"));
        QCOMPARE(all[1].tensor, std::string("blk.2.even"));
        QCOMPARE(all[1].entropy, 2.0);
        QCOMPARE(all[1].evenness, 1.0);
        QCOMPARE(all[1].active, 1.0);
        QCOMPARE(all[1].sum, 4.0);
        QCOMPARE(all[2].tensor, std::string("blk.10.one"));
        QCOMPARE(all[2].entropy, 0.0);
        QCOMPARE(all[2].max, 4.0);
        QCOMPARE(all[2].mean, 1.0);
        QCOMPARE(all[2].active, 0.25);
        // Of the experts, the first (1, 3) and the last (2, 0) were reached.
        QCOMPARE(all[0].experts, std::size_t(3));
        QCOMPARE(all[0].reached, std::size_t(2));
        QCOMPARE(all[0].columns, std::size_t(2));
        QCOMPARE(all[0].rows, 3.0);
        QCOMPARE(all[0].sum, 6.0);
        QCOMPARE(all[0].mean, 1.5);
        const double entropy = -(std::log2(1.0 / 6) / 6 + std::log2(0.5) / 2 + std::log2(1.0 / 3) / 3);
        QVERIFY(std::abs(all[0].entropy - entropy) < 1e-12);
    }

    void nothingReachedIsNoNumberNowhere()
    {
        ImportanceSums sums;
        sums.tensors["a"] = {.sums = {0, 0}, .counts = {0}};
        sums.tensors["b"] = {.sums = {0, 0}, .counts = {5}};
        for (const auto& s : importanceStatistics(sums)) {
            QCOMPARE(s.sum, 0.0);
            QCOMPARE(s.mean, 0.0);
            QCOMPARE(s.evenness, 0.0);
        }
    }
};

QTEST_APPLESS_MAIN(TestImportanceFile)
#include "tst_importance_file.moc"
