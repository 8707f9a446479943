// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/json.h"

#include <QtTest>

using namespace halftone;
using format::readJson;

namespace {

std::string problemOf(std::string_view text, const format::JsonLimits& limits = {})
{
    try {
        readJson(text, limits);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// Writes down everything that is streamed.
class Recorder final : public format::JsonStream {
public:
    bool takes(std::string_view path) override { return path == "model.vocab" || path == "model.merges"; }
    void text(std::string_view path, std::string_view key, std::size_t depth, std::string&& value) override
    {
        log += QStringLiteral("%1[%2]%3=%4 ")
                   .arg(QString::fromUtf8(path.data(), int(path.size())), QString::fromUtf8(key.data(), int(key.size())))
                   .arg(depth)
                   .arg(QString::fromStdString(value));
    }
    void number(std::string_view path, std::string_view key, std::size_t depth, double value) override
    {
        text(path, key, depth, QString::number(value).toStdString());
    }
    QString log;
};

}  // namespace

class TestJson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsWhatTheTextSays()
    {
        const auto json = readJson(R"({"a":[1,-2,3.5,true,null,"x"],"b":{"c":18446744073709551615}})");
        QCOMPARE(json.dump(), std::string(R"({"a":[1,-2,3.5,true,null,"x"],"b":{"c":18446744073709551615}})"));
        QVERIFY(json["b"]["c"].is_number_unsigned());
        QVERIFY(json["a"][0].is_number_unsigned());
        QVERIFY(json["a"][2].is_number_float());
    }

    void refusesWhatIsNoJson()
    {
        QVERIFY(contains(problemOf(""), "not valid JSON"));
        QVERIFY(contains(problemOf("{\"a\":1,}"), "byte 8"));
        QVERIFY(contains(problemOf("{} x"), "not valid JSON"));
        QVERIFY(contains(problemOf("// comment\n{}"), "not valid JSON"));
        QVERIFY(contains(problemOf("[NaN]"), "not valid JSON"));
    }

    void refusesAKeyTwice()
    {
        QVERIFY(contains(problemOf(R"({"a":1,"b":2,"a":3})"), "the key \"a\" occurs twice"));
        QVERIFY(problemOf(R"({"a":{"a":1},"b":{"a":2}})").empty());
    }

    void keepsToItsLimits()
    {
        QVERIFY(contains(problemOf("[[[[1]]]]", {.depth = 3}), "nested more than 3 deep"));
        QVERIFY(problemOf("[[[1]]]", {.depth = 3}).empty());
        QVERIFY(contains(problemOf("[1,2,3,4]", {.values = 4}), "more than 4 values"));
        QVERIFY(problemOf("[1,2,3]", {.values = 4}).empty());
        QVERIFY(contains(problemOf("[1,2,3]", {.bytes = 6}), "has 7 bytes"));
        QVERIFY(contains(problemOf(std::string(1'000'000, '[')), "nested more than 64 deep"));
    }

    void streamsTheLargeParts()
    {
        Recorder recorder;
        const auto json =
            readJson(R"({"model":{"type":"BPE","vocab":{"a":0,"b":7},"merges":[["x","y"],"z"],"last":1}})", {.values = 6}, &recorder);
        QCOMPARE(recorder.log,
                 QStringLiteral("model.vocab[a]1=0 model.vocab[b]1=7 model.merges[]2=x model.merges[]2=y model.merges[]1=z "));
        QCOMPARE(json.dump(), std::string(R"({"model":{"last":1,"merges":null,"type":"BPE","vocab":null}})"));
    }

    void aStreamChecksToo()
    {
        Recorder recorder;
        QVERIFY_EXCEPTION_THROWN(readJson(R"({"model":{"vocab":{"a":0,"a":1}}})", {}, &recorder), Error);
        QVERIFY_EXCEPTION_THROWN(readJson(R"({"model":{"vocab":{"a":null}}})", {}, &recorder), Error);
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "tst_json.moc"
