// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/histogram_bars.h"

#include <QtTest>

#include <numeric>

using namespace halftone;
using namespace halftone::app;

class TestHistogramBars : public QObject {
    Q_OBJECT

    static inspect::Histogram ramp()   // bin i holds i weights
    {
        inspect::Histogram histogram{-1, 1, std::vector<std::uint64_t>(1000)};
        std::iota(histogram.counts.begin(), histogram.counts.end(), 0);
        return histogram;
    }

private Q_SLOTS:
    void barsOfTheWholeRangeHoldEveryWeight()
    {
        const auto histogram = ramp();
        const auto bars = joinBins(histogram, -1, 1, 64);
        QVERIFY(bars.counts.size() <= 64);
        QVERIFY(bars.counts.size() > 32);
        QCOMPARE(std::accumulate(bars.counts.begin(), bars.counts.end(), 0.0), 499500.0);
        QCOMPARE(bars.low, -1.0);
    }

    void barsKeepTheirEdgesWhenTheViewIsShifted()
    {
        const auto histogram = ramp();
        const auto here = joinBins(histogram, -0.5, 0.1, 50), there = joinBins(histogram, -0.497, 0.103, 50);
        QCOMPARE(here.width, there.width);
        const double shift = (there.low - here.low) / here.width;
        QVERIFY(std::abs(shift - std::round(shift)) < 1e-9);
    }

    void aDeepZoomShowsSingleBins()
    {
        const auto bars = joinBins(ramp(), 0, 0.02, 100);
        QCOMPARE(bars.binsPerBar, std::size_t(1));
        QCOMPARE(bars.counts.front(), 500.0);
    }

    void aRangeBesideTheWeightsHasNoBars()
    {
        QVERIFY(joinBins(ramp(), 2, 3, 50).counts.empty());
        QVERIFY(joinBins({}, 0, 1, 50).counts.empty());
        QCOMPARE(HistogramBars().barAt(0), -1);
    }

    void theErrorOfABarIsWeightedByItsWeights()
    {
        inspect::Histogram histogram{0, 4, {1, 3, 0, 0}};
        const std::vector<double> errors{1.0, 2.0, 9.0, 9.0};
        const auto bars = joinBins(histogram, 0, 4, 2);
        QCOMPARE(bars.counts.size(), std::size_t(2));
        QCOMPARE(meanOverBar(histogram, errors, bars, 0), 1.75);
        QCOMPARE(meanOverBar(histogram, errors, bars, 1), 0.0);
        QCOMPARE(meanOverBar(histogram, {}, bars, 0), 0.0);
    }

    void theNearestLevelIsFoundAtBothEndsAndBetween()
    {
        const std::vector<float> levels{-1, 0, 3};
        QCOMPARE(nearestLevel(levels, -5), std::size_t(0));
        QCOMPARE(nearestLevel(levels, -0.6), std::size_t(0));
        QCOMPARE(nearestLevel(levels, 1.4), std::size_t(1));
        QCOMPARE(nearestLevel(levels, 1.6), std::size_t(2));
        QCOMPARE(nearestLevel(levels, 50), std::size_t(2));
    }
};

QTEST_APPLESS_MAIN(TestHistogramBars)
#include "tst_histogram_bars.moc"
