// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/model.h"
#include "core/plan/decode_speed.h"
#include "tests/plan/made_model.h"

#include <QtTest>

#include <cmath>

using namespace halftone;
using quant::Type;

namespace {

const plan::DecodeSpeeds kSpeeds{.types = {{Type::F32, 8e9}, {Type::F16, 4e9}, {Type::Q8_0, 5e9}, {Type::Q4_K, 2e9}, {Type::IQ3_S, 1e8}},
                                 .otherSeconds = 1e-3,
                                 .memoryBytesPerSecond = 2e10};

model::Model madeModel(bool tied, bool experts)
{
    std::vector<model::Tensor> tensors{test::tensorOf("token_embd.weight", Type::F16, test::shapeOf({256, 1000}))};
    if (!tied)
        tensors.push_back(test::tensorOf("output.weight", Type::F16, test::shapeOf({256, 1000})));
    tensors.push_back(test::tensorOf("blk.0.attn_q.weight", Type::F16, test::shapeOf({256, 256})));
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    if (experts) {
        tensors.push_back(test::tensorOf("blk.0.ffn_gate_inp.weight", Type::F32, test::shapeOf({256, 8})));
        tensors.push_back(test::tensorOf("blk.0.ffn_up_exps.weight", Type::F16, test::shapeOf({256, 512, 8})));
        metadata.set("llama.expert_count", std::uint32_t(8));
        metadata.set("llama.expert_used_count", std::uint32_t(2));
    }
    return test::modelOf(std::move(metadata), std::move(tensors));
}

double seconds(const model::Model& model, const char* base)
{
    return plan::secondsPerToken(model, plan::makePlan(model, {.base = base}), kSpeeds);
}

bool near(double a, double b)
{
    return std::abs(a - b) <= 1e-12 * b;
}

}  // namespace

class TestDecodeSpeed : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timesOfWhatATokenReadsAddUp()
    {
        const model::Model model = madeModel(false, false);
        QVERIFY(near(seconds(model, "source"), 1e-3 + (256.0 * 1000 + 256 * 256) * 2 / 4e9));
        const double q4 = 256.0 * 256 * 144 / 256, q8 = 256.0 * 1000 * 34 / 32;
        QVERIFY(
            near(plan::secondsPerToken(model, plan::makePlan(model, {.rules = {{"attn", Type::Q4_K}, {"output", Type::Q8_0}}}), kSpeeds),
                 1e-3 + q4 / 2e9 + q8 / 5e9));
    }

    void anEmbeddingIsReadWholeOnlyWhereItIsTheOutput()
    {
        QCOMPARE(plan::readShares(madeModel(false, false)), (std::vector<double>{0, 1, 1}));
        QCOMPARE(plan::readShares(madeModel(true, false)), (std::vector<double>{1, 1}));
    }

    void ofExpertsOnlyThoseUsedAreRead()
    {
        const model::Model model = madeModel(true, true);
        QCOMPARE(plan::readShares(model), (std::vector<double>{1, 1, 1, 0.25}));
        QVERIFY(near(seconds(model, "source"), 1e-3 + (256.0 * 1000 + 256 * 256 + 256 * 512 * 8 * 0.25) * 2 / 4e9 + 256.0 * 8 * 4 / 8e9));
    }

    void whatWasNotMeasuredCountsAsTheSlowest()
    {
        QCOMPARE(kSpeeds.bytesPerSecond(Type::Q4_K), 2e9);
        QCOMPARE(kSpeeds.bytesPerSecond(Type::Q2_K), 1e8);
    }

    void typesThatTakeLongerThanEightBitsAreSlow()
    {
        // A weight in Q4_K takes 4.5 / 8 / 2e9 s, in Q8_0 8.5 / 8 / 5e9 s: longer.
        QCOMPARE(plan::fastTypes(kSpeeds), (std::vector<Type>{Type::F32, Type::F16, Type::Q8_0}));
        plan::DecodeSpeeds quick = kSpeeds;
        quick.types[3].bytesPerSecond = 3e9;
        QCOMPARE(plan::fastTypes(quick), (std::vector<Type>{Type::F32, Type::F16, Type::Q8_0, Type::Q4_K}));
    }

    void aFileGivesBackWhatWasMeasured()
    {
        const plan::DecodeSpeeds read = plan::decodeSpeedsFromJson(plan::toJson(kSpeeds));
        QCOMPARE(read.otherSeconds, kSpeeds.otherSeconds);
        QCOMPARE(read.memoryBytesPerSecond, kSpeeds.memoryBytesPerSecond);
        QCOMPARE(read.types.size(), kSpeeds.types.size());
        for (std::size_t i = 0; i < read.types.size(); ++i) {
            QCOMPARE(read.types[i].type, kSpeeds.types[i].type);
            QCOMPARE(read.types[i].bytesPerSecond, kSpeeds.types[i].bytesPerSecond);
        }
    }

    void aFileOfAnEarlierProgramKnowsNothingOfTheMemory()
    {
        const std::string json = plan::toJson({.types = {{Type::Q8_0, 5}}, .otherSeconds = 2});
        QVERIFY(json.find("memory") == std::string::npos);
        QCOMPARE(plan::decodeSpeedsFromJson(json).memoryBytesPerSecond, 0.0);
    }

    void brokenFilesAreRefused_data()
    {
        QTest::addColumn<QString>("json");
        const QString good =
            QString::fromStdString(plan::toJson({.types = {{Type::Q8_0, 5}}, .otherSeconds = 2, .memoryBytesPerSecond = 7}));
        QTest::newRow("nothing") << QString();
        QTest::newRow("no object") << QStringLiteral("[1]");
        QTest::newRow("cut") << good.left(good.size() / 2);
        const auto exchanged = [&](const char* a, const char* b) { return QString(good).replace(QLatin1String(a), QLatin1String(b)); };
        QTest::newRow("another format") << exchanged("halftone-speeds", "halftone-recipe");
        QTest::newRow("another version") << exchanged("\"version\": 1", "\"version\": 2");
        QTest::newRow("no such type") << exchanged("Q8_0", "Q9_0");
        QTest::newRow("a type that is a number") << exchanged("\"Q8_0\"", "8");
        QTest::newRow("a speed of nothing") << exchanged("5.0", "0.0");
        QTest::newRow("memory that is not read") << exchanged("7.0", "0.0");
        QTest::newRow("a speed backwards") << exchanged("5.0", "-5.0");
        QTest::newRow("a time that is a word") << exchanged("2.0", "\"2\"");
        QTest::newRow("no types") << QStringLiteral(R"({"format":"halftone-speeds","version":1,"other_seconds":0,"types":[]})");
    }
    void brokenFilesAreRefused()
    {
        QFETCH(QString, json);
        try {
            plan::decodeSpeedsFromJson(json.toStdString());
            QFAIL("was read");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Malformed);
        }
    }
};

QTEST_APPLESS_MAIN(TestDecodeSpeed)
#include "tst_decode_speed.moc"
