// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/system.h"
#include "core/format/gguf_reader.h"
#include "tests/format/gguf_bytes.h"

#include <QtTest>

#include <optional>
#include <random>

using namespace halftone;

namespace {

constexpr std::uint64_t kHuge = ~std::uint64_t(0);

std::optional<Error> errorOf(std::span<const std::byte> bytes)
{
    try {
        format::readGguf(bytes);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

/// The header of a file with one tensor, up to where its entry begins (byte 24).
GgufBytes oneTensor()
{
    return GgufBytes().header(1, 0);
}
/// The header of a file with one key, up to where it begins (byte 24).
GgufBytes oneKey()
{
    return GgufBytes().header(0, 1);
}

struct Case {
    const char* name;
    GgufBytes bytes;
    const char* problem;  ///< part of the sentence
    const char* place;  ///< all of it
    ErrorCode code = ErrorCode::Malformed;
};

// One row for each cause, however long.
// clang-format off
std::vector<Case> startCases()
{
    return {
        {"empty", GgufBytes(), "empty", "byte 0"},
        {"four bytes", GgufBytes().magic(), "the version takes 4 bytes, but only 0 remain", "byte 4"},
        {"wrong magic", GgufBytes().magic("GGUL").u32(3), "does not begin with the letters GGUF", "byte 0"},
        {"git lfs pointer", GgufBytes().magic("version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer", "byte 0"},
        {"web page", GgufBytes().magic("<!DOCTYPE html>"), "web page", "byte 0"},
        {"before GGUF", GgufBytes().magic("tjgg").u32(3), "before GGUF", "byte 0", ErrorCode::Unsupported},
        {"version 0", GgufBytes().header(0, 0, 0), "the version is 0", "byte 4"},
        {"version 1", GgufBytes().header(0, 0, 1), "version 1 is not read", "byte 4", ErrorCode::Unsupported},
        {"version 4", GgufBytes().header(0, 0, 4), "newer than this program", "byte 4", ErrorCode::Unsupported},
        {"big-endian", GgufBytes().header(0, 0, 0x03000000), "big-endian", "byte 4", ErrorCode::Unsupported},
        // CVE-2024-23605, CVE-2024-21836: count times size wraps.
        {"key count wraps", GgufBytes().header(0, kHuge / 8 + 2), "the number of metadata keys", "byte 16"},
        {"tensor count wraps", GgufBytes().header(kHuge / 8 + 2, 0), "the number of tensors", "byte 8"},
        {"tensor count beyond the file", GgufBytes().header(2, 0).data(40), "the number of tensors is 2", "byte 8"},
    };
}

std::vector<Case> metadataCases()
{
    return {
        // CVE-2024-23496: length + 1 wraps.
        {"key length wraps", oneKey().u64(kHuge).data(64), "is 18446744073709551615 bytes long", "byte 24, metadata key 1 of 1"},
        {"key longer than the rule", oneKey().text(std::string(65536, 'k')).u32(0).data(1), "more than 65535", "byte 24, metadata key 1 of 1"},
        {"empty key", oneKey().text("").u32(4).u32(1), "a metadata key is empty", "byte 24, metadata key 1 of 1"},
        {"key with control characters", oneKey().text("a\x1b[2J").u32(4).u32(1), "is not plain UTF-8", "byte 24, metadata key 1 of 1"},
        {"key that is no UTF-8", oneKey().text("a\xff").u32(4).u32(1), "\"a\\xff\" is not plain UTF-8", "byte 24, metadata key 1 of 1"},
        {"same key twice", GgufBytes().header(0, 2).pair("a", 1).pair("a", 2), "the metadata key occurs twice", "byte 41, metadata a"},
        {"string length wraps", oneKey().key("a", GgufBytes::String).u64(kHuge), "is 18446744073709551615 bytes long", "byte 37, metadata a"},
        {"string past the end", oneKey().key("a", GgufBytes::String).u64(6).data(5), "is 6 bytes long, but only 5 remain", "byte 37, metadata a"},
        {"value type 13", oneKey().key("a", GgufBytes::ValueType(13)).data(8), "type 13 does not exist", "byte 33, metadata a"},
        {"truth value 2", oneKey().key("a", GgufBytes::Bool).put(std::uint8_t(2)), "a truth value is 2", "byte 37, metadata a"},
        // CVE-2024-21825: length times element size wraps, for numbers and for strings.
        {"number array wraps", oneKey().key("a", GgufBytes::Array).u32(GgufBytes::U64).u64((kHuge >> 3) + 2), "the array's length", "byte 41, metadata a"},
        {"string array wraps", oneKey().key("a", GgufBytes::Array).u32(GgufBytes::String).u64((kHuge >> 4) + 2), "the array's length", "byte 41, metadata a"},
        {"array past the end", oneKey().key("a", GgufBytes::Array).u32(GgufBytes::U16).u64(3).data(5), "the array's length is 3", "byte 41, metadata a"},
        {"array of arrays", oneKey().key("a", GgufBytes::Array).u32(GgufBytes::Array).u64(1).u32(0).u64(0), "arrays of arrays", "byte 37, metadata a", ErrorCode::Unsupported},
        {"array of type 13", oneKey().key("a", GgufBytes::Array).u32(13).u64(0), "element type 13 does not exist", "byte 37, metadata a"},
        {"array of truth values", oneKey().key("a", GgufBytes::Array).u32(GgufBytes::Bool).u64(3).put(std::uint8_t(1)).put(std::uint8_t(0)).put(std::uint8_t(9)), "a truth value is 9", "byte 51, metadata a"},
        // oss-security 2026-05-15 and CVE-2025-0317: alignment without bounds, and zero.
        {"alignment 0", oneKey().pair("general.alignment", 0u), "the alignment 0", "byte 53, metadata general.alignment"},
        {"alignment 4", oneKey().pair("general.alignment", 4u), "the alignment 4", "byte 53, metadata general.alignment"},
        {"alignment 48", oneKey().pair("general.alignment", 48u), "is not a power of two", "byte 53, metadata general.alignment"},
        {"alignment 2 MiB", oneKey().pair("general.alignment", 2u << 20), "the alignment 2097152", "byte 53, metadata general.alignment"},
        {"alignment 2^31", oneKey().pair("general.alignment", 1u << 31), "the alignment 2147483648", "byte 53, metadata general.alignment"},
        {"alignment as text", oneKey().pair("general.alignment", "32"), "not a 32-bit unsigned", "byte 53, metadata general.alignment"},
    };
}

std::vector<Case> tensorCases()
{
    return {
        {"name length wraps", oneTensor().u64(kHuge).data(64), "bytes long", "byte 24, tensor 1 of 1"},
        {"name too long", oneTensor().tensor(std::string(1025, 'n'), {1}, 0, 0).pad().data(4), "more than 1024", "byte 24, tensor 1 of 1"},
        {"empty name", oneTensor().tensor("", {1}, 0, 0).pad().data(4), "name is empty", "byte 24, tensor 1 of 1"},
        {"same name twice", GgufBytes().header(2, 0).tensor("t", {8}, 0, 0).tensor("t", {8}, 0, 32).pad().data(64), "two tensors have this name", "byte 57, tensor t"},
        {"no dimension", oneTensor().tensor("t", {}, 0, 0).pad().data(64), "0 dimensions", "byte 33, tensor t"},
        // CVE-2024-21802: more dimensions than the array has room for.
        {"five dimensions", oneTensor().tensor("t", {1, 1, 1, 1, 1}, 0, 0).pad().data(64), "5 dimensions", "byte 33, tensor t"},
        {"2^32-1 dimensions", oneTensor().text("t").u32(0xFFFFFFFF).data(64), "4294967295 dimensions", "byte 33, tensor t"},
        // GHSA-3p75-pq92-q28f: division by a zero dimension.
        {"dimension 0", oneTensor().tensor("t", {4, 0}, 0, 0).pad().data(64), "dimension 2 is 0", "byte 45, tensor t"},
        // llama.cpp #27203: three products that come out as zero.
        {"2^32 x 2^32", oneTensor().tensor("t", {1ull << 32, 1ull << 32}, 0, 0).pad().data(64), "more than 2^63-1", "byte 45, tensor t"},
        {"2^42 x 2^21 x 2", oneTensor().tensor("t", {1ull << 42, 1ull << 21, 2}, 0, 0).pad().data(64), "more than 2^63-1", "byte 45, tensor t"},
        {"2^31 x 2^31 x 4", oneTensor().tensor("t", {1ull << 31, 1ull << 31, 4}, 0, 0).pad().data(64), "more than 2^63-1", "byte 53, tensor t"},
        {"dimension 2^63", oneTensor().tensor("t", {1ull << 63}, 24, 0).pad().data(64), "more than 2^63-1", "byte 37, tensor t"},
        // CVE-2026-33298: the size in bytes wraps though the number of weights does not.
        {"bytes wrap", oneTensor().tensor("t", {1ull << 62}, 0, 0).pad().data(64), "size in bytes exceeds 64 bits", "byte 45, tensor t"},
        {"unknown type", oneTensor().tensor("t", {4}, 999, 0).pad().data(64), "type 999 is not known", "byte 45, tensor t", ErrorCode::Unsupported},
        {"removed type", oneTensor().tensor("t", {32}, 4, 0).pad().data(64), "type 4 is not known", "byte 45, tensor t", ErrorCode::Unsupported},
        {"type of all ones", oneTensor().tensor("t", {4}, 0xFFFFFFFF, 0).pad().data(64), "is not known", "byte 45, tensor t", ErrorCode::Unsupported},
        {"row cuts a block", oneTensor().tensor("t", {48, 2}, 8, 0).pad().data(136), "the row length 48 is not a multiple of Q8_0's block of 32", "byte 53, tensor t"},
        {"offset unaligned", oneTensor().tensor("t", {4}, 0, 16).pad().data(64), "the tensor's offset 16 is not a multiple", "byte 49, tensor t"},
        // CVE-2026-7482: data past the end leaked memory into the output.
        {"data past the end", oneTensor().tensor("t", {8, 2}, 0, 0).pad().data(63), "ends at byte 160, but the file has only 159", "byte 24, tensor t"},
        {"offset past the end", oneTensor().tensor("t", {8}, 0, 1 << 20).pad().data(64), "ends at byte", "byte 24, tensor t"},
        {"offset wraps", oneTensor().tensor("t", {8}, 0, kHuge - 31).pad().data(64), "exceed 64 bits", "byte 24, tensor t"},
        // CVE-2025-53630, CVE-2026-27940: sums of sizes wrap.
        {"sum wraps", oneTensor().tensor("t", {1ull << 62}, 24, 3ull << 62).pad().data(64), "exceed 64 bits", "byte 24, tensor t"},
        {"no data at all", oneTensor().tensor("t", {8}, 0, 0), "ends at byte", "byte 24, tensor t"},
        {"overlap", GgufBytes().header(2, 0).tensor("s", {16}, 0, 0).tensor("t", {8}, 0, 32).pad().data(96), "overlaps that of tensor s", "byte 57, tensor t"},
        {"same place", GgufBytes().header(2, 0).tensor("s", {8}, 0, 32).tensor("t", {8}, 0, 32).pad().data(96), "overlaps", nullptr},
        {"overlap out of order", GgufBytes().header(2, 0).tensor("t", {8}, 0, 32).tensor("s", {16}, 0, 0).pad().data(96), "overlaps that of tensor s", "byte 24, tensor t"},
        {"inside another", GgufBytes().header(3, 0).tensor("r", {64}, 0, 0).tensor("s", {8}, 0, 32).tensor("t", {8}, 0, 128).pad().data(256), "overlaps", nullptr},
        {"name for a terminal", oneTensor().tensor("t\x1b[31m", {8}, 0, 0).pad().data(64), "\"t\\x1b[31m\" is not plain", "byte 24, tensor 1 of 1"},
        {"cut in the table", oneTensor().text("t").u32(1).u64(4).u32(0).data(4), "the tensor's offset takes 8 bytes, but only 4 remain", "byte 49, tensor t"},
    };
}

// clang-format on

}  // namespace

class TestGgufBroken : public QObject {
    Q_OBJECT
private:
    void addRows(const std::vector<Case>& cases)
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("problem");
        QTest::addColumn<QString>("place");
        QTest::addColumn<int>("code");
        for (const Case& row : cases)
            QTest::newRow(row.name) << QByteArray::fromStdString(row.bytes.string()) << QString(row.problem) << QString(row.place)
                                    << int(row.code);
    }
    void checkRow()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, problem);
        QFETCH(QString, place);
        QFETCH(int, code);
        const auto error = errorOf(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))));
        QVERIFY2(error, "the broken file was accepted");
        QVERIFY2(QString::fromStdString(error->problem()).contains(problem), error->what());
        if (!place.isEmpty())
            QCOMPARE(QString::fromStdString(error->place()), place);
        QVERIFY2(!error->advice().empty(), error->what());
        QCOMPARE(int(error->code()), code);
    }

private Q_SLOTS:
    void aBrokenStartIsNamed_data() { addRows(startCases()); }
    void aBrokenStartIsNamed() { checkRow(); }
    void brokenMetadataIsNamed_data() { addRows(metadataCases()); }
    void brokenMetadataIsNamed() { checkRow(); }
    void aBrokenTensorIsNamed_data() { addRows(tensorCases()); }
    void aBrokenTensorIsNamed() { checkRow(); }

    void everyTruncationIsRefused()
    {
        const GgufBytes whole = GgufBytes::sound();
        QVERIFY(!errorOf(whole.bytes()));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            // A copy of just that size, so that a sanitizer sees a read past its end.
            const std::vector<std::byte> cut(whole.bytes().begin(), whole.bytes().begin() + std::ptrdiff_t(size));
            const auto error = errorOf(cut);
            QVERIFY2(error, qPrintable(QString::number(size)));
            QVERIFY2(error->code() == ErrorCode::Malformed, error->what());
            QVERIFY(error->place().starts_with("byte "));
        }
    }

    void noChangedByteCrashes_data()
    {
        QTest::addColumn<int>("changes");
        QTest::newRow("one byte") << 1;
        QTest::newRow("four bytes") << 4;
        QTest::newRow("thirty bytes") << 30;
    }
    void noChangedByteCrashes()
    {
        QFETCH(int, changes);
        const GgufBytes whole = GgufBytes::sound();
        std::mt19937 random(20260501);
        int refused = 0;
        constexpr int kRounds = 20'000;
        for (int round = 0; round < kRounds; ++round) {
            std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
            for (int i = 0; i < changes; ++i)
                bytes[random() % bytes.size()] = std::byte(random());
            const auto error = errorOf(bytes);
            refused += error.has_value();
            if (error)
                QVERIFY(error->code() == ErrorCode::Malformed || error->code() == ErrorCode::Unsupported);
        }
        QVERIFY(refused > 0);
        QVERIFY(changes > 1 || refused < kRounds);
    }

    void aLargeFileOfNothingTakesLittleMemory()
    {
        // 400 MB of zeros read as 50 million empty strings would need 1.6 GB.
        GgufBytes start = oneKey().key("a", GgufBytes::Array).u32(GgufBytes::String).u64(50'000'000);
        std::vector<std::byte> bytes(std::size_t(400) << 20);
        std::memcpy(bytes.data(), start.string().data(), start.size());
        const auto before = residentBytes();
        const auto error = errorOf(bytes);
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::Unsupported);
        QVERIFY(error->problem().find("more memory") != std::string::npos);
        QVERIFY(residentBytes() < before + (std::uint64_t(64) << 20));
    }
};

QTEST_APPLESS_MAIN(TestGgufBroken)
#include "tst_gguf_broken.moc"
