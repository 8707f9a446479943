// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/comparison.h"
#include "app/compare/memory_need.h"
#include "app/compare/token_details.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/model/model.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestComparison : public QObject {
    Q_OBJECT

    Executor m_executor;
    std::shared_ptr<const model::Model> m_model;
    std::string m_text;  ///< held out

    ComparisonRequest request(std::vector<std::string> bases, int tokens) const
    {
        ComparisonRequest request;
        request.model = m_model;
        for (const auto& base : bases)
            request.columns.emplace_back().base = base;
        request.known.resize(bases.size());
        request.prompt = "Once upon a time";
        request.options.maxTokens = tokens;
        request.options.sampling.temperature = 0;
        return request;
    }

    std::vector<std::vector<ColumnToken>> run(const ComparisonRequest& request)
    {
        ColumnStream stream;
        Progress progress;
        runComparison(request, stream, m_executor, progress);
        std::vector<std::vector<ColumnToken>> columns(request.columns.size());
        for (const ColumnEvent& event : stream.take())
            if (event.kind == ColumnEvent::Kind::Token)
                columns[std::size_t(event.column)].push_back(event.token);
        return columns;
    }

    /// The sample with another metadata.
    std::shared_ptr<const model::Model> sampleWith(const std::string& key, const std::string& value) const
    {
        model::Model::Parts parts{.files = m_model->files(), .metadata = m_model->metadata(), .tensors = m_model->tensors()};
        parts.metadata.set(key, value);
        return std::make_shared<model::Model>(std::move(parts));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QFile file(QStringLiteral(SAMPLE_DIR "/eval.txt"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_text = file.read(12000).toStdString();
    }

    void theOriginalWritesWhatGenerateWrites()
    {
        Progress progress;
        const auto tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        infer::Context context(infer::Variant::original(m_model, m_executor, progress), 64, m_executor);
        infer::GenerateOptions options;
        options.maxTokens = 12;
        options.sampling.temperature = 0;
        const auto expected =
            infer::generate(context, *tokenizer, tokenizer->encode("Once upon a time", {.addSpecial = true}), options, {}, progress);
        const auto columns = run(request({"source", "Q8_0"}, 12));
        QCOMPARE(columns[0].size(), expected.tokens.size());
        std::string text;
        for (std::size_t i = 0; i < columns[0].size(); ++i) {
            QCOMPARE(columns[0][i].id, expected.tokens[i].id);
            QCOMPARE(columns[0][i].probability, expected.tokens[i].probability);
            text += columns[0][i].text;
        }
        QCOMPARE(text, expected.text);
    }

    void thePromptIsShownAsItIsRead()
    {
        auto chat = request({"source", "Q4_0"}, 6);
        chat.model = sampleWith("tokenizer.chat_template", "{{ eos_token }}{{ messages[0].content }}: {{ messages[1].content }}\n");
        chat.chatSystem = "Be kind";
        const auto pieces = promptPieces(chat);
        const auto tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        std::string text, special;
        for (const PromptPiece& piece : pieces)
            (piece.special ? special : text) += piece.text;
        QCOMPARE(text, std::string("Be kind: Once upon a time"));  // Jinja leaves a last line end out
        const std::string bos = tokenizer->addsBos() ? std::string(tokenizer->spelling(*tokenizer->bos())) : std::string();
        QCOMPARE(special, bos + std::string(tokenizer->spelling(*tokenizer->eos())));
        chat.chatSystem.reset();
        QCOMPARE(promptPieces(chat).size(), tokenizer->encode("Once upon a time", {.addSpecial = true, .parseSpecial = true}).size());
    }

    void everyColumnKeepsItsPastAsWished()
    {
        auto bytes = request({"source", "source"}, 24);
        bytes.kvType = infer::KvType::Q8_0;
        const auto halves = run(request({"source", "source"}, 24)), columns = run(bytes);
        QVERIFY(columns[0][0].probability != halves[0][0].probability);
        QCOMPARE(columns[1][0].probability, columns[0][0].probability);
        const MemoryNeed more = memoryNeed(request({"source"}, 1), 1024);
        auto fewer = request({"source"}, 1);
        fewer.kvType = infer::KvType::Q8_0;
        QVERIFY(memoryNeed(fewer, 1024).texts < more.texts);
    }

    void columnsGrowInStep()
    {
        ColumnStream stream;
        Progress progress;
        runComparison(request({"source", "Q4_K_M", "Q2_K"}, 5), stream, m_executor, progress);
        std::vector<int> order;
        for (const ColumnEvent& event : stream.take())
            if (event.kind == ColumnEvent::Kind::Token)
                order.push_back(event.column);
        QCOMPARE(order, (std::vector<int>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
    }

    void followersWriteTheOriginalsWordsAndBelieveThemLess()
    {
        auto follow = request({"source", "Q2_K"}, 40);
        follow.followOriginal = true;
        const auto columns = run(follow);
        double original = 0, follower = 0;
        for (std::size_t i = 0; i < columns[0].size(); ++i) {
            QCOMPARE(columns[1][i].id, columns[0][i].id);
            original += std::log(double(columns[0][i].probability));
            follower += std::log(double(columns[1][i].probability));
        }
        QVERIFY(follower < original);  // the original is greedy: on average nobody can believe its words more
    }

    void aChatIsPromptedByTheModelsTemplate()
    {
        auto chat = request({"source", "Q4_0"}, 6);
        chat.model = sampleWith("tokenizer.chat_template", "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}wolf:");
        chat.chatSystem = "Be kind";
        ColumnStream stream;
        Progress progress;
        runComparison(chat, stream, m_executor, progress);
        const auto events = stream.take();
        QVERIFY(events.front().kind == ColumnEvent::Kind::Prompt);
        QCOMPARE(events.front().prompt, std::string("system: Be kind\nuser: Once upon a time\nwolf:"));
        auto plain = request({"source", "Q4_0"}, 6);
        plain.prompt = events.front().prompt;
        const auto asPlain = run(plain), asChat = run(chat);
        for (std::size_t column = 0; column < 2; ++column)
            QVERIFY(std::ranges::equal(asPlain[column], asChat[column], {}, &ColumnToken::id, &ColumnToken::id));
    }

    void whatCannotBePromptedIsToldBeforeTheWorkStarts()
    {
        const auto problemOf = [this](const ComparisonRequest& request) -> std::string {
            ColumnStream stream;
            Progress progress;
            try {
                runComparison(request, stream, m_executor, progress);
            } catch (const Error& error) {
                return progress.snapshot().stage.empty() ? error.what() : std::string("work was begun");
            }
            return {};
        };
        auto failing = request({"source", "Q4_0"}, 2);
        failing.model = sampleWith("tokenizer.chat_template", "{{ raise_exception('roles must alternate') }}");
        QCOMPARE(problemOf(failing), std::string());  // as plain text
        failing.chatSystem = "";
        QVERIFY(problemOf(failing).find("roles must alternate") != std::string::npos);
        QVERIFY(problemOf(failing).find("plain text") != std::string::npos);
        auto tooLong = request({"source", "Q4_0"}, 2);
        for (int i = 0; i < 600; ++i)
            tooLong.prompt += " a";
        QVERIFY(problemOf(tooLong).find("at most 511 tokens") != std::string::npos);
    }

    void theMemoryThatIsForetoldIsTheMemoryThatIsTaken()
    {
        auto wanted = request({"source", "Q4_K_M", "Q4_K_S", "Q8_0", "Q4_K_M"}, 2);
        const MemoryNeed need = memoryNeed(wanted, 64);
        ColumnStream stream;
        Progress progress;
        const Variants variants = runComparison(wanted, stream, m_executor, progress);
        QCOMPARE(need.weights, infer::packedBytes(variants));
        std::uint64_t apart = 0;
        for (const auto& variant : variants)
            apart += infer::packedBytes(std::span(&variant, 1));
        QVERIFY(need.weights < apart);  // what columns pack alike is there once
        wanted.known = variants;
        QCOMPARE(memoryNeed(wanted, 64).weights, std::uint64_t(0));
        QVERIFY(memoryNeed(wanted, 128).texts > need.texts);
    }

    void withLittleMemoryColumnsWriteTheSameOneAfterAnother()
    {
        for (const bool follow : {false, true}) {
            auto wanted = request({"source", "Q4_0", "Q8_0"}, 6);
            wanted.followOriginal = follow;
            const auto expected = run(wanted);
            wanted.memory = memoryNeed(wanted, 64).largest;
            ColumnStream stream;
            Progress progress;
            const Variants held = runComparison(wanted, stream, m_executor, progress);
            QVERIFY(held == Variants(3));  // all given back
            const auto events = stream.take();
            QVERIFY(events.front().kind == ColumnEvent::Kind::Turns);
            QCOMPARE(events.front().freeBytes, wanted.memory);
            QVERIFY(events.front().neededBytes > wanted.memory);
            QVERIFY(std::ranges::is_sorted(events, {}, &ColumnEvent::column));
            std::vector<std::vector<ColumnToken>> columns(3);
            for (const ColumnEvent& event : events)
                if (event.kind == ColumnEvent::Kind::Token)
                    columns[std::size_t(event.column)].push_back(event.token);
            for (std::size_t i = 0; i < 3; ++i) {
                QVERIFY(std::ranges::equal(columns[i], expected[i], {}, &ColumnToken::id, &ColumnToken::id));
                QVERIFY(std::ranges::equal(columns[i], expected[i], {}, &ColumnToken::probability, &ColumnToken::probability));
            }
        }
    }

    void tooLittleMemoryIsToldBeforeTheWorkStarts()
    {
        auto wanted = request({"source", "Q4_0", "Q8_0"}, 2);
        wanted.memory = 1'000'000;
        ColumnStream stream;
        Progress progress;
        try {
            runComparison(wanted, stream, m_executor, progress);
            QFAIL("it was begun");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::OutOfMemory);
            QVERIFY(error.problem().find("1 MB are free") != std::string::npos);
        }
        QVERIFY(progress.snapshot().stage.empty());
        QVERIFY_THROWS_EXCEPTION(Error, measureColumns(wanted, "Once upon a time", 1, m_executor, progress));
    }

    void measuredWithLittleMemoryTheFiguresAreTheSame()
    {
        const std::string text = m_text.substr(0, 6000);
        auto wanted = request({"source", "Q4_0", "Q8_0"}, 1);
        Progress progress;
        const auto expected = measureColumns(wanted, text, 1, m_executor, progress);
        wanted.memory = memoryNeed(wanted, 512).largest;
        const auto measured = measureColumns(wanted, text, 1, m_executor, progress);
        QVERIFY(!measured.variants[1] && !measured.variants[2] && expected.variants[1]);
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(measured.columns[i].meanKld, expected.columns[i].meanKld);
    }

    void aCancelledRunEndsWithAnError()
    {
        ColumnStream stream;
        Progress progress;
        progress.cancel();
        try {
            runComparison(request({"source", "Q4_0"}, 1000), stream, m_executor, progress);
            QFAIL("it went on");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
    }

    void measuresWhatEvaluateMeasures()
    {
        const std::string& text = m_text;
        Progress progress;
        const auto measured = measureColumns(request({"source", "Q4_0"}, 1), text, 2, m_executor, progress);
        const auto tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        const auto expected = evaluate::perplexity(measured.variants[1], *tokenizer, tokenizer->encode(text, {.addSpecial = false}),
                                                   {.window = 512, .maxWindows = 2}, m_executor, progress);
        QCOMPARE(measured.columns[1].quantized.perplexity, expected.perplexity);
        QCOMPARE(measured.columns[0].meanKld, 0.0);
        QVERIFY(measured.columns[1].meanKld > 0);
    }

    void columnsWriteAndAreMeasuredOnADevice()
    {
        const auto devices = gpu::discoverDevices().devices;
        if (devices.empty())
            QSKIP("no Vulkan device");
        auto wanted = request({"source", "Q4_0"}, 8);
        const auto expected = run(wanted);
        wanted.device = {.index = 0, .name = QString::fromStdString(devices[0].name)};
        ColumnStream stream;
        Progress progress;
        runComparison(wanted, stream, m_executor, progress);
        std::vector<token::Id> original;
        int placed = 0, notes = 0;
        for (const ColumnEvent& event : stream.take()) {
            if (event.kind == ColumnEvent::Kind::Token && event.column == 0)
                original.push_back(event.token.id);
            notes += event.kind == ColumnEvent::Kind::Note;
            if (event.kind != ColumnEvent::Kind::Ready && event.kind != ColumnEvent::Kind::Finished)
                continue;
            QCOMPARE(event.device, devices[0].name);
            QVERIFY(event.share.output && event.share.layers == event.share.allLayers && event.share.layers > 0);
            ++placed;
        }
        QCOMPARE(placed, 4);
        QCOMPARE(notes, 2);  // one decision for each column
        QVERIFY(std::ranges::equal(original, expected[0], {}, {}, &ColumnToken::id));

        const std::string text = m_text.substr(0, 6000);
        const auto there = measureColumns(wanted, text, 1, m_executor, progress);
        const auto here = measureColumns(request({"source", "Q4_0"}, 1), text, 1, m_executor, progress);
        QCOMPARE(there.device, devices[0].name);
        QVERIFY(here.device.empty());
        QVERIFY(std::abs(there.columns[0].base.perplexity / here.columns[0].base.perplexity - 1) < 1e-4);
        // The CPU rounds activations, which costs a little more.
        QVERIFY(there.columns[1].meanKld > 0 && std::abs(there.columns[1].meanKld / here.columns[1].meanKld - 1) < 0.2);
    }

    void columnsShareADeviceThatHasRoomForAllOrForNone()
    {
        const MemoryNeed need = memoryNeed(request({"source", "Q4_0", "Q8_0"}, 8), 64);
        QVERIFY(need.largestOnDevice > m_model->tensorBytes() && need.onDevice > need.largestOnDevice);
        QVERIFY(shareDevice(need, 0) && shareDevice(need, need.onDevice) && shareDevice(need, need.largestOnDevice - 1));
        QVERIFY(!shareDevice(need, need.onDevice - 1) && !shareDevice(need, need.largestOnDevice));
    }

    void detailsShowEachColumnsProbabilities()
    {
        const auto columns = run(request({"source", "Q2_K"}, 10));
        TokenDetailsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(0, {{QStringLiteral("Original"), &columns[0], true}, {QStringLiteral("2 bits"), &columns[1], true}});
        QCOMPARE(model.columnCount(), 3);
        QVERIFY(model.rowCount() >= 2);
        const auto& first = columns[0][0];
        bool found = false;
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.index(row, 0).data().toString() == model.subject()) {
                found = true;
                QCOMPARE(model.index(row, 1).data().toString(), QLocale().toString(double(first.probability), 'f', 3));
            }
        QVERIFY(found);
        model.show(3, {{QStringLiteral("Original"), &columns[0], true}, {QStringLiteral("2 bits"), &columns[1], false}});
        QVERIFY(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString() != QStringLiteral("2 bits"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestComparison)
#include "tst_comparison.moc"
