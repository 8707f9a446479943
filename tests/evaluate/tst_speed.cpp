// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, not how fast it is.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/speed.h"
#include "core/infer/variant.h"
#include "core/plan/plan.h"
#include "tests/infer/made_model.h"

#include <QtTest>

using namespace halftone;
using quant::Type;

class TestSpeed : public QObject {
    Q_OBJECT

    Executor m_executor{2};
    std::shared_ptr<const model::Model> m_model = test::ModelMaker::make({}).model();

    evaluate::Speed measured(Type type)
    {
        Progress progress;
        return evaluate::measureSpeed(m_model, type, m_executor, progress);
    }

private Q_SLOTS:
    void theModelIsRunInTheTypeAskedFor()
    {
        const auto speed = measured(Type::Q8_0);
        Progress progress;
        const auto variant =
            infer::Variant::prepare(m_model, plan::makePlan(*m_model, {.base = "pure:Q8_0"}), nullptr, m_executor, progress);
        QCOMPARE(speed.tensorBytes, variant->tensorBytes());
        QVERIFY(speed.tensorBytes < m_model->tensorBytes() / 2);
        QVERIFY(*speed.quantizeBytesPerSecond > 0);
        QVERIFY(speed.decodeTokensPerSecond > 0);
        QVERIFY(speed.promptTokensPerSecond > 0);
    }

    void nothingIsQuantizedWhereTheTypeIsTheSources()
    {
        const auto speed = measured(Type::F32);
        QVERIFY(!speed.quantizeBytesPerSecond);
        QVERIFY(speed.decodeTokensPerSecond > 0);
    }

    void whatCannotBeDoneIsRefused()
    {
        QVERIFY_EXCEPTION_THROWN(measured(Type::Q8_K), Error);
        m_model = test::ModelMaker::make({.architecture = "unheard-of"}).model();
        QVERIFY_EXCEPTION_THROWN(measured(Type::Q8_0), Error);
    }

    void cancelStopsIt()
    {
        m_model = test::ModelMaker::make({}).model();
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(evaluate::measureSpeed(m_model, Type::Q8_0, m_executor, progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestSpeed)
#include "tst_speed.moc"
