// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/own_text.h"
#include "core/evaluate/variants_run.h"
#include "core/infer/variant.h"
#include "tests/evaluate/bos_only.h"
#include "tests/infer/made_model.h"

#include <QtTest>

#include <cmath>

using namespace halftone;
using namespace halftone::evaluate;

namespace {

std::vector<token::Id> text(std::size_t length)
{
    std::vector<token::Id> ids(length);
    for (std::size_t i = 0; i < length; ++i)
        ids[i] = token::Id((i * i * 11 + 5 * i + 3) % 61);
    return ids;
}

/// The same model with slightly other weights, as if it had been quantized.
std::shared_ptr<const model::Model> disturbed(float amount)
{
    static const auto made = test::ModelMaker::make({});
    test::MadeModel other = made;
    for (auto& [name, values] : other.weights)
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= 1 + amount * float(int(i % 3) - 1);
    for (auto& tensor : other.parts.tensors)
        tensor.data = std::as_bytes(std::span(other.weights.at(tensor.name)));
    static std::vector<std::unique_ptr<test::MadeModel>> kept;  // models are views on these
    kept.push_back(std::make_unique<test::MadeModel>(std::move(other)));
    return kept.back()->model();
}

/// A device that takes nothing in the end.
struct NoRoom : infer::Accelerator {
    std::string name() const override { return "no room"; }
    std::uint64_t freeBytes() const override { return free; }
    std::unique_ptr<infer::DevicePass> passFor(std::shared_ptr<const infer::Variant>, std::size_t, infer::KvType, Progress&) override
    {
        ++asked;
        return nullptr;
    }
    void gaveUp(const Error&) override {}

    std::uint64_t free = 0;
    int asked = 0;
};

}  // namespace

class TestVariantsRun : public QObject {
    Q_OBJECT

    Executor m_executor{3};
    test::BosOnly m_tokenizer{true};
    std::vector<token::Id> m_text = text(203);
    std::vector<Subject> m_subjects{{disturbed(0), {}}, {disturbed(0.02f), {}}, {disturbed(0.05f), {}}};

    VariantsRequest request(std::size_t window = 32) const
    {
        return {.subjects = m_subjects, .tokenizer = m_tokenizer, .tokens = m_text, .windows = {.window = window}};
    }
    std::vector<Series> run(const VariantsRequest& request) const
    {
        Progress progress;
        std::vector<Series> series;
        runVariants(request, series, {}, m_executor, progress);
        return series;
    }
    static bool same(const std::vector<Series>& a, const std::vector<Series>& b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Series& x, const Series& y) { return x.tokens == y.tokens; });
    }

private Q_SLOTS:
    void figuresAreThoseOfTwoModelsMeasuredAlone()
    {
        const auto series = run(request());
        QCOMPARE(series.size(), std::size_t(3));
        Progress progress;
        const auto variant = [&](std::size_t i) { return infer::Variant::original(m_subjects[i].model, m_executor, progress); };
        for (const std::size_t i : {1, 2}) {
            const Divergence alone = divergence(variant(0), variant(i), m_tokenizer, m_text, {.window = 32}, m_executor, progress);
            const Figures f = summarize(series[i].tokens, series[0].tokens, 15);
            QCOMPARE(f.tokens, alone.quantized.tokens);
            QVERIFY(alone.meanKld > 1e-5 && std::abs(f.meanKld / alone.meanKld - 1) < 1e-4);
            QVERIFY(std::abs(f.p99Kld / alone.p99Kld - 1) < 1e-4);
            QVERIFY(std::abs(f.perplexity / alone.quantized.perplexity - 1) < 1e-6);
            QVERIFY(std::abs(f.perplexityError / alone.quantized.error - 1) < 1e-4);
            QVERIFY(std::abs(f.top1Agreement - alone.top1Agreement) < 1e-9);
            QVERIFY(series[i].decodeMs > 0);
        }
        QCOMPARE(summarize(series[0].tokens, series[0].tokens, 15).maxKld, 0.0);
    }

    void passesDoNotChangeTheFigures()
    {
        auto tight = request();
        tight.memory = planRun(request()).bytes - 1;  // all but one fit
        QCOMPARE(planRun(request()).passes.size(), std::size_t(1));
        QCOMPARE(planRun(tight).passes.size(), std::size_t(2));
        QVERIFY(same(run(request()), run(tight)));
    }

    void tensorsThatVariantsMakeAlikeTakeMemoryOnce()
    {
        const auto model = m_subjects[0].model;
        plan::Recipe recipe{.base = "Q8_0"};
        const plan::Plan eight = plan::makePlan(*model, recipe);
        recipe.exact["blk.0.ffn_up.weight"] = quant::Type::Q4_0;
        const plan::Plan mixed = plan::makePlan(*model, recipe);
        const auto bytesOf = [&](std::vector<Subject> subjects) {
            subjects.insert(subjects.begin(), {model, {}});
            auto wanted = request();
            wanted.subjects = std::move(subjects);
            return planRun(wanted).bytes;
        };
        const std::uint64_t none = bytesOf({}), one = bytesOf({{model, eight}}), both = bytesOf({{model, eight}, {model, mixed}});
        const std::uint64_t text = none;  // the original packs nothing
        QCOMPARE(both - one - text, std::uint64_t(64 * 96 / 32 * 18));
        auto pair = request();
        pair.subjects = {{model, {}}, {model, eight}, {model, mixed}};
        auto apart = pair;
        apart.memory = both - 1;
        QCOMPARE(planRun(apart).passes.size(), std::size_t(2));
        QVERIFY(same(run(pair), run(apart)));
    }

    void aDeviceHoldsAPassWholeWhereItCan()
    {
        NoRoom device;
        auto wanted = request();
        wanted.accelerator = &device;
        QCOMPARE(planRun(wanted).passes.size(), std::size_t(1));  // what is free is not known
        device.free = std::uint64_t(1) << 30;
        QCOMPARE(planRun(wanted).passes.size(), std::size_t(1));
        device.free = 96u << 20;  // three models take more, each has a slack of 32 MiB
        QCOMPARE(planRun(wanted).passes.size(), std::size_t(2));
        device.free = 1u << 20;
        QCOMPARE(planRun(wanted).passes.size(), std::size_t(1));  // it takes what it can of each
        QVERIFY(same(run(wanted), run(request())));
        QCOMPARE(device.asked, 3);
        QCOMPARE(run(wanted)[1].share.layers, std::size_t(0));
    }

    void rowsHeldAtOnceDoNotChangeTheFigures()
    {
        auto few = request(100);
        few.logitBytes = 1;  // 49 rows in four parts
        const auto parts = run(few), whole = run(request(100));
        QCOMPARE(parts[1].tokens.size(), whole[1].tokens.size());
        for (std::size_t i = 0; i < whole[1].tokens.size(); ++i) {
            QVERIFY(std::abs(parts[1].tokens[i].nll - whole[1].tokens[i].nll) < 1e-5f);
            QVERIFY(std::abs(parts[1].tokens[i].kld - whole[1].tokens[i].kld) < 1e-6f);
        }
    }

    void tooLittleMemoryIsSaidWithTheNeed()
    {
        auto tight = request();
        tight.memory = 1000;
        try {
            planRun(tight);
            QFAIL("a run that cannot fit was begun");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::OutOfMemory);
            QVERIFY(QString::fromStdString(error.problem()).contains(QStringLiteral("MB")));
        }
        auto shorter = request(100);
        shorter.memory = 2 * planRun(request(50)).bytes / 3;  // of the original and two variants
        QVERIFY(planRun(request(100)).bytes > 3 * shorter.memory / 2);
        try {
            planRun(shorter);
            QFAIL("a run that cannot fit was begun");
        } catch (const Error& error) {
            QVERIFY2(error.advice().find("at most 50 tokens") != std::string::npos, error.advice().c_str());
        }
    }

    void aStoppedRunGoesOnWhereItWas()
    {
        const auto whole = run(request());
        std::vector<Series> series;
        Progress stopped;
        const auto stop = [&](std::size_t subject, std::size_t window) {
            if (subject == 1 && window == 2)
                stopped.cancel();
        };
        QVERIFY_THROWS_EXCEPTION(Error, runVariants(request(), series, stop, m_executor, stopped));
        QCOMPARE(series[1].tokens.size(), std::size_t(3 * 15));
        series[2].tokens.clear();  // as if it had been chosen only now
        Progress progress;
        std::vector<std::size_t> windows(3);
        runVariants(
            request(), series, [&](std::size_t subject, std::size_t) { ++windows[subject]; }, m_executor, progress);
        QVERIFY(same(series, whole));
        QCOMPARE(windows[1], whole[1].tokens.size() / 15 - 3);
        QCOMPARE(windows[2], whole[2].tokens.size() / 15);
        const auto snapshot = progress.snapshot();
        QCOMPARE(snapshot.done, snapshot.total);
    }

    void whatIsKnownIsNotMeasuredAgain()
    {
        auto series = run(request());
        Progress progress;
        bool measured = false;
        runVariants(
            request(), series, [&](std::size_t, std::size_t) { measured = true; }, m_executor, progress);
        QVERIFY(!measured);
    }

    void refusalsSayWhatWouldFit_data()
    {
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("window");
        QTest::addColumn<QString>("number");
        QTest::newRow("context too long") << 203 << 129 << QStringLiteral("128");  // what the made model was trained for
        QTest::newRow("text too short") << 50 << 64 << QStringLiteral("51");  // with BOS
    }
    void refusalsSayWhatWouldFit()
    {
        QFETCH(int, length);
        QFETCH(int, window);
        QFETCH(QString, number);
        auto asked = request(std::size_t(window));
        asked.tokens = asked.tokens.first(std::size_t(length));
        try {
            planRun(asked);
            QFAIL("it was begun");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Usage);
            QVERIFY2(QString::fromStdString(error.advice()).contains(number), error.what());
        }
    }

    void theModelsOwnTextFollowsTheSeed()
    {
        Progress progress;
        const auto variant = infer::Variant::original(disturbed(0), m_executor, progress);
        const auto a = ownText(variant, m_tokenizer, 90, 7, m_executor, progress);
        QCOMPARE(a.size(), std::size_t(90));
        QVERIFY(a == ownText(variant, m_tokenizer, 90, 7, m_executor, progress));
        QVERIFY(a != ownText(variant, m_tokenizer, 90, 8, m_executor, progress));
        QVERIFY(std::ranges::all_of(a, [](token::Id id) { return id >= 0 && id < 61; }));
    }
};

QTEST_APPLESS_MAIN(TestVariantsRun)
#include "tst_variants_run.moc"
