// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/safetensors.h"
#include "tests/format/safetensors_bytes.h"

#include <QtTest>

#include <optional>
#include <random>

using namespace halftone;
using format::Dtype;

namespace {

std::span<const std::byte> bytesOf(const std::string& file)
{
    return std::as_bytes(std::span(file));
}

std::optional<Error> errorOf(const std::string& file)
{
    // A copy of just that size, so that a sanitizer sees a read past its end.
    const std::vector<std::byte> copy(bytesOf(file).begin(), bytesOf(file).end());
    try {
        format::readSafetensors(copy);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

struct Case {
    const char* name;
    std::string file;
    const char* problem;
    ErrorCode code = ErrorCode::Malformed;
};

SafetensorsBytes one(std::string_view dtype, std::string_view shape, std::string_view offsets, std::size_t data)
{
    return SafetensorsBytes().entry("t", dtype, shape, offsets).data(data);
}

// clang-format off
std::vector<Case> cases()
{
    const std::string deep(40, '[');
    return {
        {"empty file", "", "the header's length takes 8 bytes"},
        {"seven bytes", std::string(7, '\0'), "the header's length takes 8 bytes"},
        {"Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"},
        {"length past the end", SafetensorsBytes::file(100, "{}"), "the header takes 100 bytes, but only 2 remain"},
        {"length wraps", SafetensorsBytes::file(~0ull, "{}"), "more than the format's 100000000"},
        {"length above the limit", SafetensorsBytes::file(100'000'001, "{}"), "more than the format's 100000000"},
        {"length 0", SafetensorsBytes::file(0, ""), "does not begin with {"},
        {"header is a list", SafetensorsBytes::file(2, "[]"), "does not begin with {"},
        {"header begins with a space", SafetensorsBytes::file(3, " {}"), "does not begin with {"},
        {"no JSON", SafetensorsBytes::file(4, "{abc"), "not valid JSON"},
        {"text after the header", SafetensorsBytes::file(4, "{}{}"), "not valid JSON"},
        {"half a character", SafetensorsBytes::file(6, "{\"\xE2\x96\":"), "not valid JSON"},
        {"too deep", SafetensorsBytes().raw("\"t\":" + deep).string(), "nested more than 3 deep"},
        {"same key twice", SafetensorsBytes().entry("t", "F32", "[1]", "[0,4]").entry("t", "F32", "[1]", "[0,4]").data(4).string(), "\"t\" occurs twice"},
        {"same field twice", SafetensorsBytes().raw(R"("t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})").data(4).string(), "\"dtype\" occurs twice"},
        {"entry is a number", SafetensorsBytes().raw(R"("t":1)").string(), "does not consist of"},
        {"no shape", SafetensorsBytes().raw(R"("t":{"dtype":"F32","data_offsets":[0,4]})").data(4).string(), "does not consist of"},
        {"a fourth field", SafetensorsBytes().raw(R"("t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})").data(4).string(), "does not consist of"},
        {"empty name", SafetensorsBytes().entry("", "F32", "[1]", "[0,4]").data(4).string(), "the name is empty"},
        {"name for a terminal", SafetensorsBytes().entry("a\\u001b[31m", "F32", "[1]", "[0,4]").data(4).string(), "not plain text"},
        {"name too long", SafetensorsBytes().entry(std::string(1025, 'n'), "F32", "[1]", "[0,4]").data(4).string(), "longer than 1024"},
        {"unknown dtype", one("F4", "[1]", "[0,4]", 4).string(), "the dtype F4 cannot be read", ErrorCode::Unsupported},
        {"dtype in lower case", one("f32", "[1]", "[0,4]", 4).string(), "the dtype f32 cannot be read", ErrorCode::Unsupported},
        {"dtype is a number", SafetensorsBytes().raw(R"("t":{"dtype":1,"shape":[1],"data_offsets":[0,4]})").data(4).string(), "dtype is not text"},
        {"shape is a number", one("F32", "1", "[0,4]", 4).string(), "shape is not a list"},
        {"nine dimensions", one("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]", 4).string(), "at most 8 dimensions"},
        {"negative dimension", one("F32", "[-1]", "[0,4]", 4).string(), "not an unsigned integer"},
        {"dimension as a float", one("F32", "[1.0]", "[0,4]", 4).string(), "not an unsigned integer"},
        {"dimension above 2^64", one("F32", "[18446744073709551616]", "[0,4]", 4).string(), "not an unsigned integer"},
        {"dimension as text", one("F32", "[\"1\"]", "[0,4]", 4).string(), "not an unsigned integer"},
        {"2^32 x 2^32", one("F32", "[4294967296,4294967296]", "[0,4]", 4).string(), "more than 2^63-1"},
        {"2^31 x 2^31 x 4", one("U8", "[2147483648,2147483648,4]", "[0,0]", 4).string(), "more than 2^63-1"},
        {"bytes wrap", one("F64", "[4611686018427387904]", "[0,0]", 0).string(), "exceeds 64 bits"},
        {"offsets are a number", one("F32", "[1]", "4", 4).string(), "not a pair of unsigned integers"},
        {"three offsets", one("F32", "[1]", "[0,4,8]", 4).string(), "not a pair of unsigned integers"},
        {"offset as a float", one("F32", "[1]", "[0,4.0]", 4).string(), "not a pair of unsigned integers"},
        {"offsets backwards", one("F32", "[1]", "[4,0]", 4).string(), "end before they begin"},
        {"shape asks for more", one("F32", "[2]", "[0,4]", 4).string(), "ask for 8 bytes, data_offsets give 4"},
        {"shape asks for less", one("F16", "[1]", "[0,4]", 4).string(), "ask for 2 bytes, data_offsets give 4"},
        {"data past the end", one("F32", "[2]", "[0,8]", 7).string(), "ends at byte 8 of the data, which has only 7"},
        {"data far past the end", one("U8", "[9223372036854775807]", "[0,9223372036854775807]", 4).string(), "which has only 4"},
        {"gap at the start", one("F32", "[1]", "[4,8]", 8).string(), "a gap of 4 bytes"},
        {"gap between", SafetensorsBytes().entry("a", "F32", "[1]", "[0,4]").entry("b", "F32", "[1]", "[8,12]").data(12).string(), "a gap of 4 bytes"},
        {"bytes left over", one("F32", "[1]", "[0,4]", 5).string(), "1 bytes at the end of the file belong to no tensor"},
        {"overlap", SafetensorsBytes().entry("a", "F32", "[2]", "[0,8]").entry("b", "F32", "[1]", "[4,8]").data(8).string(), "overlaps"},
        {"same place", SafetensorsBytes().entry("a", "F32", "[1]", "[0,4]").entry("b", "F32", "[1]", "[0,4]").data(4).string(), "overlaps"},
        {"metadata is a list", SafetensorsBytes().raw(R"("__metadata__":[])").string(), "__metadata__ is not an object of texts"},
        {"metadata holds a number", SafetensorsBytes().raw(R"("__metadata__":{"a":1})").string(), "__metadata__ is not an object of texts"},
    };
}
// clang-format on

SafetensorsBytes sound()
{
    return SafetensorsBytes()
        .raw(R"("__metadata__":{"format":"pt"})")
        .tensor("b.weight", "F32", "[2,3]", packed<float>({1, 2, 3, 4, 5, 6}))
        .tensor("a.weight", "BF16", "[4]", packed<std::uint16_t>({0x3F80, 0, 0, 0}))
        .tensor("scalar", "F16", "[]", packed<std::uint16_t>({0x3C00}))
        .tensor("none", "I64", "[0,5]", "");
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsTheHeaderInTheOrderOfNames()
    {
        const std::string file = sound().string();
        const auto tensors = format::readSafetensors(bytesOf(file));
        QCOMPARE(tensors.size(), std::size_t(4));
        QCOMPARE(tensors[0].name, std::string("a.weight"));
        QVERIFY(tensors[0].dtype == Dtype::BF16);
        QCOMPARE(tensors[1].name, std::string("b.weight"));
        QCOMPARE(tensors[1].shape, (std::vector<std::uint64_t>{2, 3}));
        QCOMPARE(tensors[1].bytes, std::uint64_t(24));
        float last = 0;
        std::memcpy(&last, file.data() + tensors[1].offset + 20, sizeof last);
        QCOMPARE(last, 6.0f);
        QCOMPARE(tensors[0].offset, tensors[1].offset + 24);
        QCOMPARE(tensors[2].name, std::string("none"));
        QCOMPARE(tensors[2].bytes, std::uint64_t(0));
        QVERIFY(tensors[3].shape.empty());
    }

    void everyBrokenRuleIsNamed_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("problem");
        QTest::addColumn<int>("code");
        for (const Case& row : cases())
            QTest::newRow(row.name) << QByteArray::fromStdString(row.file) << QString(row.problem) << int(row.code);
    }
    void everyBrokenRuleIsNamed()
    {
        QFETCH(QByteArray, file);
        QFETCH(QString, problem);
        QFETCH(int, code);
        const auto error = errorOf(file.toStdString());
        QVERIFY2(error, "the broken file was accepted");
        QVERIFY2(QString::fromStdString(error->problem()).contains(problem), error->what());
        QVERIFY2(!error->advice().empty(), error->what());
        QCOMPARE(int(error->code()), code);
    }

    void everyTruncationIsRefused()
    {
        const std::string whole = sound().string();
        QVERIFY(!errorOf(whole));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto error = errorOf(whole.substr(0, size));
            QVERIFY2(error, qPrintable(QString::number(size)));
            QVERIFY2(error->code() == ErrorCode::Malformed, error->what());
        }
    }

    void noChangedByteCrashes()
    {
        const std::string whole = sound().string();
        std::mt19937 random(20260502);
        int refused = 0;
        constexpr int kRounds = 20'000;
        for (int round = 0; round < kRounds; ++round) {
            std::string bytes = whole;
            for (unsigned i = 0; i < 1 + random() % 4; ++i)
                bytes[random() % bytes.size()] = char(random());
            const auto error = errorOf(bytes);
            refused += error.has_value();
            if (error)
                QVERIFY(error->code() == ErrorCode::Malformed || error->code() == ErrorCode::Unsupported);
        }
        QVERIFY(refused > kRounds / 2);
        QVERIFY(refused < kRounds);
    }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
