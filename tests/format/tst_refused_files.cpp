// SPDX-License-Identifier: GPL-3.0-or-later
// A refused file is explained in one sentence: which rule it breaks, and at which byte. One row for each rule of each reader that
// tst_gguf_broken, which does the same for GGUF, does not have.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/gguf_reader.h"
#include "core/format/hf/sentencepiece_model.h"
#include "core/format/json.h"
#include "core/format/open.h"
#include "core/format/safetensors.h"
#include "core/plan/importance_file.h"
#include "core/plan/recipe.h"
#include "core/sense/sensitivity.h"
#include "tests/format/gguf_bytes.h"
#include "tests/format/hf_folder.h"
#include "tests/format/safetensors_bytes.h"

#include <QTemporaryDir>
#include <QtTest>

#include <functional>
#include <limits>
#include <optional>

using namespace halftone;

namespace {

std::span<const std::byte> bytesOf(const std::string& file)
{
    return std::as_bytes(std::span(file.data(), file.size()));
}

std::optional<Error> errorOf(const std::function<void()>& read)
{
    try {
        read();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

struct Case {
    const char* name;
    std::string file;
    const char* rule;  ///< part of the sentence
    const char* place;  ///< all of it
};

using Reader = void (*)(const std::string& file);

void readAnyJson(const std::string& file)
{
    format::readJson(file, {.depth = 4, .values = 10});
}
void readSafetensors(const std::string& file)
{
    format::readSafetensors(bytesOf(file));
}
void readImportance(const std::string& file)
{
    plan::parseImportance(bytesOf(file));
}
void readRecipe(const std::string& file)
{
    plan::recipeFromJson(file);
}
void readSensitivity(const std::string& file)
{
    sense::sensitivityFromJson(file);
}
void readSentencePiece(const std::string& file)
{
    format::hf::readSentencePiece(bytesOf(file));
}

/// The older form of an importance matrix, number by number.
class Dat {
public:
    Dat& number(std::int32_t value)
    {
        m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    Dat& text(const std::string& text)
    {
        number(std::int32_t(text.size()));
        m_bytes += text;
        return *this;
    }
    Dat& values(const std::vector<float>& values)
    {
        number(std::int32_t(values.size()));
        m_bytes += packed(values);
        return *this;
    }
    const std::string& string() const { return m_bytes; }

private:
    std::string m_bytes;
};

/// The newer one with these tensors after each other, and its values.
std::string importanceGguf(const char* first, const std::vector<float>& values, const char* second = "t.counts")
{
    GgufBytes file;
    file.header(2, 1).pair("general.type", "imatrix").tensor(first, {2}, 0, 0).tensor(second, {1}, 0, 32).pad();
    return file.string() + packed(values);
}

// clang-format off
std::vector<Case> jsonCases()
{
    return {
        {"no JSON", R"({"a": tru})", "not valid JSON", "byte 10"},
        {"cut short", R"({"a": [1, 2)", "not valid JSON", "byte 11"},
        {"a key twice", R"({"a": 1, "b": 2, "a": 3})", "the key \"a\" occurs twice", "byte 20"},
        {"deep", R"({"a": [[[[1]]]]})", "nested more than 4 deep", "byte 10"},
        {"many values", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "more than 10 values", "byte 31"},
        {"a number beyond all doubles", R"({"a": 1e999 })", "a number is too large", "byte 12"},
        {"no UTF-8", "{\"a\": \"\xff\"}", "not valid JSON", "byte 8"},
    };
}

std::vector<Case> safetensorsCases()
{
    const auto one = [](const char* dtype, const char* shape, const char* offsets) {
        return SafetensorsBytes().entry("first", "U8", "[4]", "[0,4]").entry("t", dtype, shape, offsets).data(8).string();
    };
    return {
        {"no JSON", SafetensorsBytes::file(4, "{abc"), "not valid JSON", "byte 10"},
        {"the same name twice", SafetensorsBytes().entry("t", "U8", "[4]", "[0,4]").entry("t", "U8", "[4]", "[4,8]").data(8).string(), "occurs twice", "byte 64"},
        {"unknown dtype", one("X8", "[4]", "[4,8]"), "the dtype X8 cannot be read", "byte 68, tensor t"},
        {"negative dimension", one("U8", "[-4]", "[4,8]"), "a dimension is not an unsigned integer", "byte 68, tensor t"},
        {"a size that is not its shape's", one("F32", "[4]", "[4,8]"), "ask for 16 bytes", "byte 68, tensor t"},
        {"overlap", one("U8", "[5]", "[3,8]"), "overlaps", "byte 68, tensor t"},
        {"gap", one("U8", "[3]", "[5,8]"), "a gap of 1 bytes", "byte 68, tensor t"},
        {"past the end", one("U8", "[8]", "[4,12]"), "ends at byte 12", "byte 68, tensor t"},
        {"bytes of nobody", one("U8", "[2]", "[4,6]"), "2 bytes at the end of the file belong to no tensor", "byte 126"},
        {"metadata that are no texts", SafetensorsBytes().raw(R"("__metadata__":{"a":1})").string(), "not an object of texts", "byte 23"},
    };
}

std::vector<Case> importanceCases()
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    return {
        {"dat: no entries", Dat().number(0).string(), "number of entries is 0", "byte 0, an importance matrix of the older form"},
        {"dat: a name longer than the file", Dat().number(1).number(90).string(), "takes 90 bytes, but only 0 remain", "byte 8, an importance matrix of the older form"},
        {"dat: no number", Dat().number(1).text("t").number(1).values({1, nan}).string(), "value 1 is nan", "byte 21, tensor t"},
        {"dat: a negative value", Dat().number(1).text("t").number(1).values({-1, 1}).string(), "value 0 is -1", "byte 17, tensor t"},
        {"dat: too large", Dat().number(1).text("t").number(1).values({3e38f}).string(), "too large", "byte 17, tensor t"},
        {"dat: twice", Dat().number(2).text("t").number(1).values({1}).text("t").number(1).values({1}).string(), "there twice", "byte 21, tensor t"},
        {"a model", GgufBytes().header(0, 1).pair("general.type", "model").string(), "not an importance matrix", "byte 24, metadata general.type"},
        {"nothing in it", GgufBytes().header(0, 1).pair("general.type", "imatrix").string(), "is empty", "byte 8, the number of tensors"},
        {"no counts", importanceGguf("t.in_sum2", std::vector<float>(9, 1), "u.counts"), "counts are missing", "byte 160, tensor t.in_sum2"},
        {"a negative sum", importanceGguf("t.in_sum2", {1, -2, 0, 0, 0, 0, 0, 0, 1}), "value 1 is -2", "byte 164, tensor t.in_sum2"},
        {"no count", importanceGguf("t.in_sum2", {1, 2, 0, 0, 0, 0, 0, 0, nan}), "value 0 is nan", "byte 192, tensor t.counts"},
    };
}

std::vector<Case> recipeCases()
{
    const std::string start = R"({"format":"halftone-recipe","version":1,"base":"Q8_0")";  // 53 bytes
    return {
        {"no JSON", start + ",", "not valid JSON", "byte 54"},
        {"no recipe", "[]", "one JSON object", "byte 0"},
        {"another format", R"({"format":"x","version":1,"base":"Q8_0"})", "is not \"halftone-recipe\"", "byte 9, key format"},
        {"a newer version", R"({"format":"halftone-recipe","version":2,"base":"Q8_0"})", "version 1 only", "byte 37, key version"},
        {"no base", R"({"format":"halftone-recipe","version":1})", "is missing", "byte 0, key base"},
        {"unknown key", start + R"(,"rulez":[]})", "no recipe has such a key", "byte 61, key rulez"},
        {"unknown type", start + R"(,"exact":{"a.b":"Q4_0","output.weight":"Q9_K"}})", "no type \"Q9_K\"", "byte 91, key exact.output.weight"},
        {"a rule without a type", start + R"(,"rules":[{"pattern":"a","type":"Q4_0"},{"pattern":"b"}]})", "is missing", "byte 94, key rules[1].type"},
        {"a pin that is a number", start + R"(,"pins":["a",7]})", "must be a text", "byte 68, key pins[1]"},
        {"said twice", start + R"(,"base":"Q4_0"})", "occurs twice", "byte 60"},
    };
}

std::vector<Case> sensitivityCases()
{
    return {
        {"no JSON", "{\"format\":", "not valid JSON", "byte 10"},
        {"no sensitivity", R"({"format":"x"})", "is not \"halftone-sensitivity\"", "byte 9, key format"},
        {"no version", R"({"format":"halftone-sensitivity"})", "is missing", "byte 0, key version"},
        {"a window of text", R"({"format":"halftone-sensitivity","version":1,"level":"weights","model":"","text":"","importance":"","window":"x"})",
         "must be a whole number", "byte 108, key window"},
    };
}

std::vector<Case> sentencePieceCases()
{
    return {
        {"a wire type that is not used", std::string("\x0b", 1), "the wire type 3 is not used", "byte 0, the model"},
        {"a field longer than the file", std::string("\x0a\x7f", 2), "takes 127 bytes, but only 0 remain", "byte 2, the model"},
        {"a number without an end", std::string(1, '\x08') + std::string(11, '\xff'), "more than ten bytes", "byte 11, the model"},
    };
}
// clang-format on

}  // namespace

Q_DECLARE_METATYPE(Reader)

class TestRefusedFiles : public QObject {
    Q_OBJECT

    static void addRows(const char* reader, Reader read, const std::vector<Case>& cases)
    {
        for (const Case& row : cases)
            QTest::addRow("%s: %s", reader, row.name)
                << read << QByteArray::fromStdString(row.file) << QByteArray(row.rule) << QByteArray(row.place);
    }

private Q_SLOTS:
    void theRuleAndTheByteAreNamed_data()
    {
        QTest::addColumn<Reader>("read");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("place");
        addRows("JSON", readAnyJson, jsonCases());
        addRows("safetensors", readSafetensors, safetensorsCases());
        addRows("importance", readImportance, importanceCases());
        addRows("recipe", readRecipe, recipeCases());
        addRows("sensitivity", readSensitivity, sensitivityCases());
        addRows("tokenizer.model", readSentencePiece, sentencePieceCases());
    }
    void theRuleAndTheByteAreNamed()
    {
        QFETCH(Reader, read);
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, place);
        const auto error = errorOf([&] { read(file.toStdString()); });
        QVERIFY2(error, "the broken file was accepted");
        QVERIFY2(error->problem().find(rule.toStdString()) != std::string::npos, error->what());
        QCOMPARE(QByteArray::fromStdString(error->place()), place);
        QVERIFY2(!error->advice().empty(), error->what());
        QVERIFY2(!QByteArray(error->what()).contains('\n'), error->what());
    }

    void aFileOfAFolderIsNamedToo_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("place");
        const auto row = [](const char* what, const char* name, const std::string& text, const char* place) {
            QTest::newRow(what) << QByteArray(name) << QByteArray::fromStdString(text) << QByteArray(place);
        };
        row("no JSON", "config.json", R"({"architectures": )", "byte 18");
        row("heads that are text", "config.json", R"({"architectures":["LlamaForCausalLM"],"num_key_value_heads":"two"})",
            "byte 59, key num_key_value_heads");
        row("inside another object", "config.json", R"({"architectures":["LlamaForCausalLM"],"text_config":{"num_key_value_heads":[]}})",
            "byte 74, key num_key_value_heads");
        row("no object", "config.json", R"({"text_config":7})", "byte 14, key text_config");
        row("an id that is none", "tokenizer.json", R"({"model":{"type":"BPE","vocab":{"a":0,"b":-1},"merges":[]}})",
            "byte 45, model.vocab");
        row("half a merge", "tokenizer.json", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}})", "byte 30, key model.vocab");
        row("an added token without an id", "tokenizer.json", R"({"added_tokens":[{"content":"x"}],"model":{}})",
            "byte 15, key added_tokens");
        row("a folder in the index", "model.safetensors.index.json", R"({"weight_map":{"a.b":"ok.safetensors","c":"../x"}})",
            "byte 41, key weight_map.c");
        row("no map in the index", "model.safetensors.index.json", R"({"metadata":{}})", "byte 0, key weight_map");
    }
    void aFileOfAFolderIsNamedToo()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, place);
        const QTemporaryDir folder;
        const HfFolder files(folder.path().toStdString());
        files.putLlama();
        files.put(name.toStdString(), text.toStdString());
        const auto error = errorOf([&] { format::openModel(files.path()); });
        QVERIFY2(error, "the broken file was accepted");
        QCOMPARE(QByteArray::fromStdString(error->file()), QByteArray::fromStdString(toUtf8(files.path() / name.toStdString())));
        QVERIFY2(QByteArray::fromStdString(error->place()).startsWith(place), error->what());
    }

    void theInnermostValueThatThereIsTellsTheByte()
    {
        const std::string text = R"({"a": {"b": [10, {"c": 1}]}, "d.e": 2})";
        QCOMPARE(format::byteOf(text, "a.b[1].c"), text.find("\"c\"") + 3);
        QCOMPARE(format::byteOf(text, "a.b[1].x"), text.find("{\"c\"") + 1);
        QCOMPARE(format::byteOf(text, "a.b[7]"), text.find("\"b\"") + 3);
        QCOMPARE(format::byteOf(text, "d.e"), text.find("\"d.e\"") + 5);
        QCOMPARE(format::byteOf(text, "b"), text.find("\"b\"") + 3);  // the end of a path
        QCOMPARE(format::byteOf(text, "x"), std::size_t(0));
        QCOMPARE(format::byteOf("{", "x"), std::size_t(0));
    }
};

QTEST_APPLESS_MAIN(TestRefusedFiles)
#include "tst_refused_files.moc"
