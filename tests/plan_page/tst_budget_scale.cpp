// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/budget_scale.h"

#include <QtTest>

#include <cmath>

using namespace halftone;
using namespace halftone::app;

namespace {

Forecast::Point point(quint64 bytes, double kld, double seconds)
{
    return {{}, bytes, {kld, kld, kld}, bytes - 100, seconds};
}

// From the least cost to the least error; the last one loses nothing.
const QList<Forecast::Point> kFrontier{point(1000, 1, 0.01), point(1500, 0.1, 0.02), point(2000, 0.01, 0.04), point(3000, 0, 0.08)};
const sense::Fit kFit{.scale = 2, .exponent = 0.8};

}  // namespace

class TestBudgetScale : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endsAreTheFrontiers_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("first");
        QTest::addColumn<double>("last");
        QTest::addColumn<double>("middle");
        QTest::newRow("size") << int(BudgetKind::FileSize) << 1000.0 << 3000.0 << 2000.0;
        QTest::newRow("memory") << int(BudgetKind::Memory) << 1400.0 << 3400.0 << 2400.0;
        QTest::newRow("speed") << int(BudgetKind::Speed) << 12.5 << 100.0 << std::sqrt(1250.0);
        QTest::newRow("quality") << int(BudgetKind::Quality) << 1.0 << 0.01 << 0.1;
    }
    void endsAreTheFrontiers()
    {
        QFETCH(int, kind);
        QFETCH(double, first);
        QFETCH(double, last);
        QFETCH(double, middle);
        const BudgetScale scale(BudgetKind(kind), kFrontier, 500);
        QCOMPARE(scale.first(), first);
        QCOMPARE(scale.last(), last);
        QCOMPARE(scale.valueAt(0.5), middle);
        QCOMPARE(scale.shareOf(middle), 0.5);
        QCOMPARE(scale.shareOf(first), 0.0);
        QCOMPARE(scale.shareOf(last), 1.0);
        QCOMPARE(scale.shareOf(last + 10 * (last - first)), 1.0);
        const plan::Budget budget = scale.budgetOf(middle, kFit);
        QCOMPARE(scale.valueOf(budget, kFit).value(), middle);
    }

    void aBudgetAdmitsThePointItsValueIsOf()
    {
        const Forecast::Point& point = kFrontier[1];
        const auto budget = [&](BudgetKind kind) {
            const BudgetScale scale(kind, kFrontier, 500);
            return scale.budgetOf(scale.valueOf(point), kFit);
        };
        QVERIFY(std::get<plan::MaxFileBytes>(budget(BudgetKind::FileSize)).bytes == 1500);
        QVERIFY(std::get<plan::MaxTensorBytes>(budget(BudgetKind::Memory)).bytes == 1400);
        QVERIFY(std::get<plan::MaxSecondsPerToken>(budget(BudgetKind::Speed)).seconds >= point.seconds);
        QVERIFY(std::get<plan::MaxError>(budget(BudgetKind::Quality)).error >= sense::errorFor(kFit, point.kld.kld));
    }

    void budgetsOfAnotherKindHaveNoPlace()
    {
        const BudgetScale scale(BudgetKind::FileSize, kFrontier, 0);
        QVERIFY(!scale.valueOf(plan::MaxTensorBytes{5}, kFit) && !scale.valueOf(plan::MaxError{5}, kFit));
    }

    void oneRecipeAloneIsNoRange()
    {
        for (const BudgetKind kind : {BudgetKind::FileSize, BudgetKind::Memory, BudgetKind::Speed, BudgetKind::Quality}) {
            const BudgetScale scale(kind, {point(1000, 0, 0.01)}, 0);
            QCOMPARE(scale.shareOf(scale.valueAt(0.7)), 0.0);
        }
    }
};

QTEST_APPLESS_MAIN(TestBudgetScale)
#include "tst_budget_scale.moc"
