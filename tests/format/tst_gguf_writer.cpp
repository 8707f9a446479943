// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/format/gguf_reader.h"
#include "core/format/gguf_size.h"
#include "core/format/gguf_writer.h"
#include "tests/format/gguf_bytes.h"

#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::format;

namespace {

std::vector<TensorHeader> headersOf(const GgufFile& file)
{
    std::vector<TensorHeader> headers;
    for (const model::Tensor& tensor : file.tensors)
        headers.push_back({tensor.name, tensor.shape, tensor.type});
    return headers;
}

/// What a plain copy of the model would be.
std::vector<std::byte> writtenBack(const GgufFile& file)
{
    const GgufLayout layout = layoutGguf(file.metadata, headersOf(file), file.version);
    std::vector<std::byte> bytes = layout.header;
    bytes.resize(layout.fileBytes);
    for (std::size_t i = 0; i < file.tensors.size(); ++i)
        std::copy(file.tensors[i].data.begin(), file.tensors[i].data.end(), bytes.begin() + std::ptrdiff_t(layout.offsets[i]));
    return bytes;
}

bool equal(std::span<const std::byte> a, std::span<const std::byte> b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

class TestGgufWriter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSampleComesBackByteForByte()
    {
        const auto file = MappedFile::open(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QVERIFY(equal(writtenBack(readGguf(file->bytes())), file->bytes()));
    }

    void bothVersionsComeBack_data()
    {
        QTest::addColumn<unsigned>("version");
        QTest::newRow("v2") << 2u;
        QTest::newRow("v3") << 3u;
    }
    void bothVersionsComeBack()
    {
        QFETCH(unsigned, version);
        const auto bytes = GgufBytes().header(1, 1, version).pair("a", "b").tensor("t", {3, 2}, 1, 0).pad().data(12).pad();
        QVERIFY(equal(writtenBack(readGguf(bytes.bytes())), bytes.bytes()));
    }

    void everyValueTypeComesBack()
    {
        GgufBytes bytes;
        bytes.header(0, 15);
        bytes.key("z", GgufBytes::U8).put(std::uint8_t(255)).key("y", GgufBytes::I8).put(std::int8_t(-1));
        bytes.key("x", GgufBytes::U16).put(std::uint16_t(65535)).key("w", GgufBytes::I16).put(std::int16_t(-2));
        bytes.key("v", GgufBytes::U32).put(std::uint32_t(4294967295u)).key("u", GgufBytes::I32).put(std::int32_t(-3));
        bytes.key("t", GgufBytes::F32)
            .u32(0x7FC12345)
            .key("s", GgufBytes::Bool)
            .put(std::uint8_t(1))
            .key("r", GgufBytes::String)
            .text(std::string_view("a\0b", 3));
        bytes.key("q", GgufBytes::U64)
            .put(~std::uint64_t(0))
            .key("p", GgufBytes::I64)
            .put(std::int64_t(-4))
            .key("o", GgufBytes::F64)
            .put(0.25);
        bytes.key("n", GgufBytes::Array).u32(GgufBytes::String).u64(2).text("").text("abc");
        bytes.key("m", GgufBytes::Array).u32(GgufBytes::I64).u64(1).u64(7);
        bytes.key("l", GgufBytes::Array).u32(GgufBytes::Bool).u64(2).put(std::uint8_t(1)).put(std::uint8_t(0));
        QVERIFY(equal(writtenBack(readGguf(bytes.bytes())), bytes.bytes()));
    }

    void anotherAlignmentComesBack()
    {
        const auto bytes = GgufBytes()
                               .header(2, 1)
                               .pair("general.alignment", 256u)
                               .tensor("a", {1}, 0, 0)
                               .tensor("b", {1}, 0, 256)
                               .pad(256)
                               .data(4)
                               .pad(256)
                               .data(4)
                               .pad(256);
        QVERIFY(equal(writtenBack(readGguf(bytes.bytes())), bytes.bytes()));
    }

    void theSizeIsTheLayoutsSize()
    {
        const GgufBytes cases[] = {GgufBytes::sound(), GgufBytes().header(0, 1).pair("a", "b"), GgufBytes().header(0, 0)};
        for (const GgufBytes& bytes : cases) {
            const GgufFile file = readGguf(bytes.bytes());
            std::uint64_t metadataBytes = 0;
            for (const auto& [key, value] : file.metadata.entries())
                metadataBytes += entryBytes(key, value);
            const auto headers = headersOf(file);
            QCOMPARE(ggufFileBytes(metadataBytes, headers, file.alignment), layoutGguf(file.metadata, headers).fileBytes);
            QCOMPARE(layoutGguf(file.metadata, headers).fileBytes, std::uint64_t(bytes.size()));
        }
    }

    void theLayoutIsExactBeforeAnyData()
    {
        const std::vector<TensorHeader> tensors{{"a", {{32, 1, 1, 1}, 1}, quant::Type::Q8_0}, {"b", {{2, 3, 1, 1}, 2}, quant::Type::F32}};
        const GgufLayout layout = layoutGguf({}, tensors);
        QCOMPARE(layout.header.size() % 32, std::size_t(0));
        QCOMPARE(layout.offsets[0], std::uint64_t(layout.header.size()));
        QCOMPARE(layout.offsets[1], layout.offsets[0] + 64);
        QCOMPARE(layout.fileBytes, layout.offsets[1] + 32);
    }

    void aRowThatDoesNotFitIsRefused()
    {
        const std::vector<TensorHeader> tensors{{"a", {{33, 1, 1, 1}, 1}, quant::Type::Q8_0}};
        QVERIFY_THROWS_EXCEPTION(Error, layoutGguf({}, tensors));
    }
};

QTEST_APPLESS_MAIN(TestGgufWriter)
#include "tst_gguf_writer.moc"
