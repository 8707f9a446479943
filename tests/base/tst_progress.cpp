// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/progress.h"

#include <QtTest>

#include <thread>

using namespace halftone;
using namespace std::chrono_literals;

class TestProgress : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void snapshotShowsWhatWasReported()
    {
        Progress progress;
        progress.begin("reading", 100, Unit::Bytes);
        progress.advance(30);
        progress.advance(12);
        const auto snapshot = progress.snapshot();
        QCOMPARE(snapshot.stage, std::string("reading"));
        QCOMPARE(snapshot.done, 42u);
        QCOMPARE(snapshot.total, 100u);
    }

    void checkpointThrowsOnceCancelled()
    {
        Progress progress;
        progress.checkpoint();
        progress.cancel();
        try {
            progress.checkpoint();
            QFAIL("a cancelled job went on");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
    }

    void aPausedJobWaitsUntilResumedOrCancelled()
    {
        for (const bool cancel : {false, true}) {
            Progress progress;
            progress.pause();
            std::atomic<int> state{0};
            std::jthread worker([&] {
                try {
                    progress.checkpoint();
                    state = 1;
                } catch (const Error&) {
                    state = 2;
                }
            });
            QVERIFY(!QTest::qWaitFor([&] { return state != 0; }, 50));
            cancel ? progress.cancel() : progress.resume();
            QVERIFY(QTest::qWaitFor([&] { return state == (cancel ? 2 : 1); }, 5000));
        }
    }

    void aPartCountsForItselfAndStopsWithTheWhole()
    {
        Progress whole;
        whole.begin("measuring", 10, Unit::Tensors);
        Progress part(whole);
        part.begin("quantizing", 500, Unit::Weights);
        part.advance(400);
        part.checkpoint();
        QCOMPARE(whole.snapshot().done, std::uint64_t(0));
        QCOMPARE(whole.snapshot().stage, std::string("measuring"));
        whole.cancel();
        QVERIFY(part.cancelled());
        QVERIFY_EXCEPTION_THROWN(part.checkpoint(), Error);
        Progress other, otherPart(other);
        otherPart.cancel();
        QVERIFY(!other.cancelled());
    }

    void rateMeterEstimatesTheTimeLeft()
    {
        RateMeter meter;
        const RateMeter::Clock::time_point start{};
        Progress::Snapshot snapshot{"quantizing", 0, 1000, Unit::Bytes, false, false};
        QVERIFY(!meter.update(snapshot, start).secondsLeft);
        snapshot.done = 100;
        const auto estimate = meter.update(snapshot, start + 1s);
        QCOMPARE(estimate.perSecond, 100.0);
        QCOMPARE(*estimate.secondsLeft, 9.0);
    }
};

QTEST_APPLESS_MAIN(TestProgress)
#include "tst_progress.moc"
