// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/sense/content_hash.h"
#include "core/sense/sensitivity.h"
#include "tests/inspect/made_tensor.h"
#include "tests/plan/made_model.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace halftone;
using quant::Type;

namespace {

sense::Sensitivity made()
{
    sense::Sensitivity s{
        .source = {.level = sense::Level::Activations, .model = "0123", .text = "4567", .importance = "", .window = 512, .windows = 4},
        .tensors = {},
        .fit = {.scale = 0.9, .exponent = 1.1, .spread = 1.25, .samples = {{0.1, 0.08}, {0.2, 0.17}}},
        .complete = true};
    s.tensors.push_back({"blk.0.ffn_up.weight", Type::Q4_K, 0.00123456789, inspect::Distortion{0.1, 20.5, 0.999, 0.3}});
    s.tensors.push_back({"blk.0.ffn_up.weight", Type::F16, 0, inspect::Distortion{0, std::numeric_limits<double>::infinity(), 1, 0}});
    s.tensors.push_back({"output.weight", Type::Q2_K, 1e-300, {}});
    return s;
}

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

std::string refusal(const std::string& json)
{
    try {
        sense::sensitivityFromJson(json);
        return {};
    } catch (const Error& error) {
        return error.code() == ErrorCode::Malformed ? error.what() : "another code";
    }
}

}  // namespace

class TestSensitivityJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void documentKeepsEverything()
    {
        const sense::Sensitivity before = made(), after = sense::sensitivityFromJson(sense::toJson(before));
        QVERIFY(after.source == before.source);
        QCOMPARE(after.tensors, before.tensors);
        QCOMPARE(after.tensors[0].weights->snrDb, 20.5);
        QVERIFY(std::isinf(after.tensors[1].weights->snrDb));
        QVERIFY(!after.tensors[2].weights);
        QCOMPARE(after.fit.exponent, 1.1);
        QCOMPARE(after.fit.samples.size(), std::size_t(2));
        QVERIFY(after.complete);
        QCOMPARE(sense::toJson(after), sense::toJson(before));
    }

    void brokenDocumentsAreRefusedWithTheKey_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("named");
        QTest::newRow("another format") << "halftone-sensitivity"
                                        << "halftone-recipe"
                                        << "key format";
        QTest::newRow("a later version") << "\"version\": 1"
                                         << "\"version\": 2"
                                         << "key version";
        QTest::newRow("no level") << "\"activations\""
                                  << "\"vibes\""
                                  << "key level";
        QTest::newRow("no type") << "\"Q4_K\""
                                 << "\"Q4_X\""
                                 << "key tensors[0].type";
        QTest::newRow("negative error") << "0.00123456789"
                                        << "-1"
                                        << "key tensors[0].error";
        QTest::newRow("a number beyond all doubles") << "0.00123456789"
                                                     << "4e9696"
                                                     << "too large";
        QTest::newRow("text for a number") << "0.00123456789"
                                           << "\"small\""
                                           << "key tensors[0].error";
        QTest::newRow("a falling curve") << "\"exponent\": 1.1"
                                         << "\"exponent\": 0"
                                         << "key fit";
        QTest::newRow("fractional windows") << "\"windows\": 4"
                                            << "\"windows\": 4.5"
                                            << "key windows";
        QTest::newRow("missing key") << "\"model\""
                                     << "\"mode\""
                                     << "key model";
        QTest::newRow("cut short") << "\"complete\": true,"
                                   << ""
                                   << "key complete";
    }
    void brokenDocumentsAreRefusedWithTheKey()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, named);
        const std::string broken = replaced(sense::toJson(made()), from.toStdString(), to.toStdString());
        QVERIFY(!broken.empty());
        const std::string refused = refusal(broken);
        QVERIFY2(refused.find(named.toStdString()) != std::string::npos, refused.c_str());
    }

    void everyTruncationIsRefused()
    {
        const std::string whole = sense::toJson(made());
        for (std::size_t length = 0; length + 2 < whole.size(); ++length)
            QVERIFY2(!refusal(whole.substr(0, length)).empty(), qPrintable(QString::number(length)));
        QVERIFY(!refusal(std::string(100'000, '[')).empty());
    }

    void predictionFollowsASlopeAndSaysHowFarOff()
    {
        std::vector<sense::Sample> samples;
        for (int i = 0; i < 12; ++i) {
            const double error = 1e-4 * std::pow(2.0, i);
            samples.push_back({error, 0.8 * std::pow(error, 1.1) * (i % 2 ? 1.08 : 1 / 1.08)});
        }
        const sense::Fit fit = sense::fitted(samples, {});
        QVERIFY(std::abs(fit.exponent - 1.1) < 0.01);
        for (const auto& sample : samples) {
            const auto prediction = sense::predict(fit, sample.error);
            QVERIFY(prediction.low <= sample.kld && sample.kld <= prediction.high);
            QVERIFY(std::abs(sense::errorFor(fit, prediction.kld) / sample.error - 1) < 1e-9);
        }
        QVERIFY(fit.spread >= 1.25 && fit.spread < 1.3);  // texts differ more than these samples do
        QCOMPARE(sense::predict(fit, 0).kld, 0.0);
        QCOMPARE(sense::fitted({}, {.scale = 3}).scale, 3.0);
        const sense::Fit single = sense::fitted({{0.1, 0.3}}, {.spread = 4});
        QVERIFY(std::abs(sense::predict(single, 0.2).kld - 0.6) < 1e-12);
        QCOMPARE(single.spread, 4.0);
    }

    void hashTellsContentsApart()
    {
        const Executor executor(2);
        Progress progress;
        const auto hashOf = [&](const std::vector<float>& weights, const std::string& name) {
            test::MadeTensor tensor(Type::F32, 256, weights);
            tensor.tensor.name = name;
            std::vector<model::Tensor> tensors{tensor.tensor};
            return sense::contentHash(test::modelOf({}, tensors), executor, progress);
        };
        auto weights = test::bell(256 * 2000, 1);
        const std::string hash = hashOf(weights, "a.weight");
        QCOMPARE(hash, hashOf(weights, "a.weight"));
        QCOMPARE(hash.size(), std::size_t(32));
        QVERIFY(hash != hashOf(weights, "b.weight"));
        weights[300'001] = std::nextafter(weights[300'001], 10.0f);
        QVERIFY(hash != hashOf(weights, "a.weight"));
        QVERIFY(sense::contentHash(std::string_view("abc")) != sense::contentHash(std::string_view("abd")));
        QVERIFY(sense::contentHash(std::string_view("")) != sense::contentHash(std::string_view("\0", 1)));
        plan::ImportanceMatrix a, b;
        a.columns["x"] = {1, 2};
        b.columns["x"] = {2, 1};
        QVERIFY(sense::contentHash(a) != sense::contentHash(b));
    }
};

QTEST_APPLESS_MAIN(TestSensitivityJson)
#include "tst_sensitivity_json.moc"
