// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/gguf_writer.h"
#include "core/plan/output_header.h"
#include "core/plan/plan.h"
#include "tests/plan/made_model.h"

#include <QTest>

#include <optional>

using namespace halftone;
using plan::Reason;
using quant::Type;
using test::shapeOf;
using test::tensorOf;

namespace {

model::Model smallModel()
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("general.file_type", std::uint32_t(1));
    metadata.set("split.count", std::uint16_t(2));
    metadata.set("llama.block_count", std::uint32_t(2));
    metadata.set("tokenizer.ggml.tokens", model::Array(std::vector<std::string>{"a", "bc", ""}));
    metadata.set("tokenizer.ggml.scores", model::Array(std::vector<float>{0, 1, 2}));
    metadata.set("general.license", std::string("cc0"));
    return test::modelOf(metadata, {
        tensorOf("token_embd.weight", Type::F16, shapeOf({256, 64})),
        tensorOf("output_norm.weight", Type::F32, shapeOf({256})),
        tensorOf("blk.0.attn_q.weight", Type::F16, shapeOf({256, 256})),
        tensorOf("blk.0.ffn_down.weight", Type::F16, shapeOf({96, 256})),
        tensorOf("blk.1.attn_q.weight", Type::F16, shapeOf({256, 256})),
        tensorOf("blk.1.ffn_down.weight", Type::F16, shapeOf({40, 256})),
        tensorOf("blk.1.table.weight", Type::I32, shapeOf({32, 2})),
    });
}

const plan::Choice& choiceOf(const plan::Plan& plan, const model::Model& model, std::string_view name)
{
    return plan.choices.at(std::size_t(model.find(name) - model.tensors().data()));
}

std::optional<ErrorCode> refusal(const plan::Recipe& recipe, std::string_view named)
{
    try {
        plan::makePlan(smallModel(), recipe);
        return std::nullopt;
    } catch (const Error& error) {
        return std::string_view(error.what()).find(named) == std::string_view::npos ? std::nullopt : std::optional(error.code());
    }
}

}  // namespace

class TestPlan : public QObject {
    Q_OBJECT
private slots:
    void exactBeatsRulesBeatBase();
    void firstMatchingRuleWins();
    void wearsABadgeWhereTheRowDoesNotFit();
    void copiesWhatItCannotRead();
    void refusesWhatMakesNoSense();
    void boundsCostlyPatterns();
    void remarksWhatHadNoEffect();
    void keepsMetadataAndAddsItsOwn();
    void addsNothingToAnUnchangedModel();
    void knowsTheExactSize_data();
    void knowsTheExactSize();
};

void TestPlan::exactBeatsRulesBeatBase()
{
    const model::Model model = smallModel();
    const plan::Recipe recipe{.base = "pure:Q4_0", .rules = {{"ATTN_q", Type::Q8_0}}, .exact = {{"blk.1.attn_q.weight", Type::Q2_K}}};
    const plan::Plan plan = plan::makePlan(model, recipe);
    QCOMPARE(choiceOf(plan, model, "token_embd.weight").type, Type::Q4_0);
    QCOMPARE(choiceOf(plan, model, "token_embd.weight").reason, Reason::Pure);
    QCOMPARE(choiceOf(plan, model, "blk.0.attn_q.weight").type, Type::Q8_0);
    QCOMPARE(choiceOf(plan, model, "blk.0.attn_q.weight").reason, Reason::Rule);
    QCOMPARE(choiceOf(plan, model, "blk.0.attn_q.weight").rule, 0);
    QCOMPARE(choiceOf(plan, model, "blk.1.attn_q.weight").type, Type::Q2_K);
    QCOMPARE(choiceOf(plan, model, "blk.1.attn_q.weight").reason, Reason::Exact);
    QCOMPARE(choiceOf(plan, model, "output_norm.weight").type, Type::F32);
    QCOMPARE(choiceOf(plan, model, "output_norm.weight").reason, Reason::NotQuantizable);
}

void TestPlan::firstMatchingRuleWins()
{
    const model::Model model = smallModel();
    const plan::Plan plan = plan::makePlan(model, {.rules = {{"^x", Type::Q2_K}, {"blk\\.[01]\\.attn", Type::Q5_1}, {"attn", Type::Q8_0}}});
    QCOMPARE(choiceOf(plan, model, "blk.1.attn_q.weight").type, Type::Q5_1);
    QCOMPARE(choiceOf(plan, model, "blk.1.attn_q.weight").rule, 1);
    QCOMPARE(choiceOf(plan, model, "token_embd.weight").reason, Reason::KeepsSource);
}

void TestPlan::wearsABadgeWhereTheRowDoesNotFit()
{
    const model::Model model = smallModel();
    const plan::Plan plan = plan::makePlan(model, {.base = "pure:Q4_K"});
    const plan::Choice& by32 = choiceOf(plan, model, "blk.0.ffn_down.weight");
    QCOMPARE(by32.type, Type::Q5_0);
    QCOMPARE(by32.wanted, Type::Q4_K);
    QVERIFY(by32.fallback);
    QCOMPARE(by32.bytes, std::uint64_t(3 * 22 * 256));
    const plan::Choice& by8 = choiceOf(plan, model, "blk.1.ffn_down.weight");
    QCOMPARE(by8.type, Type::F16);
    QVERIFY(by8.fallback);
    QVERIFY(!choiceOf(plan, model, "blk.0.attn_q.weight").fallback);
    QCOMPARE(plan.fallbacks, 2);
}

void TestPlan::copiesWhatItCannotRead()
{
    const model::Model model = smallModel();
    const plan::Plan plan = plan::makePlan(model, {.base = "Q8_0"});
    QCOMPARE(choiceOf(plan, model, "blk.1.table.weight").type, Type::I32);
    QCOMPARE(choiceOf(plan, model, "blk.1.table.weight").reason, Reason::Impossible);
}

void TestPlan::refusesWhatMakesNoSense()
{
    QCOMPARE(refusal({.base = "Q4_K_XXL"}, "Q4_K_XXL"), ErrorCode::Usage);
    QCOMPARE(refusal({.base = "pure:Q99"}, "Q99"), ErrorCode::Usage);
    QCOMPARE(refusal({.base = "pure:Q8_K"}, "Q8_K"), ErrorCode::Usage);
    QCOMPARE(refusal({.rules = {{"a(b", Type::Q8_0}}}, "a(b"), ErrorCode::Usage);
    QCOMPARE(refusal({.rules = {{"attn", Type::Q8_1}}}, "Q8_1"), ErrorCode::Usage);
    QCOMPARE(refusal({.exact = {{"blk.0.attn_q.weight", Type::I64}}}, "blk.0.attn_q.weight"), ErrorCode::Usage);
}

void TestPlan::boundsCostlyPatterns()
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    const model::Model model = test::modelOf(metadata, {tensorOf(std::string(60, 'a') + "b.weight", Type::F16, shapeOf({256, 2}))});
    try {
        plan::makePlan(model, {.rules = {{"^(a+)+$", Type::Q8_0}}});
        QFAIL("it was matched");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::Usage);
    }
}

void TestPlan::remarksWhatHadNoEffect()
{
    const plan::Plan plan = plan::makePlan(smallModel(), {.base = "Q8_0",
                                                          .rules = {{"atn_q", Type::Q8_0}, {"attn_q", Type::Q8_0}},
                                                          .exact = {{"blk.9.attn_q.weight", Type::Q8_0}, {"output_norm.weight", Type::Q8_0}}});
    QCOMPARE(plan.remarks.size(), std::size_t(3));
    QVERIFY(plan.remarks[0].find("atn_q") != std::string::npos);
    QVERIFY(plan::makePlan(smallModel(), {.base = "Q8_0"}).remarks.empty());
}

void TestPlan::keepsMetadataAndAddsItsOwn()
{
    const model::Model model = smallModel();
    const model::Metadata metadata = plan::outputMetadata(model, plan::makePlan(model, {.name = "mine", .base = "Q4_K_S"}));
    QStringList keys;
    for (const auto& entry : metadata.entries())
        keys << QString::fromStdString(entry.key);
    QCOMPARE(keys, QStringList({"general.architecture", "general.file_type", "llama.block_count", "tokenizer.ggml.tokens", "tokenizer.ggml.scores",
                                "general.license", "general.quantization_version", "halftone.recipe", "halftone.tensor_hash"}));
    QCOMPARE(metadata.integer("general.file_type"), std::int64_t(14));
    QCOMPARE(metadata.integer("general.quantization_version"), std::int64_t(2));
    QCOMPARE(plan::recipeFromJson(*metadata.string("halftone.recipe")).base, std::string("Q4_K_S"));

    const auto fileType = [&](const plan::Recipe& recipe) { return plan::outputMetadata(model, plan::makePlan(model, recipe)).integer("general.file_type"); };
    QCOMPARE(fileType({.base = "pure:Q4_K"}), std::int64_t(15));
    QCOMPARE(fileType({.base = "pure:Q8_0"}), std::int64_t(7));
    QCOMPARE(fileType({.exact = {{"blk.0.attn_q.weight", Type::Q8_0}}}), std::int64_t(1));
}

void TestPlan::addsNothingToAnUnchangedModel()
{
    const model::Model model = smallModel();
    const plan::Plan plan = plan::makePlan(model, {});
    QVERIFY(plan.unchanged);
    const model::Metadata metadata = plan::outputMetadata(model, plan);
    QVERIFY(!metadata.contains("halftone.recipe"));
    QVERIFY(!metadata.contains("general.quantization_version"));
    QVERIFY(!metadata.contains("split.count"));
    QCOMPARE(metadata.entries().size(), model.metadata().entries().size() - 1);
    QVERIFY(!plan::makePlan(model, {.base = "F16"}).unchanged);
}

void TestPlan::knowsTheExactSize_data()
{
    QTest::addColumn<QString>("base");
    for (const char* base : {"source", "Q2_K", "Q4_K_M", "Q8_0", "F32", "pure:Q6_K"})
        QTest::newRow(base) << base;
}

void TestPlan::knowsTheExactSize()
{
    QFETCH(QString, base);
    const model::Model model = smallModel();
    const plan::Plan plan = plan::makePlan(model, {.base = base.toStdString()});
    const std::vector<format::TensorHeader> headers = plan::outputHeaders(model, plan);
    QCOMPARE(plan.fileBytes, format::layoutGguf(plan::outputMetadata(model, plan), headers).fileBytes);
}

QTEST_APPLESS_MAIN(TestPlan)
#include "tst_plan.moc"
