// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <semaphore>

using namespace halftone;
using namespace halftone::app;

namespace {

/// Work that ends only when it is cancelled, and says when it began.
struct Endless {
    std::shared_ptr<std::binary_semaphore> began = std::make_shared<std::binary_semaphore>(0);
    int operator()(Progress& progress) const
    {
        progress.begin("measuring", 0, Unit::Tensors);
        began->release();
        for (;;) {
            progress.checkpoint();
            QThread::yieldCurrentThread();
        }
    }
};

}  // namespace

class TestJobManager : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void worksElsewhereAndDeliversHere();
    void deliversAnErrorToFailed();
    void turnsEveryExceptionIntoAnError();
    void newestOfATagWins();
    void cancelledJobDeliversNothing();
    void pausedJobGoesOnWhenResumed();
    void dropsResultsOfAVanishedContext();
    void destructionCancelsAndJoins();
    void listsShownJobsOnly();
};

void TestJobManager::worksElsewhereAndDeliversHere()
{
    JobManager jobs;
    QThread* worker = nullptr;
    QThread* receiver = nullptr;
    int result = 0;
    QSignalSpy finished(&jobs, &JobManager::jobFinished);
    jobs.start(
        {.title = QStringLiteral("six")}, this, [&](Progress&) { worker = QThread::currentThread(); return 6; }, [&](int value) { receiver = QThread::currentThread(); result = value; });
    QTRY_COMPARE(result, 6);
    QCOMPARE(receiver, QThread::currentThread());
    QVERIFY(worker != receiver);
    QCOMPARE(finished.size(), 1);
    QVERIFY(jobs.idle());
}

void TestJobManager::deliversAnErrorToFailed()
{
    JobManager jobs;
    QString problem;
    bool delivered = false;
    QSignalSpy failed(&jobs, &JobManager::jobFailed);
    jobs.start(
        {.title = QStringLiteral("bad")}, this, [](Progress&) -> int { throw Error(ErrorCode::Malformed, "no magic"); }, [&](int) { delivered = true; },
        [&](const Error& error) { problem = QString::fromStdString(error.problem()); });
    QTRY_COMPARE(problem, QStringLiteral("no magic"));
    QVERIFY(!delivered);
    QCOMPARE(failed.size(), 1);
    QVERIFY(failed[0][2].toString().contains(QStringLiteral("no magic")));
}

void TestJobManager::turnsEveryExceptionIntoAnError()
{
    JobManager jobs;
    QList<ErrorCode> codes;
    const auto note = [&](const Error& error) { codes.append(error.code()); };
    jobs.start({.title = QStringLiteral("memory")}, this, [](Progress&) -> int { throw std::bad_alloc(); }, [](int) {}, note);
    QTRY_COMPARE(codes.size(), 1);
    jobs.start({.title = QStringLiteral("other")}, this, [](Progress&) -> int { throw std::runtime_error("odd"); }, [](int) {}, note);
    QTRY_COMPARE(codes.size(), 2);
    QCOMPARE(codes[0], ErrorCode::OutOfMemory);
    QCOMPARE(codes[1], ErrorCode::System);
}

void TestJobManager::newestOfATagWins()
{
    JobManager jobs;
    const Endless first;
    QList<int> results;
    jobs.start({.title = QStringLiteral("old"), .tag = QStringLiteral("same")}, this, first, [&](int) { results.append(1); });
    first.began->acquire();
    jobs.start({.title = QStringLiteral("new"), .tag = QStringLiteral("same")}, this, [](Progress&) { return 2; }, [&](int value) { results.append(value); });
    QTRY_VERIFY(jobs.idle());
    QCOMPARE(results, QList<int>{2});
}

void TestJobManager::cancelledJobDeliversNothing()
{
    JobManager jobs;
    const Endless work;
    bool called = false;
    const JobId id = jobs.start({.title = QStringLiteral("endless")}, this, work, [&](int) { called = true; }, [&](const Error&) { called = true; });
    work.began->acquire();
    QVERIFY(jobs.isRunning(id));
    jobs.cancel(id);
    QTRY_VERIFY(!jobs.isRunning(id));
    QVERIFY(!called);
    QVERIFY(jobs.jobs().isEmpty());
}

void TestJobManager::pausedJobGoesOnWhenResumed()
{
    JobManager jobs;
    auto gate = std::make_shared<std::binary_semaphore>(0);
    bool done = false;
    const JobId id = jobs.start(
        {.title = QStringLiteral("pausing")}, this, [gate](Progress& progress) { gate->acquire(); progress.checkpoint(); return 0; }, [&](int) { done = true; });
    jobs.pause(id);
    gate->release();
    QTRY_VERIFY(!jobs.jobs().isEmpty() && jobs.jobs().first().progress.paused);
    QVERIFY(!done);
    jobs.resume(id);
    QTRY_VERIFY(done);
}

void TestJobManager::dropsResultsOfAVanishedContext()
{
    JobManager jobs;
    auto context = std::make_unique<QObject>();
    auto gate = std::make_shared<std::binary_semaphore>(0);
    bool delivered = false;
    jobs.start({.title = QStringLiteral("late")}, context.get(), [gate](Progress&) { gate->acquire(); return 0; }, [&](int) { delivered = true; });
    context.reset();
    gate->release();
    QTRY_VERIFY(jobs.idle());
    QVERIFY(!delivered);
}

void TestJobManager::destructionCancelsAndJoins()
{
    std::atomic<bool> ended = false;
    bool delivered = false;
    {
        JobManager jobs;
        const Endless work;
        jobs.start(
            {.title = QStringLiteral("endless")}, this,
            [&ended, work](Progress& progress) {
                try {
                    return work(progress);
                } catch (...) {
                    ended = true;
                    throw;
                }
            },
            [&](int) { delivered = true; });
        work.began->acquire();
    }
    QVERIFY(ended);
    QCoreApplication::processEvents();
    QVERIFY(!delivered);
}

void TestJobManager::listsShownJobsOnly()
{
    JobManager jobs;
    const Endless shown, hidden;
    const JobId a = jobs.start({.title = QStringLiteral("seen")}, this, shown, [](int) {});
    const JobId b = jobs.start({.title = QStringLiteral("unseen"), .shown = false}, this, hidden, [](int) {});
    shown.began->acquire();
    hidden.began->acquire();
    QTRY_COMPARE(jobs.jobs().size(), 1);
    QCOMPARE(jobs.jobs().first().title, QStringLiteral("seen"));
    QTRY_COMPARE(jobs.jobs().first().progress.stage, std::string("measuring"));
    jobs.cancel(a);
    jobs.cancel(b);
    QTRY_VERIFY(jobs.idle());
    QVERIFY(jobs.jobs().isEmpty());
}

QTEST_MAIN(TestJobManager)
#include "tst_job_manager.moc"
