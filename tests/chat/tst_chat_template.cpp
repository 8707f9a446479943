// SPDX-License-Identifier: GPL-3.0-or-later
// Chat templates against Jinja2. data/chat/cases.json holds templates, variables and what Jinja2 3.1.6 made of them, set up as
// Hugging Face's apply_chat_template does: ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks, loop controls, tojson
// by json.dumps(ensure_ascii=False); strftime_now told 4 July 2026, 15:06:09. "raises" is the text of raise_exception, "fails"
// the kind of any other error.
#include "core/base/error.h"
#include "core/chat/prompt.h"
#include "core/chat/template.h"
#include "core/format/open.h"
#include "core/model/model.h"

#include <QFile>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <random>

using namespace halftone;
using Json = nlohmann::ordered_json;

namespace {

const Json& cases()
{
    static const Json all = [] {
        QFile file(QStringLiteral(TEST_DATA "/chat/cases.json"));
        return file.open(QIODevice::ReadOnly) ? Json::parse(file.readAll().toStdString()) : Json::array();
    }();
    return all;
}

std::tm testTime()
{
    std::tm time{};
    time.tm_year = 126, time.tm_mon = 6, time.tm_mday = 4, time.tm_hour = 15, time.tm_min = 6, time.tm_sec = 9, time.tm_wday = 6,
    time.tm_yday = 184;
    return time;
}

chat::Variables variablesOf(const Json& json)
{
    chat::Variables variables;
    for (const auto& [name, value] : json.items())
        variables.emplace_back(name, chat::fromJson(value));
    return variables;
}

std::string render(const std::string& source, const chat::Variables& variables = {}, const chat::Limits& limits = {})
{
    return chat::Template(source).render(variables, {.now = testTime(), .limits = limits});
}

/// The error's text, or what was rendered when there was none.
std::string errorOf(const std::string& source, const chat::Variables& variables = {}, const chat::Limits& limits = {})
{
    try {
        return "rendered: " + render(source, variables, limits);
    } catch (const Error& error) {
        return error.code() == ErrorCode::Malformed ? error.what() : std::string("another code: ") + error.what();
    }
}

struct Model {
    std::shared_ptr<const model::Model> model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
    std::shared_ptr<const token::Tokenizer> tokenizer = token::Tokenizer::fromMetadata(model->metadata());

    chat::Prompt prompt(const std::string& chatTemplate, const std::string& messages) const
    {
        return chat::renderPrompt(chatTemplate, messages, model->metadata(), *tokenizer, testTime());
    }
};

}  // namespace

class TestChatTemplate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalsJinja2_data()
    {
        QTest::addColumn<int>("index");
        QVERIFY(cases().size() > 100);
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i]["name"].get<std::string>().c_str()) << int(i);
    }
    void equalsJinja2()
    {
        QFETCH(int, index);
        const Json& expectation = cases()[std::size_t(index)];
        const auto variables = variablesOf(expectation["variables"]);
        const std::string source = expectation["template"];
        if (expectation.contains("expected")) {
            std::string text;
            try {
                text = render(source, variables);
            } catch (const Error& error) {
                QFAIL(error.what());
            }
            QCOMPARE(QString::fromStdString(text), QString::fromStdString(expectation["expected"].get<std::string>()));
        } else if (expectation.contains("raises")) {
            QVERIFY2(errorOf(source, variables).starts_with(expectation["raises"].get<std::string>() + ", line "),
                     errorOf(source, variables).c_str());
        } else {
            QVERIFY2(errorOf(source, variables).find(" of the chat template") != std::string::npos, errorOf(source, variables).c_str());
        }
    }

    void errorsNameTheLine()
    {
        QCOMPARE(errorOf("a\n\n{{ x.y }}"), std::string("'x' is undefined, line 3 of the chat template"));
        QCOMPARE(errorOf("a\n{% nope %}"), std::string("the tag 'nope' is not known here, line 2 of the chat template"));
        QCOMPARE(errorOf("{{ 1\n| nope }}"), std::string("the filter 'nope' is not known here, line 2 of the chat template"));
    }

    void runawaysAreStopped_data()
    {
        QTest::addColumn<QString>("source");
        const auto row = [](const char* name, const std::string& source) { QTest::newRow(name) << QString::fromStdString(source); };
        row("nested loops", "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}");
        row("doubled text", "{% set n = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}");
        row("doubled list", "{% set n = namespace(s=[1, 2]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}");
        row("nested list", "{% set n = namespace(s=[]) %}{% for i in range(9999) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}");
        row("shared list printed", "{% set n = namespace(s=[]) %}{% for i in range(50) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}");
        row("shared list compared",
            "{% set n = namespace(s=[1], t=[1]) %}{% for i in range(50) %}{% set n.s = [n.s, n.s] %}{% set n.t = [n.t, n.t] %}{% endfor "
            "%}{{ n.s == n.t }}");
        row("bound methods", "{% set n = namespace(s={}) %}{% for i in range(9999) %}{% set n.s = {'a': n.s.get} %}{% endfor %}");
        row("long repetition", "{{ 'x' * 9999999999 }}");
        row("replacement", "{% set a = 'x' * 1000000 %}{{ a | replace('x', a) }}");
        row("search", "{% set a = 'x' * 4000000 %}{% set b = 'x' * 2000000 ~ 'y' %}{{ b in a }}");
        row("wide indent", "{{ [1] | tojson(indent=1000) | indent(100000000) }}");
        row("recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}");
        row("brackets", std::string(100000, '('));
        row("nested brackets", "{{ " + std::string(100000, '[') + " }}");
        row("not", "{{ " + QString("not ").repeated(100000).toStdString() + "1 }}");
        row("minus", "{{ " + std::string(100000, '-') + "1 }}");
        row("sum", "{{ 1" + QString(" + 1").repeated(100000).toStdString() + " }}");
        row("attributes", "{{ a" + QString(".a").repeated(100000).toStdString() + " }}");
        row("blocks", QString("{% if 1 %}").repeated(100000).toStdString());
        row("elif and conditions", "{{ " + QString("1 if ").repeated(100000).toStdString() + " }}");
    }
    void runawaysAreStopped()
    {
        QFETCH(QString, source);
        const auto text = errorOf(source.toStdString());
        QVERIFY2(!text.starts_with("rendered") || source.startsWith('('), text.substr(0, 200).c_str());
    }

    /// What Python prints.
    void rangesOfLargeNumbersAreExact()
    {
        QCOMPARE(render("{{ range(9007199254740993, 9007199254740996) | list }}"),
                 std::string("[9007199254740993, 9007199254740994, 9007199254740995]"));
        QCOMPARE(render("{{ range(9223372036854775806, 9223372036854775807) | list }}"), std::string("[9223372036854775806]"));
        QCOMPARE(render("{{ range(9223372036854775800, 9223372036854775807, 5) | list }}"),
                 std::string("[9223372036854775800, 9223372036854775805]"));
        QCOMPARE(render("{{ range(-9223372036854775807, 9223372036854775807, 9223372036854775807) | list }}"),
                 std::string("[-9223372036854775807, 0]"));
        QCOMPARE(render("{{ range(5, -6, -5) | list }}{{ range(3, 3) | list }}{{ range(3, 9, -1) | list }}"),
                 std::string("[5, 0, -5][][]"));
        QVERIFY(errorOf("{{ range(-9223372036854775807, 9223372036854775807) }}").find("more than 100000") != std::string::npos);
    }

    void namespacesThatHoldEachOtherAreFreed()
    {
        QCOMPARE(render("{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = b %}{% set a.a = a %}{{ a.b.a is defined }}"),
                 std::string("True"));
    }

    /// Cut, duplicated and changed pieces of the real shapes: an error or a text, within the limits.
    void mutatedTemplatesDoNotCrash()
    {
        std::mt19937 random(7);
        const auto pick = [&](std::size_t count) { return std::size_t(random() % std::max<std::size_t>(count, 1)); };
        const chat::Limits limits{.steps = 100'000, .bytes = std::size_t(8) << 20, .output = std::size_t(1) << 20};
        static constexpr std::string_view kPieces[] = {"{%", "%}",   "{{",   "}}",   "{#",  "-",         "|",      "(", ")",  "[",   ":",
                                                       "'",  "not ", " is ", " in ", "if ", "for x in ", "endfor", ".", "\\", "\xFF"};
        int rendered = 0, refused = 0;
        for (int round = 0; round < 20'000; ++round) {
            const Json& one = cases()[pick(cases().size())];
            std::string source = one["template"];
            for (std::size_t change = 0; change <= pick(4); ++change) {
                const std::size_t at = pick(source.size()), size = std::min(pick(12), source.size() - at);
                if (pick(3) == 0)
                    source.erase(at, size);
                else if (pick(2) == 0)
                    source.insert(at, kPieces[pick(std::size(kPieces))]);
                else
                    source.insert(pick(source.size()), source.substr(at, size));
            }
            errorOf(source, variablesOf(one["variables"]), limits).starts_with("rendered") ? ++rendered : ++refused;
        }
        QVERIFY(rendered > 1000);
        QVERIFY(refused > 1000);
    }

    void promptBeginsWithBosOnce()
    {
        const Model sample;
        const auto bos = *sample.tokenizer->bos();
        const std::string messages = R"([{"role": "user", "content": "Once upon a time"}])";
        const auto without = sample.prompt("{{ messages[0].content }}", messages),
                   with = sample.prompt("{{ bos_token }}{{ messages[0].content }}", messages);
        QCOMPARE(without.ids, (std::vector<token::Id>{4094, 2540, 673, 258, 531}));
        QCOMPARE(with.ids, without.ids);
        QCOMPARE(std::count(with.ids.begin(), with.ids.end(), bos), 1);
        QCOMPARE(with.text, std::string(sample.tokenizer->spelling(bos)) + "Once upon a time");
    }

    void objectOfMessagesGivesFurtherVariables()
    {
        const Model sample;
        const std::string object = R"({"messages": [{"role": "user", "content": "a"}], "tools": [{"name": "t"}], "deep": true})";
        QCOMPARE(sample.prompt("{{ tools | tojson }}{{ deep }}{{ add_generation_prompt }}{{ documents }}", object).text,
                 std::string(R"([{"name": "t"}]TrueTrueNone)"));
    }

    void messagesThatAreNoneAreRefused()
    {
        const Model sample;
        for (const char* messages : {"", "{", "5", "{}", R"({"messages": 1})", R"([{"role": 1e999}])"})
            QVERIFY_EXCEPTION_THROWN(sample.prompt("x", messages), Error);
        try {
            sample.prompt("x", R"([{"role": ])");
            QFAIL("they were taken");
        } catch (const Error& error) {
            QCOMPARE(error.place(), std::string("byte 11"));
        }
        const std::string deep = std::string(5000, '[') + std::string(5000, ']');
        QVERIFY_EXCEPTION_THROWN(sample.prompt("x", deep), Error);
    }

    void ofSeveralTemplatesTheDefaultIsChosen()
    {
        model::Metadata metadata;
        QVERIFY(!chat::hasChatTemplate(metadata));
        metadata.set("tokenizer.chat_templates", model::Array(std::vector<std::string>{"missing", "tool_use", "rag"}));
        metadata.set("tokenizer.chat_template.rag", std::string("rag"));
        metadata.set("tokenizer.chat_template.tool_use", std::string("tools"));
        QVERIFY(chat::hasChatTemplate(metadata));
        QCOMPARE(chat::chatTemplate(metadata), std::string_view("tools"));
        metadata.set("tokenizer.chat_template", std::string("plain"));
        QCOMPARE(chat::chatTemplate(metadata), std::string_view("plain"));
    }

    void aQuestionIsAConversation()
    {
        const Model sample;
        const std::string each = "{% for m in messages %}[{{ m.role }}: {{ m.content }}]{% endfor %}";
        QCOMPARE(sample.prompt(each, chat::conversation("", "Who \"are\"\nyou?")).text, std::string("[user: Who \"are\"\nyou?]"));
        QCOMPARE(sample.prompt(each, chat::conversation("Be brief.", "\xFF")).text, std::string("[system: Be brief.][user: \xEF\xBF\xBD]"));
    }

    void modelWithoutTemplateSaysSo()
    {
        model::Metadata metadata;
        QVERIFY_EXCEPTION_THROWN(chat::chatTemplate(metadata), Error);
        metadata.set("tokenizer.chat_template", std::string("{{ 1 }}"));
        QCOMPARE(chat::chatTemplate(metadata), std::string_view("{{ 1 }}"));
    }
};

QTEST_GUILESS_MAIN(TestChatTemplate)
#include "tst_chat_template.moc"
