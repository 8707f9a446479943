// SPDX-License-Identifier: GPL-3.0-or-later
// The order in which a device gets tiles and the host takes them back.
#include "core/base/error.h"
#include "core/base/progress.h"
#include "gpu/tiles.h"

#include <QtTest>

#include <vector>

using namespace halftone;
using namespace halftone::gpu;

class TestTiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tilesCoverAllWeightsInOrder_data()
    {
        QTest::addColumn<int>("total");
        QTest::addColumn<int>("unit");
        QTest::newRow("one") << 96 << 1024;
        QTest::newRow("many") << 1000000 << 1024;
        QTest::newRow("rows that are larger than a tile") << 5 * 50000 << 50000;
    }
    void tilesCoverAllWeightsInOrder()
    {
        QFETCH(int, total);
        QFETCH(int, unit);
        std::size_t launched = 0, landed = 0;
        run(
            std::size_t(total), std::size_t(unit),
            [&](const Tile& tile) {
                QCOMPARE(tile.first, launched);
                QVERIFY(tile.first % std::size_t(unit) == 0);
                launched += tile.weights;
            },
            [&](const Tile& tile) {
                QCOMPARE(tile.first, landed);
                landed += tile.weights;
            });
        QCOMPARE(launched, std::size_t(total));
        QCOMPARE(landed, std::size_t(total));
    }

    void aTileLandsOnceItsSuccessorIsLaunched()
    {
        int launched = 0, landed = 0, tooEarly = 0;
        run(
            400000, 1024,
            [&](const Tile& tile) {
                QVERIFY(launched - landed < int(kTileSlots));  // its slot is free
                QCOMPARE(tile.slot, std::size_t(launched) % kTileSlots);
                ++launched;
            },
            [&](const Tile&) { tooEarly += launched == ++landed; });
        QVERIFY(launched > 8);
        QCOMPARE(landed, launched);
        QCOMPARE(tooEarly, 1);  // the last has no successor
    }

    void aCancelIsSeenBeforeTheNextLaunch()
    {
        Progress progress;
        int launched = 0;
        Pace pace;
        const auto launch = [&](const Tile&) {
            if (++launched == 3)
                progress.cancel();
        };
        QVERIFY_EXCEPTION_THROWN(forTiles(400000, 1024, kMost, pace, progress, launch, [](const Tile&) {}), Error);
        QCOMPARE(launched, 3);
    }

private:
    static constexpr std::size_t kMost = 1u << 15;

    template <class Launch, class Land>
    static void run(std::size_t total, std::size_t unit, const Launch& launch, const Land& land)
    {
        Progress progress;
        Pace pace;
        forTiles(total, unit, kMost, pace, progress, launch, land);
    }
};

QTEST_GUILESS_MAIN(TestTiles)
#include "tst_tiles.moc"
