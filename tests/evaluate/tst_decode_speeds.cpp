// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, not how fast it is.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/decode_speeds.h"
#include "tests/infer/made_model.h"
#include "tests/plan/made_model.h"

#include <QtTest>

using namespace halftone;
using quant::Type;

class TestDecodeSpeeds : public QObject {
    Q_OBJECT

    Executor m_executor{2};

private Q_SLOTS:
    void everyTypeThatFitsHasASpeed()
    {
        const auto model = test::ModelMaker::make({}).model();  // rows of 64 and 96 weights: no block of 256 fits
        Progress progress;
        const std::vector<Type> types{Type::F32, Type::Q4_0, Type::Q4_K, Type::IQ4_NL};
        const plan::DecodeSpeeds speeds = evaluate::measureDecodeSpeeds(model, types, m_executor, progress);
        QCOMPARE(speeds.types.size(), std::size_t(3));
        for (const plan::TypeSpeed& one : speeds.types) {
            QVERIFY(one.type != Type::Q4_K);
            QVERIFY(one.bytesPerSecond > 0);
        }
        QVERIFY(speeds.otherSeconds >= 0);
        QCOMPARE(progress.snapshot().done, progress.snapshot().total);
    }

    void typesThatNeedImportanceAreMadeForIt()
    {
        const auto model = std::make_shared<const model::Model>(model::Model::Parts{
            .files = {}, .metadata = {}, .tensors = {test::tensorOf("blk.0.ffn_up.weight", Type::F16, test::shapeOf({512, 64}))}});
        Progress progress;
        const std::vector<Type> types{Type::IQ1_S, Type::IQ2_XXS};
        QCOMPARE(evaluate::measureDecodeSpeeds(model, types, m_executor, progress).types.size(), std::size_t(2));
    }

    void aModelWithoutMatricesIsRefused()
    {
        const auto model = std::make_shared<const model::Model>(model::Model::Parts{
            .files = {}, .metadata = {}, .tensors = {test::tensorOf("output_norm.weight", Type::F32, test::shapeOf({512}))}});
        Progress progress;
        const std::vector<Type> types{Type::Q8_0};
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(model, types, m_executor, progress), Error);
    }

    void cancelStopsIt()
    {
        const auto model = test::ModelMaker::make({}).model();
        Progress progress;
        progress.cancel();
        const std::vector<Type> types{Type::Q8_0};
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(model, types, m_executor, progress), Error);
    }

    void speedsBelongToShapesAndThreads()
    {
        const auto narrow = test::ModelMaker::make({}).model(), same = test::ModelMaker::make({.seed = 8}).model();
        const auto wide = test::ModelMaker::make({.width = 128}).model();
        QCOMPARE(evaluate::speedsKey(*narrow, 2), evaluate::speedsKey(*same, 2));
        QVERIFY(evaluate::speedsKey(*narrow, 2) != evaluate::speedsKey(*wide, 2));
        QVERIFY(evaluate::speedsKey(*narrow, 2) != evaluate::speedsKey(*narrow, 1));
    }
};

QTEST_APPLESS_MAIN(TestDecodeSpeeds)
#include "tst_decode_speeds.moc"
