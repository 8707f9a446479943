// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/plan/recipe.h"

#include <QTest>

using namespace halftone;
using quant::Type;

class TestRecipe : public QObject {
    Q_OBJECT
private slots:
    void survivesTheWayToJsonAndBack();
    void refusesWhatIsNoRecipe_data();
    void refusesWhatIsNoRecipe();
    void keepsNoPathInAModelFile();
};

void TestRecipe::survivesTheWayToJsonAndBack()
{
    const plan::Recipe recipe{.name = "mein Plan ½",
                              .base = "Q4_K_M",
                              .rules = {{"attn_(q|k)", Type::Q8_0}, {"\\.ffn_up\\.", Type::Q2_K}},
                              .exact = {{"output.weight", Type::F16}, {"blk.0.attn_v.weight", Type::Q6_K}},
                              .pins = {"token_embd.weight"}};
    QCOMPARE(plan::recipeFromJson(plan::toJson(recipe)), recipe);
    QCOMPARE(plan::recipeFromJson(plan::toJson({})), plan::Recipe{});
}

void TestRecipe::refusesWhatIsNoRecipe_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("named");
    const QByteArray start = R"({"format":"halftone-recipe","version":1,"base":"Q8_0")";
    QTest::newRow("no JSON") << QByteArray("{\"format\":") << QByteArray("byte");
    QTest::newRow("empty") << QByteArray() << QByteArray("JSON");
    QTest::newRow("no object") << QByteArray("[]") << QByteArray("object");
    QTest::newRow("other format") << QByteArray(R"({"format":"x","version":1,"base":"Q8_0"})") << QByteArray("format");
    QTest::newRow("other version") << QByteArray(R"({"format":"halftone-recipe","version":2,"base":"Q8_0"})") << QByteArray("version");
    QTest::newRow("no base") << QByteArray(R"({"format":"halftone-recipe","version":1})") << QByteArray("base");
    QTest::newRow("unknown key") << start + R"(,"rulez":[]})" << QByteArray("rulez");
    QTest::newRow("unknown key in a rule") << start + R"(,"rules":[{"pattern":"a","type":"Q8_0","typo":1}]})" << QByteArray("rules[0].typo");
    QTest::newRow("rule without a type") << start + R"(,"rules":[{"pattern":"a"}]})" << QByteArray("rules[0].type");
    QTest::newRow("unknown type") << start + R"(,"exact":{"output.weight":"Q9_K"}})" << QByteArray("exact.output.weight");
    QTest::newRow("type that is a number") << start + R"(,"exact":{"output.weight":8}})" << QByteArray("exact.output.weight");
    QTest::newRow("rules that are none") << start + R"(,"rules":{}})" << QByteArray("rules");
    QTest::newRow("pins that are none") << start + R"(,"pins":[1]})" << QByteArray("pins");
    QTest::newRow("said twice") << start + R"(,"base":"Q4_0"})" << QByteArray("base");
    QTest::newRow("deep") << start + ",\"exact\":" + QByteArray(100'000, '[') << QByteArray("deep");
    QTest::newRow("a number beyond all doubles") << start + R"(,"name":4e9696})" << QByteArray("too large");
    QTest::newRow("no UTF-8") << start + ",\"name\":\"\xff\"}" << QByteArray("byte");
}

void TestRecipe::refusesWhatIsNoRecipe()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, named);
    try {
        plan::recipeFromJson(json.toStdString());
        QFAIL("it was taken");
    } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::Malformed);
        QVERIFY2(QByteArray(error.what()).contains(named), error.what());
    }
}

void TestRecipe::keepsNoPathInAModelFile()
{
    const plan::Recipe recipe{.name = "/home/someone/secret/small.json", .base = "Q4_0", .pins = {"output.weight"}};
    const std::string embedded = plan::toEmbeddedJson(recipe);
    QVERIFY(embedded.find("someone") == embedded.npos);
    QVERIFY(embedded.find('\n') == embedded.npos);
    QCOMPARE(plan::recipeFromJson(embedded), (plan::Recipe{.name = "small.json", .base = "Q4_0"}));
}

QTEST_APPLESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
