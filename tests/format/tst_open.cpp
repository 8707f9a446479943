// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "tests/format/gguf_bytes.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <optional>

using namespace halftone;
namespace fs = std::filesystem;

namespace {

std::optional<Error> errorOf(const fs::path& path)
{
    try {
        format::openModel(path);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestOpen : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_folder;

    fs::path put(const std::string& name, const GgufBytes& bytes) const
    {
        const fs::path path = m_folder / fromUtf8(name);
        std::ofstream(path, std::ios::binary) << bytes.string();
        return path;
    }

    static GgufBytes part(std::uint16_t number, std::uint16_t count, std::int32_t tensors, const std::string& tensor)
    {
        GgufBytes bytes;
        bytes.header(1, number == 0 ? 4 : 3);
        if (number == 0)
            bytes.pair("general.architecture", "llama");
        bytes.key("split.no", GgufBytes::U16)
            .put(number)
            .key("split.count", GgufBytes::U16)
            .put(count)
            .key("split.tensors.count", GgufBytes::I32)
            .put(tensors);
        return bytes.tensor(tensor, {8}, 0, 0).pad().data(32);
    }

    void putSet() const
    {
        put("big-00001-of-00003.gguf", part(0, 3, 3, "token_embd.weight"));
        put("big-00002-of-00003.gguf", part(1, 3, 3, "blk.0.attn_q.weight"));
        put("big-00003-of-00003.gguf", part(2, 3, 3, "output.weight"));
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = fromUtf8(m_dir->path().toStdString());
    }

    void opensTheSample()
    {
        const auto model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QCOMPARE(model->architecture(), std::string("llama"));
        QCOMPARE(model->tensors().size(), std::size_t(74));
        QVERIFY(model->mainType() == quant::Type::F16);
        QVERIFY(model->layers() > 0);
        QCOMPARE(model->fileBytes(), std::uint64_t(fs::file_size(SAMPLE_DIR "/fairytale-7m-f16.gguf")));
        QVERIFY(model->metadata().array<std::string>("tokenizer.ggml.tokens"));
        const auto other = std::count_if(model->tensors().begin(), model->tensors().end(),
                                         [](const auto& tensor) { return tensor.role == model::Role::Other; });
        QCOMPARE(other, 0);
    }

    void namesTheFileInErrors()
    {
        const fs::path path = put("Märchen.gguf", GgufBytes().magic("nope"));
        const auto error = errorOf(path);
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::Malformed);
        QCOMPARE(error->file(), toUtf8(path));
        const auto missing = errorOf(m_folder / "missing.gguf");
        QVERIFY(missing);
        QVERIFY(missing->code() == ErrorCode::System);
    }

    void anyPartOpensTheSet()
    {
        putSet();
        for (const char* name : {"big-00001-of-00003.gguf", "big-00002-of-00003.gguf", "big-00003-of-00003.gguf"}) {
            const auto model = format::openModel(m_folder / name);
            QCOMPARE(model->files().size(), std::size_t(3));
            QCOMPARE(model->tensors().size(), std::size_t(3));
            QCOMPARE(model->architecture(), std::string("llama"));
            QVERIFY(!model->metadata().contains("split.count"));
            const model::Tensor* output = model->find("output.weight");
            QVERIFY(output);
            QCOMPARE(output->file, 2u);
            QVERIFY(output->data.data() == model->files()[2]->bytes().data() + output->offset);
            QCOMPARE(model->paths()[1].filename(), fs::path("big-00002-of-00003.gguf"));
        }
    }

    void aMissingPartIsNamed()
    {
        putSet();
        fs::remove(m_folder / "big-00002-of-00003.gguf");
        const auto error = errorOf(m_folder / "big-00003-of-00003.gguf");
        QVERIFY(error);
        QVERIFY2(contains(error->problem(), "big-00002-of-00003.gguf is missing"), error->what());
    }

    void manyMissingPartsAreCounted()
    {
        const auto error = errorOf(put("big-00001-of-60000.gguf", part(0, 60000, 3, "a")));
        QVERIFY(error);
        QVERIFY2(contains(error->problem(), "and 59994 more are missing"), error->what());
    }

    void aRenamedPartSaysItsName()
    {
        const auto error = errorOf(put("model.gguf", part(1, 3, 3, "a")));
        QVERIFY(error);
        QVERIFY2(contains(error->problem(), "does not end in -00002-of-00003.gguf"), error->what());
    }

    void partsMustAgree()
    {
        putSet();
        put("big-00002-of-00003.gguf", part(2, 3, 3, "blk.0.attn_q.weight"));
        QVERIFY2(contains(errorOf(m_folder / "big-00001-of-00003.gguf")->problem(), "it says it is part 3 of 3"), "swapped part");
        put("big-00002-of-00003.gguf", part(1, 3, 3, "output.weight"));
        QCOMPARE(errorOf(m_folder / "big-00001-of-00003.gguf")->place(), std::string("tensor output.weight"));
        put("big-00001-of-00003.gguf", part(0, 3, 4, "token_embd.weight"));
        QCOMPARE(errorOf(m_folder / "big-00001-of-00003.gguf")->place(), std::string("metadata split.tensors.count"));
    }

    void splitNumbersAreChecked()
    {
        QCOMPARE(errorOf(put("a-00004-of-00003.gguf", part(3, 3, 3, "a")))->place(), std::string("metadata split.no"));
        QCOMPARE(errorOf(put("b.gguf", GgufBytes().header(0, 1).key("split.count", GgufBytes::I32).put(std::int32_t(-1))))->place(),
                 std::string("metadata split.count"));
        QCOMPARE(errorOf(put("c.gguf", GgufBytes().header(0, 1).key("split.count", GgufBytes::U32).u32(3)))->place(),
                 std::string("metadata split.no"));
        QCOMPARE(errorOf(put("d.gguf", GgufBytes().header(0, 1).pair("split.count", "3")))->place(), std::string("metadata split.count"));
    }

    void aSetOfOneIsAPlainFile()
    {
        const auto model = format::openModel(put("plain.gguf", part(0, 1, 1, "a")));
        QCOMPARE(model->files().size(), std::size_t(1));
        QVERIFY(model->metadata().contains("split.count"));
    }

    void theNameFallsBackToTheFile()
    {
        QCOMPARE(format::openModel(put("Märchen.gguf", GgufBytes().header(0, 0)))->name(), std::string("Märchen"));
    }
};

QTEST_APPLESS_MAIN(TestOpen)
#include "tst_open.moc"
