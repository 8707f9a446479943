// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/preset.h"
#include "core/plan/quantizable.h"
#include "core/plan/quantize_arguments.h"
#include "tests/plan/made_model.h"

#include <QtTest>

#include <algorithm>
#include <regex>

using namespace halftone;
using quant::Type;

namespace {

/// Rows of 256 and 512 weights, and of 96, which fit no block of 256.
model::Model madeModel(int layers, Type source = Type::F16)
{
    std::vector<model::Tensor> tensors{test::tensorOf("token_embd.weight", source, test::shapeOf({256, 999})),
                                       test::tensorOf("output_norm.weight", Type::F32, test::shapeOf({256})),
                                       test::tensorOf("output.weight", source, test::shapeOf({256, 999})),
                                       test::tensorOf("Odd=Name.weight", source, test::shapeOf({256, 64}))};
    for (int i = 0; i < layers; ++i) {
        const std::string block = "blk." + std::to_string(i) + ".";
        tensors.push_back(test::tensorOf(block + "attn_q.weight", source, test::shapeOf({256, 256})));
        tensors.push_back(test::tensorOf(block + "attn_v.weight", source, test::shapeOf({256, 64})));
        tensors.push_back(test::tensorOf(block + "attn_output.weight", source, test::shapeOf({96, 255})));
        tensors.push_back(test::tensorOf(block + "ffn_norm.weight", Type::F32, test::shapeOf({256})));
        tensors.push_back(test::tensorOf(block + "ffn_down.weight", source, test::shapeOf({512, 256})));
    }
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    return test::modelOf(std::move(metadata), std::move(tensors));
}

/// The value of a flag that comes once, or empty.
std::string valueOf(const std::vector<std::string>& options, std::string_view flag)
{
    const auto found = std::ranges::find(options, flag);
    return found == options.end() ? std::string() : *std::next(found);
}

/// What llama-quantize understands of "PATTERN=TYPE": cut at the first "=", the pattern in lower case.
std::pair<std::regex, Type> tensorType(const std::string& text)
{
    std::string pattern = text.substr(0, text.find('='));
    std::ranges::transform(pattern, pattern.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return {std::regex(pattern), quant::findType(std::string_view(text).substr(text.find('=') + 1))->type};
}

enum class Wins { First, Last };  // which of two patterns does, by release

/// The types that llama-quantize gives, over a base that its mixture leaves alone.
std::vector<Type> understood(const model::Model& model, const std::vector<std::string>& options, Wins wins)
{
    std::vector<Type> types;
    for (const model::Tensor& tensor : model.tensors()) {
        Type type = plan::quantizable(tensor) ? Type::Q8_0 : tensor.type;
        for (std::size_t k = 0; plan::quantizable(tensor) && k + 1 < options.size(); ++k) {
            if (options[k] != "--tensor-type")
                continue;
            const auto [pattern, wanted] = tensorType(options[k + 1]);
            if (!std::regex_search(tensor.name, pattern))
                continue;
            type = wanted;
            if (wins == Wins::First)
                break;
        }
        const std::string flag = valueOf(options,
                                         tensor.name == "token_embd.weight"   ? "--token-embedding-type"
                                             : tensor.name == "output.weight" ? "--output-tensor-type"
                                                                              : "none");
        if (!flag.empty())
            type = quant::findType(std::string_view(flag))->type;
        types.push_back(plan::quantizable(tensor) ? plan::fittingType(type, tensor.shape.columns()) : type);
    }
    return types;
}

std::vector<Type> typesOf(const plan::Plan& plan)
{
    std::vector<Type> types;
    for (const plan::Choice& choice : plan.choices)
        types.push_back(choice.type);
    return types;
}

}  // namespace

class TestQuantizeArguments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPresetStandsAlone()
    {
        const model::Model model = madeModel(8);
        for (const char* name : {"Q4_K_M", "Q2_K", "IQ4_XS", "F16"}) {
            const auto arguments = plan::quantizeArguments(model, plan::makePlan(model, {.base = name}));
            QVERIFY2(arguments.options.empty(), name);
            const plan::Plan said = plan::makePlan(model, {.base = arguments.base});
            QCOMPARE(typesOf(said), typesOf(plan::makePlan(model, {.base = name})));
        }
    }

    void theBaseUnderOptionsHasNoMixture()
    {
        const model::Model model = madeModel(8);
        QCOMPARE(typesOf(plan::makePlan(model, {.base = "Q8_0"})), typesOf(plan::makePlan(model, {.base = "pure:Q8_0"})));
    }

    void anyRecipeKeepsItsMeaning_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 20; ++seed)
            QTest::addRow("%d", seed) << seed;
    }

    void anyRecipeKeepsItsMeaning()
    {
        QFETCH(int, seed);
        const model::Model model = madeModel(13);  // layer 1 must not be taken for 10 to 12
        const Type types[] = {Type::Q2_K, Type::Q3_K, Type::Q4_K, Type::Q6_K, Type::Q8_0, Type::F16, Type::IQ4_NL};
        plan::Recipe recipe{.base = seed % 2 ? "source" : "Q4_K_M"};
        auto state = std::uint32_t(seed);
        for (const model::Tensor& tensor : model.tensors()) {
            state = state * 1664525u + 1013904223u;
            if (plan::quantizable(tensor) && (state >> 24) % 3 > 0)
                recipe.exact[tensor.name] = types[(state >> 16) % std::size(types)];
        }
        const plan::Plan plan = plan::makePlan(model, recipe);
        const auto arguments = plan::quantizeArguments(model, plan);
        QCOMPARE(arguments.base, std::string("Q8_0"));
        QCOMPARE(understood(model, arguments.options, Wins::First), typesOf(plan));
        QCOMPARE(understood(model, arguments.options, Wins::Last), typesOf(plan));
    }

    void layersOfOneTypeShareAPattern()
    {
        const model::Model model = madeModel(4);
        plan::Recipe recipe{.base = "pure:Q4_K"};
        recipe.exact["blk.0.attn_v.weight"] = recipe.exact["blk.2.attn_v.weight"] = Type::Q6_K;
        const auto options = plan::quantizeArguments(model, plan::makePlan(model, recipe)).options;
        QVERIFY(std::ranges::count(options, "^blk\\.(0|2)\\.attn_v\\.weight$=Q6_K") == 1);
        QVERIFY(std::ranges::count(options, "^blk\\.[0-9]+\\.attn_q\\.weight$=Q4_K") == 1);
        QCOMPARE(valueOf(options, "--output-tensor-type"), std::string("Q4_K"));
        QCOMPARE(valueOf(options, "--token-embedding-type"), std::string("Q4_K"));
    }

    void nothingToChangeIsACopy()
    {
        const model::Model model = madeModel(2);
        QCOMPARE(plan::quantizeArguments(model, plan::makePlan(model, {})).base, std::string("COPY"));
    }

    void quantizedSourcesAreSaidToBeWanted()
    {
        const model::Model model = madeModel(2, Type::Q8_0);
        const auto arguments = plan::quantizeArguments(model, plan::makePlan(model, {.base = "pure:Q4_K"}));
        QVERIFY(std::ranges::count(arguments.options, "--allow-requantize") == 1);
    }

    void theCommandSurvivesAShell()
    {
        const plan::QuantizeArguments arguments{{"--tensor-type", "^blk\\.(0|1)\\.attn_v\\.weight$=Q6_K"}, "Q8_0"};
        QCOMPARE(plan::quantizeCommand(arguments, "my model's.gguf", "out.gguf", "i.gguf"),
                 std::string("llama-quantize --imatrix i.gguf --tensor-type '^blk\\.(0|1)\\.attn_v\\.weight$=Q6_K' 'my model'\\''s.gguf' "
                             "out.gguf Q8_0"));
    }
};

QTEST_APPLESS_MAIN(TestQuantizeArguments)
#include "tst_quantize_arguments.moc"
