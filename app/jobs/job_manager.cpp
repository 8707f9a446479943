// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"

#include "core/base/file.h"
#include "core/base/handover.h"

#include <QThreadPool>
#include <QTimer>

#include <filesystem>
#include <map>
#include <new>

namespace halftone::app {
namespace {

constexpr int kRefreshMs = 100;
constexpr int kMostAtOnce = 16;   ///< jobs mostly wait for their inner loops, which share the cores

/// What a job threw, as an Error.
std::optional<Error> caught(const std::function<void(Progress&)>& work, Progress& progress)
{
    try {
        work(progress);
        return {};
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return Error(ErrorCode::OutOfMemory, "there is not enough memory");
    } catch (const std::filesystem::filesystem_error& error) {  // whose sentence repeats the path
        return Error(ErrorCode::System, {.problem = error.code().message(), .file = toUtf8(error.path1())});
    } catch (const std::exception& error) {
        return Error(ErrorCode::System, std::string(error.what()));
    }
}

/// For the log, which people send to others: folders would tell who they are.
QString withoutFolders(const Error& error)
{
    const QString line = QString::fromUtf8(error.what()), file = QString::fromStdString(error.file());
    return QString::fromStdString(toUtf8(fromUtf8(error.file()).filename())) + line.mid(file.size());
}

}  // namespace

struct JobManager::Private {
    struct Job {
        Request request;
        std::shared_ptr<Progress> progress;
        RateMeter meter;
        bool stale = false;   ///< a newer job of the same tag was started: nothing of this one is delivered
    };
    std::map<JobId, Job> jobs;
    JobId nextId = 1;
    QThreadPool pool;
    QTimer refresh;
};

JobManager::JobManager(QObject* parent) : QObject(parent), m_private(std::make_unique<Private>())
{
    m_private->pool.setMaxThreadCount(kMostAtOnce);
    m_private->refresh.setInterval(kRefreshMs);
    connect(&m_private->refresh, &QTimer::timeout, this, &JobManager::updateViews);
}

JobManager::~JobManager()
{
    for (auto& [id, job] : m_private->jobs)
        job.progress->cancel();
    m_private->pool.waitForDone();
    for (auto& [id, job] : m_private->jobs)
        takeOver(job.progress.get());
}

JobId JobManager::startErased(Request request, QObject* context, std::function<void(Progress&)> work, std::function<void()> done,
                              std::function<void(const Error&)> failed)
{
    if (!request.tag.isEmpty())
        cancelTag(request.tag);
    const JobId id = m_private->nextId++;
    auto progress = std::make_shared<Progress>();
    const bool shown = request.shown;
    m_private->jobs.emplace(id, Private::Job{std::move(request), progress, {}, false});

    // The worker knows values only; what it brings back is delivered on this object's thread, which outlives it.
    const QPointer<QObject> receiver(context);
    handOver(progress.get());
    m_private->pool.start([this, id, progress, receiver, work = std::move(work), done = std::move(done), failed = std::move(failed)]() mutable {
        takeOver(progress.get());
        const auto error = caught(work, *progress);
        work = nullptr;   // its captures die here, not on the UI thread
        handOver(progress.get());
        QMetaObject::invokeMethod(
            this, [this, id, receiver, error, done = std::move(done), failed = std::move(failed)] { finish(id, receiver, error, done, failed); },
            Qt::QueuedConnection);
    });
    if (shown) {
        m_private->refresh.start();
        updateViews();
    }
    return id;
}

void JobManager::finish(JobId id, const QPointer<QObject>& receiver, const std::optional<Error>& error, const std::function<void()>& done,
                        const std::function<void(const Error&)>& failed)
{
    const auto node = m_private->jobs.extract(id);
    const auto& job = node.mapped();
    takeOver(job.progress.get());
    if (job.request.shown)
        updateViews();
    if (m_private->jobs.empty())
        m_private->refresh.stop();
    const bool cancelled = error && error->code() == ErrorCode::Cancelled;
    if (cancelled && !job.stale)
        Q_EMIT jobCancelled(id);
    if (job.stale || cancelled || !receiver)
        return;
    if (!error) {
        done();
        Q_EMIT jobFinished(id, job.request.title);
        return;
    }
    if (failed)
        failed(*error);
    Q_EMIT jobFailed(id, job.request.title, withoutFolders(*error));
}

void JobManager::updateViews()
{
    m_views.clear();
    for (auto& [id, job] : m_private->jobs) {
        if (!job.request.shown || job.stale)
            continue;
        auto snapshot = job.progress->snapshot();
        auto estimate = job.meter.update(snapshot);
        m_views.append({id, job.request.title, job.request.device, std::move(snapshot), estimate});
    }
    Q_EMIT jobsChanged();
}

void JobManager::cancel(JobId id)
{
    if (const auto job = m_private->jobs.find(id); job != m_private->jobs.end())
        job->second.progress->cancel();
}

void JobManager::cancelTag(const QString& tag)
{
    for (auto& [id, job] : m_private->jobs) {
        if (job.request.tag != tag)
            continue;
        job.stale = true;
        job.progress->cancel();
    }
}

void JobManager::pause(JobId id)
{
    if (const auto job = m_private->jobs.find(id); job != m_private->jobs.end())
        job->second.progress->pause();
}

void JobManager::resume(JobId id)
{
    if (const auto job = m_private->jobs.find(id); job != m_private->jobs.end())
        job->second.progress->resume();
}

bool JobManager::isRunning(JobId id) const
{
    return m_private->jobs.contains(id);
}

bool JobManager::idle() const
{
    return m_private->jobs.empty();
}

}  // namespace halftone::app
