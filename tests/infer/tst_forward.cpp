// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "tests/infer/designs.h"
#include "tests/infer/reference_llama.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::infer;
using halftone::test::Design;

Q_DECLARE_METATYPE(halftone::test::Design)

namespace {

std::vector<token::Id> text(std::size_t length, std::uint32_t vocabulary)
{
    std::vector<token::Id> ids(length);
    for (std::size_t i = 0; i < length; ++i)
        ids[i] = token::Id((i * i * 7 + 3 * i + 5) % vocabulary);
    return ids;
}

constexpr double kTolerance = 1e-4;
/// A key on the border between two halves may round either way, 5e-4 of one element; less is left of it in the logits.
constexpr double kHalvesTolerance = 2e-4;

/// Largest difference over the largest logit.
double relativeError(std::span<const float> ours, std::span<const double> expected)
{
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        worst = std::max(worst, std::abs(double(ours[i]) - expected[i]));
        largest = std::max(largest, std::abs(expected[i]));
    }
    return worst / largest;
}

}  // namespace

class TestForward : public QObject {
    Q_OBJECT

    Executor m_executor{3};
    Progress m_progress;

    std::shared_ptr<const Variant> variantOf(const test::MadeModel& made)
    {
        return Variant::original(made.model(), m_executor, m_progress);
    }
    std::vector<float> logits(Context& context, std::span<const token::Id> ids, std::size_t wanted)
    {
        const auto rows = context.evaluate(ids, wanted, m_progress);
        return {rows.begin(), rows.end()};
    }

private Q_SLOTS:
    void logitsEqualAPlainForwardPass_data()
    {
        QTest::addColumn<Design>("design");
        QTest::newRow("plain") << Design{};
        QTest::newRow("tied output") << Design{.tied = true};
        QTest::newRow("biases") << Design{.biases = true};
        QTest::newRow("a key-value head for each head") << Design{.kvHeads = 4};
        QTest::newRow("one key-value head") << Design{.heads = 6, .kvHeads = 1, .keySize = 32, .valueSize = 32};
        QTest::newRow("scaling none ignores the factor") << Design{.scaling = "none", .factor = 4};
        QTest::newRow("linear scaling") << Design{.scaling = "linear", .factor = 4};
        QTest::newRow("yarn") << Design{.keySize = 32, .scaling = "yarn", .factor = 8, .originalContext = 64};
        QTest::newRow("yarn over the trained context") << Design{.scaling = "yarn", .factor = 2};
        QTest::newRow("yarn with bounds of its own") << Design{
            .keySize = 32, .ropeBase = 10000, .scaling = "yarn", .factor = 4, .originalContext = 64, .betaFast = 8, .betaSlow = 0.5f};
        QTest::newRow("yarn by half") << Design{
            .keySize = 32, .scaling = "yarn", .factor = 4, .originalContext = 64, .extrapolation = 0.5f};
        QTest::newRow("yarn without a ramp") << Design{
            .scaling = "yarn", .factor = 4, .originalContext = 64, .attentionFactor = 1.1f, .extrapolation = 0, .yarnAttention = 0.9f};
        QTest::newRow("yarn of a part of the head") << Design{.architecture = "stablelm",
                                                              .queryBiases = true,
                                                              .halvesTurn = true,
                                                              .layerNorm = true,
                                                              .rotated = 8,
                                                              .scaling = "yarn",
                                                              .factor = 4};
        QTest::newRow("longrope") << Design{.architecture = "phi3",
                                            .halvesTurn = true,
                                            .fusedQueries = true,
                                            .fusedGates = true,
                                            .scaling = "longrope",
                                            .originalContext = 64,
                                            .attentionFactor = 1.2f,
                                            .contextFactors = true};
        QTest::newRow("llama 3 factors") << Design{.tied = true, .ropeFactors = true};
        QTest::newRow("qwen2") << Design{.architecture = "qwen2", .queryBiases = true, .halvesTurn = true};
        QTest::newRow("qwen2 tied") << Design{
            .architecture = "qwen2", .kvHeads = 1, .keySize = 16, .valueSize = 16, .tied = true, .queryBiases = true, .halvesTurn = true};
        QTest::newRow("qwen2 with yarn") << Design{.architecture = "qwen2",
                                                   .keySize = 32,
                                                   .queryBiases = true,
                                                   .halvesTurn = true,
                                                   .scaling = "yarn",
                                                   .factor = 4,
                                                   .originalContext = 64};
        QTest::newRow("qwen3") << Design{.architecture = "qwen3", .headNorms = true, .halvesTurn = true};
        QTest::newRow("qwen3 with heads wider than the stream") << Design{
            .architecture = "qwen3", .kvHeads = 4, .keySize = 32, .valueSize = 32, .tied = true, .headNorms = true, .halvesTurn = true};
        QTest::newRow("mixtral") << Design{.experts = 8, .expertsUsed = 2};
        QTest::newRow("mixtral with biases") << Design{.biases = true, .experts = 4, .expertsUsed = 3, .expertWidth = 80};
        QTest::newRow("one expert of all") << Design{.experts = 6, .expertsUsed = 1};
        QTest::newRow("all experts") << Design{.experts = 3, .expertsUsed = 3};
        QTest::newRow("qwen2moe") << Design{.architecture = "qwen2moe",
                                            .queryBiases = true,
                                            .halvesTurn = true,
                                            .experts = 8,
                                            .expertsUsed = 4,
                                            .expertWidth = 40,
                                            .sharedWidth = 72,
                                            .plainExpertWeights = true};
        QTest::newRow("qwen3moe") << Design{
            .architecture = "qwen3moe", .headNorms = true, .halvesTurn = true, .experts = 16, .expertsUsed = 5, .expertWidth = 24};
        for (const auto& [name, design] : test::moreArchitectures())
            QTest::newRow(name) << design;
        QTest::newRow("factors and linear scaling") << Design{.scaling = "linear", .factor = 2, .ropeFactors = true};
    }
    void logitsEqualAPlainForwardPass()
    {
        QFETCH(Design, design);
        const auto made = test::ModelMaker::make(design);
        const auto ids = text(75, design.vocabulary);
        const auto expected = test::ReferenceLlama(made, test::ReferenceLlama::Cache::Exact).run({ids.begin(), ids.end()});
        Context context(variantOf(made), 0, m_executor, KvType::F32);
        const auto ours = logits(context, ids, ids.size());
        QCOMPARE(ours.size(), ids.size() * design.vocabulary);
        for (std::size_t t = 0; t < ids.size(); ++t) {
            const double error = relativeError(std::span(ours).subspan(t * design.vocabulary, design.vocabulary), expected[t]);
            QVERIFY2(error < kTolerance, qPrintable(QString("token %1: %2").arg(t).arg(error)));
        }
    }

    void aCacheOfHalvesRoundsAsTheReferenceDoes_data()
    {
        QTest::addColumn<Design>("design");
        QTest::newRow("llama") << Design{};
        for (const auto& [name, design] : moreArchitectures())
            QTest::newRow(name) << design;
    }
    void aCacheOfHalvesRoundsAsTheReferenceDoes()
    {
        QFETCH(Design, design);
        const auto made = test::ModelMaker::make(design);
        const auto ids = text(75, design.vocabulary);
        const auto expected = test::ReferenceLlama(made, test::ReferenceLlama::Cache::Halves).run({ids.begin(), ids.end()});
        Context context(variantOf(made), 0, m_executor);
        const auto ours = logits(context, ids, ids.size());
        for (std::size_t t = 0; t < ids.size(); ++t)
            QVERIFY(relativeError(std::span(ours).subspan(t * design.vocabulary, design.vocabulary), expected[t]) < kHalvesTolerance);
    }

    void fewerBitsInTheCacheCostWhatTheirRoundingSays_data()
    {
        QTest::addColumn<Design>("design");
        QTest::newRow("llama") << Design{};
        QTest::newRow("heads of several blocks") << Design{.keySize = 72, .valueSize = 80};
        for (const auto& [name, design] : moreArchitectures())
            if (design.experts == 0)  // a little difference can choose another expert
                QTest::newRow(name) << design;
    }
    /// A half is off by 2^-11 of itself at most, a byte by 1/254 of its block's largest. Every layer rounds a key and a value.
    void fewerBitsInTheCacheCostWhatTheirRoundingSays()
    {
        QFETCH(Design, design);
        const auto made = test::ModelMaker::make(design);
        const auto variant = variantOf(made);
        const auto ids = text(75, design.vocabulary);
        const auto errorOf = [&](KvType type) {
            Context floats(variant, 0, m_executor, KvType::F32), rounded(variant, 0, m_executor, type);
            const auto expected = logits(floats, ids, ids.size());
            return relativeError(logits(rounded, ids, ids.size()), std::vector<double>(expected.begin(), expected.end()));
        };
        const double halves = errorOf(KvType::F16), bytes = errorOf(KvType::Q8_0);
        const double roundings = 2.0 * design.layers;
        QVERIFY2(halves > 0 && halves < roundings / 2048, qPrintable(QString::number(halves)));
        QVERIFY2(bytes > halves && bytes < roundings / 254, qPrintable(QString::number(bytes)));
    }

    void aBatchEqualsOneTokenAtATime_data()
    {
        QTest::addColumn<Design>("design");
        QTest::newRow("llama") << Design{};
        QTest::newRow("mixture") << Design{.experts = 8, .expertsUsed = 3};
        for (const auto& [name, design] : test::moreArchitectures())
            QTest::newRow(name) << design;
    }
    void aBatchEqualsOneTokenAtATime()
    {
        QFETCH(Design, design);
        const auto made = test::ModelMaker::make(design);
        const auto variant = variantOf(made);
        const auto ids = text(70, made.design.vocabulary);
        Context batch(variant, 0, m_executor), single(variant, 0, m_executor);
        const auto all = logits(batch, ids, ids.size());
        for (std::size_t t = 0; t < ids.size(); ++t) {
            const auto one = logits(single, std::span(ids).subspan(t, 1), 1);
            const std::vector<double> row(all.begin() + std::ptrdiff_t(t * one.size()), all.begin() + std::ptrdiff_t((t + 1) * one.size()));
            QVERIFY(relativeError(one, row) < 1e-5);
        }
        QCOMPARE(single.position(), ids.size());
    }

    void onlyTheLogitsWantedComeBackAndTheyAreTheSame()
    {
        const auto made = test::ModelMaker::make({});
        const auto variant = variantOf(made);
        const auto ids = text(40, made.design.vocabulary);
        Context context(variant, 0, m_executor);
        const auto all = logits(context, ids, 40);
        for (const std::size_t wanted : {0u, 1u, 7u}) {
            context.clear();
            const auto some = logits(context, ids, wanted);
            QCOMPARE(some.size(), wanted * made.design.vocabulary);
            QVERIFY(std::equal(some.begin(), some.end(), all.end() - std::ptrdiff_t(some.size())));
        }
    }

    void aLongTextRunsInSeveralBatches()
    {
        const auto made = test::ModelMaker::make({.contextLength = 1300});
        const auto variant = variantOf(made);
        const auto ids = text(1300, made.design.vocabulary);
        Context whole(variant, 0, m_executor), parts(variant, 0, m_executor);
        const auto expected = logits(whole, ids, 800);
        logits(parts, std::span(ids).first(500), 0);
        const auto rest = logits(parts, std::span(ids).subspan(500), 800);
        QVERIFY(relativeError(rest, std::vector<double>(expected.begin(), expected.end())) < 1e-5);
    }

    void truncateForgetsWhatCameAfter()
    {
        const auto made = test::ModelMaker::make({});
        const auto variant = variantOf(made);
        const auto ids = text(50, made.design.vocabulary);
        Context fresh(variant, 0, m_executor), edited(variant, 0, m_executor);
        const auto expected = logits(fresh, ids, 1);
        logits(edited, std::span(ids).first(37), 0);
        logits(edited, std::span(ids).first(10), 0);
        edited.truncate(37);
        QCOMPARE(edited.position(), std::size_t(37));
        QCOMPARE(logits(edited, std::span(ids).subspan(37), 1), expected);
        edited.clear();
        QCOMPARE(logits(edited, ids, 1), expected);
    }

    void oneAndManyThreadsGiveTheSameLogits()
    {
        const auto made = test::ModelMaker::make({});
        const auto variant = variantOf(made);
        const auto ids = text(90, made.design.vocabulary);
        const Executor one(1), four(4);
        Context a(variant, 0, one), b(variant, 0, four);
        QCOMPARE(logits(a, ids, 90), logits(b, ids, 90));
    }

    void aFullContextSaysSo()
    {
        const auto made = test::ModelMaker::make({});
        Context context(variantOf(made), 16, m_executor);
        const auto ids = text(17, made.design.vocabulary);
        logits(context, std::span(ids).first(16), 1);
        QCOMPARE(context.capacity(), std::size_t(16));
        try {
            logits(context, std::span(ids).last(1), 1);
            QFAIL("one token too many was taken");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Usage);
            QVERIFY(error.problem().find("16") != std::string::npos);
        }
        QCOMPARE(context.position(), std::size_t(16));
    }

    void aTokenOutsideTheVocabularyIsRefused()
    {
        const auto made = test::ModelMaker::make({});
        Context context(variantOf(made), 0, m_executor);
        for (const token::Id id : {-1, int(made.design.vocabulary)})
            QVERIFY_THROWS_EXCEPTION(Error, logits(context, std::vector<token::Id>{id}, 1));
    }

    void aCancelStopsAndTheContextStaysUsable()
    {
        const auto made = test::ModelMaker::make({});
        Context context(variantOf(made), 0, m_executor);
        const auto ids = text(20, made.design.vocabulary);
        const auto expected = logits(context, ids, 1);
        context.clear();
        Progress cancelled;
        cancelled.cancel();
        try {
            context.evaluate(ids, 1, cancelled);
            QFAIL("a cancelled evaluation went on");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
        QCOMPARE(context.position(), std::size_t(0));
        QCOMPARE(logits(context, ids, 1), expected);
    }
};

QTEST_APPLESS_MAIN(TestForward)
#include "tst_forward.moc"
