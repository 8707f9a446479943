// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/gguf_reader.h"
#include "tests/format/gguf_bytes.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::model;

class TestGgufReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsMetadataAndTensors()
    {
        const GgufBytes bytes = GgufBytes::sound();
        const format::GgufFile file = format::readGguf(bytes.bytes());
        QCOMPARE(file.version, 3u);
        QCOMPARE(file.alignment, 32u);
        QCOMPARE(std::string(file.metadata.string("general.architecture").value()), std::string("llama"));
        QVERIFY(*file.metadata.array<std::string>("tokenizer.ggml.tokens") == (std::vector<std::string>{"a", "bc"}));

        QCOMPARE(file.tensors.size(), std::size_t(2));
        const Tensor& embedding = file.tensors[0];
        QCOMPARE(embedding.name, std::string("token_embd.weight"));
        QCOMPARE(embedding.shape, (Shape{{8, 4, 1, 1}, 2}));
        QVERIFY(embedding.type == quant::Type::F32);
        QVERIFY(embedding.role == Role::TokenEmbedding);
        QCOMPARE(embedding.layer, -1);
        QCOMPARE(embedding.bytes(), 128u);
        QVERIFY(embedding.data[0] == std::byte{1});
        QCOMPARE(embedding.offset, std::uint64_t(bytes.size() - 160));
        const Tensor& norm = file.tensors[1];
        QCOMPARE(norm.shape.rank, 1u);
        QCOMPARE(norm.layer, 0);
        QVERIFY(norm.data[0] == std::byte{129});
        QCOMPARE(norm.bytes(), 32u);
    }

    void readsVersion2()
    {
        const auto bytes = GgufBytes().header(1, 0, 2).tensor("a", {4}, 0, 0).pad().data(16);
        const auto file = format::readGguf(bytes.bytes());
        QCOMPARE(file.version, 2u);
        QCOMPARE(file.tensors[0].bytes(), 16u);
    }

    void readsEveryValueType()
    {
        GgufBytes bytes;
        bytes.header(0, 12);
        bytes.key("u8", GgufBytes::U8).put(std::uint8_t(255)).key("i8", GgufBytes::I8).put(std::int8_t(-1));
        bytes.key("u16", GgufBytes::U16).put(std::uint16_t(65535)).key("i16", GgufBytes::I16).put(std::int16_t(-2));
        bytes.key("u32", GgufBytes::U32).put(std::uint32_t(4294967295u)).key("i32", GgufBytes::I32).put(std::int32_t(-3));
        bytes.key("f32", GgufBytes::F32)
            .put(0.5f)
            .key("bool", GgufBytes::Bool)
            .put(std::uint8_t(1))
            .key("string", GgufBytes::String)
            .text("ü\n");
        bytes.key("u64", GgufBytes::U64)
            .put(~std::uint64_t(0))
            .key("i64", GgufBytes::I64)
            .put(std::int64_t(-4))
            .key("f64", GgufBytes::F64)
            .put(0.25);
        const Metadata metadata = format::readGguf(bytes.bytes()).metadata;
        QCOMPARE(std::get<std::uint8_t>(*metadata.find("u8")), std::uint8_t(255));
        QCOMPARE(std::get<std::int8_t>(*metadata.find("i8")), std::int8_t(-1));
        QCOMPARE(std::get<std::uint16_t>(*metadata.find("u16")), std::uint16_t(65535));
        QCOMPARE(std::get<std::int16_t>(*metadata.find("i16")), std::int16_t(-2));
        QCOMPARE(std::get<std::uint32_t>(*metadata.find("u32")), 4294967295u);
        QCOMPARE(std::get<std::int32_t>(*metadata.find("i32")), -3);
        QCOMPARE(std::get<float>(*metadata.find("f32")), 0.5f);
        QCOMPARE(metadata.boolean("bool").value(), true);
        QCOMPARE(std::string(metadata.string("string").value()), std::string("ü\n"));
        QCOMPARE(std::get<std::uint64_t>(*metadata.find("u64")), ~std::uint64_t(0));
        QCOMPARE(std::get<std::int64_t>(*metadata.find("i64")), std::int64_t(-4));
        QCOMPARE(std::get<double>(*metadata.find("f64")), 0.25);
    }

    void readsArraysOfEveryType()
    {
        GgufBytes bytes;
        bytes.header(0, 13);
        const auto array = [&](GgufBytes::ValueType type, auto first, auto second) {
            bytes.key("array" + std::to_string(type), GgufBytes::Array).u32(type).u64(2).put(first).put(second);
        };
        array(GgufBytes::U8, std::uint8_t(1), std::uint8_t(2));
        array(GgufBytes::I8, std::int8_t(1), std::int8_t(-2));
        array(GgufBytes::U16, std::uint16_t(1), std::uint16_t(2));
        array(GgufBytes::I16, std::int16_t(1), std::int16_t(-2));
        array(GgufBytes::U32, std::uint32_t(1), std::uint32_t(2));
        array(GgufBytes::I32, std::int32_t(1), std::int32_t(-2));
        array(GgufBytes::F32, 1.f, -2.f);
        array(GgufBytes::Bool, std::uint8_t(0), std::uint8_t(1));
        array(GgufBytes::U64, std::uint64_t(1), std::uint64_t(2));
        array(GgufBytes::I64, std::int64_t(1), std::int64_t(-2));
        array(GgufBytes::F64, 1., -2.);
        bytes.key("strings", GgufBytes::Array)
            .u32(GgufBytes::String)
            .u64(3)
            .text("")
            .text("short")
            .text("longer than a string keeps in place");
        bytes.key("empty", GgufBytes::Array).u32(GgufBytes::F32).u64(0);
        const Metadata metadata = format::readGguf(bytes.bytes()).metadata;
        QVERIFY(*metadata.array<std::uint8_t>("array0") == (std::vector<std::uint8_t>{1, 2}));
        QVERIFY(*metadata.array<std::int8_t>("array1") == (std::vector<std::int8_t>{1, -2}));
        QVERIFY(*metadata.array<std::uint16_t>("array2") == (std::vector<std::uint16_t>{1, 2}));
        QVERIFY(*metadata.array<std::int16_t>("array3") == (std::vector<std::int16_t>{1, -2}));
        QVERIFY(*metadata.array<std::uint32_t>("array4") == (std::vector<std::uint32_t>{1, 2}));
        QVERIFY(*metadata.array<std::int32_t>("array5") == (std::vector<std::int32_t>{1, -2}));
        QVERIFY(*metadata.array<float>("array6") == (std::vector<float>{1, -2}));
        QVERIFY(*metadata.array<Bool>("array7") == (std::vector<Bool>{{false}, {true}}));
        QVERIFY(*metadata.array<std::uint64_t>("array10") == (std::vector<std::uint64_t>{1, 2}));
        QVERIFY(*metadata.array<std::int64_t>("array11") == (std::vector<std::int64_t>{1, -2}));
        QVERIFY(*metadata.array<double>("array12") == (std::vector<double>{1, -2}));
        QCOMPARE(metadata.array<std::string>("strings")->at(2), std::string("longer than a string keeps in place"));
        QVERIFY(metadata.array<float>("empty")->empty());
    }

    void readsAVocabularyWithoutTensors()
    {
        // The header ends where the file ends: there is no data section to be aligned.
        const auto bytes = GgufBytes().header(0, 1).pair("tokenizer.ggml.model", "gpt2");
        const auto file = format::readGguf(bytes.bytes());
        QVERIFY(file.tensors.empty());
        QCOMPARE(std::string(file.metadata.string("tokenizer.ggml.model").value()), std::string("gpt2"));
    }

    void obeysTheAlignment_data()
    {
        QTest::addColumn<unsigned>("alignment");
        for (const unsigned alignment : {8u, 64u, 4096u, 1u << 20})
            QTest::newRow(qPrintable(QString::number(alignment))) << alignment;
    }
    void obeysTheAlignment()
    {
        QFETCH(unsigned, alignment);
        const auto bytes = GgufBytes()
                               .header(2, 1)
                               .pair("general.alignment", alignment)
                               .tensor("a", {1}, 0, 0)
                               .tensor("b", {1}, 0, alignment)
                               .pad(alignment)
                               .data(4)
                               .pad(alignment)
                               .data(4);
        const auto file = format::readGguf(bytes.bytes());
        QCOMPARE(file.alignment, std::uint64_t(alignment));
        QCOMPARE(file.tensors[0].offset % alignment, 0u);
        QVERIFY(file.tensors[1].data[0] == std::byte{1});
    }

    void tensorsMayLieInAnyOrderWithGaps()
    {
        const auto bytes = GgufBytes().header(2, 0).tensor("second", {8}, 0, 96).tensor("first", {8}, 0, 0).pad().data(128);
        const auto file = format::readGguf(bytes.bytes());
        QCOMPARE(file.tensors[0].name, std::string("second"));
        QVERIFY(file.tensors[0].data[0] == std::byte{97});
    }

    void packedTypesTakeTheirBlocks()
    {
        const auto bytes = GgufBytes().header(1, 0).tensor("a", {64, 3}, 8, 0).pad().data(3 * 2 * 34);
        QCOMPARE(format::readGguf(bytes.bytes()).tensors[0].bytes(), 204u);
    }
};

QTEST_APPLESS_MAIN(TestGgufReader)
#include "tst_gguf_reader.moc"
