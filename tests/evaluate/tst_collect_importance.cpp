// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of squared activations beside those of a plain forward pass in float64.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/collect_importance.h"
#include "core/evaluate/importance_collector.h"
#include "core/infer/context.h"
#include "core/infer/product_observer.h"
#include "core/infer/variant.h"
#include "tests/evaluate/bos_only.h"
#include "tests/infer/reference_llama.h"

#include <QtTest>

#include <limits>
#include <numeric>
#include <stdexcept>

using namespace halftone;
using namespace halftone::evaluate;
using halftone::test::BosOnly;
using halftone::test::Design;

Q_DECLARE_METATYPE(halftone::test::Design)

namespace {

constexpr std::size_t kWindow = 16;

std::vector<token::Id> text(std::size_t length)
{
    std::vector<token::Id> ids(length);
    for (std::size_t i = 0; i < length; ++i)
        ids[i] = token::Id((i * i * 11 + 5 * i + 3) % 61);
    return ids;
}

/// What llama-imatrix does, written out: BOS before the text, whole windows, the first token of each replaced by BOS.
std::map<std::string, std::vector<double>> expectedSums(const test::MadeModel& made, std::vector<token::Id> ids, std::size_t length,
                                                        bool bos)
{
    if (bos)
        ids.insert(ids.begin(), 1);
    const test::ReferenceLlama reference(made, test::ReferenceLlama::Cache::Halves);
    for (std::size_t begin = 0; begin + length <= ids.size(); begin += length) {
        std::vector<int> window(ids.begin() + std::ptrdiff_t(begin), ids.begin() + std::ptrdiff_t(begin + length));
        if (bos)
            window[0] = 1;
        reference.run(window);
    }
    return reference.squaredInputs();
}

/// Columns that differ by more than rounding explains. Keys and values are kept as halves: where one lies on the border between
/// two, ours may round the other way, 2^-11 of it and 2^-10 of its square. The rest is single precision.
std::size_t differing(const std::vector<float>& ours, const std::vector<double>& expected)
{
    const double mean = std::accumulate(expected.begin(), expected.end(), 0.0) / double(expected.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        count += std::abs(double(ours[i]) - expected[i]) > expected[i] / 1024 + 1e-4 * mean;
    return count;
}

/// Notes names, and throws at the one it is told.
class Names : public infer::ProductObserver {
public:
    void observe(const infer::ProductInput& input) override
    {
        names << QString::fromUtf8(input.weight.data(), qsizetype(input.weight.size()));
        if (input.weight == stopAt)
            throw std::runtime_error("enough");
    }
    QStringList names;
    std::string stopAt;
};

}  // namespace

class TestCollectImportance : public QObject {
    Q_OBJECT

    Executor m_executor{3};
    Progress m_progress;

    std::shared_ptr<const infer::Variant> variantOf(const test::MadeModel& made)
    {
        return infer::Variant::original(made.model(), m_executor, m_progress);
    }
    plan::ImportanceSums collect(const test::MadeModel& made, std::size_t length, bool bos, bool output = false, int threads = 3)
    {
        return collectImportance(variantOf(made), BosOnly(bos), text(length), {.windows = {.window = kWindow}, .output = output},
                                 Executor(threads), m_progress);
    }

private Q_SLOTS:
    void sumsEqualAPlainForwardPass_data()
    {
        QTest::addColumn<Design>("design");
        QTest::addColumn<bool>("bos");
        QTest::addColumn<int>("window");
        QTest::newRow("plain") << Design{} << true << int(kWindow);
        QTest::newRow("without BOS") << Design{} << false << int(kWindow);
        QTest::newRow("biases") << Design{.biases = true} << true << int(kWindow);
        QTest::newRow("tied output") << Design{.tied = true} << true << int(kWindow);
        QTest::newRow("windows of two batches") << Design{.contextLength = 700} << true << 600;
    }
    void sumsEqualAPlainForwardPass()
    {
        QFETCH(Design, design);
        QFETCH(bool, bos);
        QFETCH(int, window);
        const auto made = test::ModelMaker::make(design);
        const auto length = std::size_t(window);
        const auto ids = text(2 * length + 5);
        const auto sums =
            collectImportance(variantOf(made), BosOnly(bos), ids, {.windows = {.window = length}, .output = true}, m_executor, m_progress);
        const auto expected = expectedSums(made, ids, length, bos);
        QCOMPARE(sums.chunks, std::uint64_t(2));
        QCOMPARE(sums.chunkTokens, std::uint32_t(length));
        QCOMPARE(sums.tensors.size(), std::size_t(design.layers * 7 + (design.tied ? 0 : 1)));
        for (const auto& [name, entry] : sums.tensors) {
            QVERIFY2(expected.contains(name), name.c_str());
            QCOMPARE(entry.counts, std::vector<float>{float(2 * length)});
            QCOMPARE(entry.sums.size(), expected.at(name).size());
            QVERIFY2(differing(entry.sums, expected.at(name)) == 0, name.c_str());
        }
    }

    void eachExpertHasTheSumsOfItsOwnTokens()
    {
        const auto made = test::ModelMaker::make({.experts = 6, .expertsUsed = 2, .expertWidth = 48});
        const auto sums = collect(made, 5 * kWindow, false);
        const auto expected = expectedSums(made, text(5 * kWindow), kWindow, false);
        for (const std::string name : {"blk.1.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight", "blk.1.ffn_down_exps.weight"}) {
            const auto& entry = sums.tensors.at(name);
            QCOMPARE(entry.counts.size(), std::size_t(6));
            QCOMPARE(std::accumulate(entry.counts.begin(), entry.counts.end(), 0.0f), 2.0f * 5 * kWindow);
            QCOMPARE(entry.sums.size(), expected.at(name).size());
            QVERIFY2(differing(entry.sums, expected.at(name)) == 0, name.c_str());
        }
        QCOMPARE(sums.tensors.at("blk.1.ffn_gate_inp.weight").counts, std::vector<float>{5.0f * kWindow});
    }

    void outputIsLeftOutUnlessAskedFor()
    {
        const auto made = test::ModelMaker::make({});
        QVERIFY(!collect(made, 40, true).tensors.contains("output.weight"));
        QVERIFY(collect(made, 40, true, true).tensors.contains("output.weight"));
        QVERIFY(!collect(made, 40, true, true).tensors.contains("token_embd.weight"));
    }

    void matricesThatShareAnInputHaveTheSameSums()
    {
        const auto sums = collect(test::ModelMaker::make({}), 40, true);
        QVERIFY(sums.tensors.at("blk.1.attn_q.weight").sums == sums.tensors.at("blk.1.attn_k.weight").sums);
        QVERIFY(sums.tensors.at("blk.1.attn_q.weight").sums == sums.tensors.at("blk.1.attn_v.weight").sums);
        QVERIFY(sums.tensors.at("blk.1.ffn_up.weight").sums == sums.tensors.at("blk.1.ffn_gate.weight").sums);
        QVERIFY(sums.tensors.at("blk.1.ffn_up.weight").sums != sums.tensors.at("blk.1.attn_q.weight").sums);
    }

    void theSameBitsForAnyNumberOfThreads()
    {
        const auto made = test::ModelMaker::make({.width = 640, .ffnWidth = 1536});
        const auto one = collect(made, 70, true, true, 1), four = collect(made, 70, true, true, 4);
        for (const auto& [name, entry] : one.tensors)
            QVERIFY2(entry.sums == four.tensors.at(name).sums, name.c_str());
    }

    void expertsAreSummedApart()
    {
        ImportanceCollector collector(m_executor);
        const std::vector<float> first{1, 2, 3, 4}, second{5, 6}, dense{7, 8};
        collector.observe({.weight = "blk.0.ffn_up_exps.weight", .rows = first, .columns = 2, .expert = 2, .experts = 3});
        collector.observe({.weight = "blk.0.ffn_up_exps.weight", .rows = second, .columns = 2, .expert = 0, .experts = 3});
        collector.observe({.weight = "blk.0.ffn_up_exps.weight", .rows = second, .columns = 2, .expert = 0, .experts = 3});
        collector.observe({.weight = "blk.0.attn_q.weight", .rows = dense, .columns = 2});
        const auto tensors = collector.result();
        QVERIFY((tensors.at("blk.0.ffn_up_exps.weight").sums == std::vector<float>{50, 72, 0, 0, 10, 20}));
        QVERIFY((tensors.at("blk.0.ffn_up_exps.weight").counts == std::vector<float>{2, 0, 2}));
        QVERIFY((tensors.at("blk.0.attn_q.weight").sums == std::vector<float>{49, 64}));
    }

    void progressCountsEveryToken()
    {
        collect(test::ModelMaker::make({}), 3 * kWindow + 5, true);
        const auto snapshot = m_progress.snapshot();
        QCOMPARE(snapshot.total, std::uint64_t(3 * kWindow));
        QCOMPARE(snapshot.done, snapshot.total);
        QCOMPARE(snapshot.unit, Unit::Tokens);
    }

    void cancelStopsIt()
    {
        const auto variant = variantOf(test::ModelMaker::make({}));
        Progress progress;
        progress.cancel();
        try {
            collectImportance(variant, BosOnly(true), text(40), {.windows = {.window = kWindow}}, m_executor, progress);
            QFAIL("it went on");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
    }

    void activationsThatAreNoNumbersAreRefusedByName()
    {
        auto made = test::ModelMaker::make({});
        auto& norm = made.weights.at("blk.0.ffn_norm.weight");
        norm[3] = std::numeric_limits<float>::infinity();
        made.tensor("blk.0.ffn_norm.weight").data = std::as_bytes(std::span(norm));
        try {
            collect(made, 40, true);
            QFAIL("it was accepted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Malformed);
            QVERIFY(error.place().starts_with("tensor blk."));
        }
    }

    void anObserverSeesEveryProductAndIsForgottenAfterwards()
    {
        infer::Context context(variantOf(test::ModelMaker::make({.layers = 1})), 32, m_executor);
        const auto ids = text(8);
        Names names;
        context.observe(ids, names, true, m_progress);
        const QString block = "blk.0.";
        QCOMPARE(names.names,
                 (QStringList{block + "attn_k.weight", block + "attn_v.weight", block + "attn_q.weight", block + "attn_output.weight",
                              block + "ffn_gate.weight", block + "ffn_up.weight", block + "ffn_down.weight", "output.weight"}));
        QCOMPARE(context.position(), std::size_t(8));
        names.stopAt = "blk.0.ffn_up.weight";
        context.clear();
        QVERIFY_EXCEPTION_THROWN(context.observe(ids, names, true, m_progress), std::runtime_error);
        names.names.clear();
        context.clear();
        context.evaluate(ids, 1, m_progress);
        QVERIFY(names.names.isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestCollectImportance)
#include "tst_collect_importance.moc"
