// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/plan/importance.h"
#include "tests/format/gguf_bytes.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <limits>
#include <optional>

using namespace halftone;
using namespace halftone::plan;

class TestImportance : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;

    struct Sums {
        std::vector<float> sums{2, 4, 6, 8};
        std::vector<float> counts{2, 1};
        std::vector<std::uint64_t> shape{2, 2};
        std::uint32_t type = 0;
        std::string_view countsName = "blk.0.ffn_up.weight.counts";
        std::string_view fileType = "imatrix";
    };

    std::filesystem::path put(const Sums& sums) const
    {
        GgufBytes bytes;
        bytes.header(2, 1).pair("general.type", sums.fileType);
        bytes.tensor("blk.0.ffn_up.weight.in_sum2", sums.shape, sums.type, 0).tensor(sums.countsName, {1, sums.counts.size()}, 0, 32).pad();
        for (const float value : sums.sums)
            bytes.put(value);
        bytes.pad();
        for (const float value : sums.counts)
            bytes.put(value);
        const auto path = fromUtf8(m_dir.path().toStdString()) / "imatrix.gguf";
        std::ofstream(path, std::ios::binary) << bytes.string();
        return path;
    }

    std::optional<Error> errorOf(const Sums& sums) const
    {
        try {
            readImportance(put(sums));
        } catch (const Error& error) {
            return error;
        }
        return std::nullopt;
    }

private Q_SLOTS:
    void valuesAreSumsOverCounts()
    {
        const ImportanceMatrix matrix = readImportance(put({}));
        const auto values = matrix.find("blk.0.ffn_up.weight");
        QVERIFY((std::vector<float>(values.begin(), values.end()) == std::vector<float>{1, 2, 6, 8}));
        QVERIFY(matrix.find("blk.1.ffn_up.weight").empty());
        QVERIFY(matrix.gaps.empty());
    }

    void anExpertWithoutDataIsNamed()
    {
        const ImportanceMatrix matrix = readImportance(put({.sums = {2, 4, 0, 0}, .counts = {2, 0}}));
        const auto values = matrix.find("blk.0.ffn_up.weight");
        QVERIFY((std::vector<float>(values.begin(), values.end()) == std::vector<float>{1, 2, 1, 1}));
        QCOMPARE(matrix.gaps.size(), std::size_t(1));
        QCOMPARE(matrix.gaps[0].tensor, std::string("blk.0.ffn_up.weight"));
        QCOMPARE(matrix.gaps[0].expert, std::size_t(1));
        QCOMPARE(matrix.gaps[0].experts, std::size_t(2));
    }

    void brokenValuesAreRefusedByName_data()
    {
        QTest::addColumn<float>("value");
        QTest::newRow("not a number") << std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("infinite") << std::numeric_limits<float>::infinity();
        QTest::newRow("negative") << -1.0f;
    }
    void brokenValuesAreRefusedByName()
    {
        QFETCH(float, value);
        const auto sums = errorOf({.sums = {2, value, 6, 8}});
        QVERIFY(sums);
        QVERIFY(sums->code() == ErrorCode::Malformed);
        QVERIFY2(sums->place().starts_with("byte ") && sums->place().ends_with(", tensor blk.0.ffn_up.weight.in_sum2"),
                 sums->place().c_str());
        QVERIFY(sums->problem().starts_with("value 1 is"));
        QVERIFY(sums->file().ends_with("imatrix.gguf"));
        const auto counts = errorOf({.counts = {value, 1}});
        QVERIFY(counts);
        QVERIFY2(counts->place().starts_with("byte ") && counts->place().ends_with(", tensor blk.0.ffn_up.weight.counts"),
                 counts->place().c_str());
    }

    void shapesMustAgree()
    {
        const auto error = errorOf({.counts = {1, 1, 1}});
        QVERIFY(error);
        QCOMPARE(error->problem(), std::string("there are 3 counts for 2 experts"));
    }

    void missingCountsAreNamed()
    {
        const auto error = errorOf({.countsName = "other"});
        QVERIFY(error);
        QCOMPARE(error->problem(), std::string("its counts are missing"));
    }

    void sumsThatOverflowAreRefused() { QVERIFY(errorOf({.sums = {3e38f, 1, 1, 1}, .counts = {1e-3f, 1}})); }

    void aModelIsNoImportanceMatrix()
    {
        const auto error = errorOf({.fileType = "model"});
        QVERIFY(error);
        QCOMPARE(error->problem(), std::string("this is not an importance matrix"));
    }
};

QTEST_APPLESS_MAIN(TestImportance)
#include "tst_importance.moc"
