// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace halftone::app {

using JobId = quint64;

/// One running or just ended job, as the jobs panel shows it.
struct JobView {
    JobId id = 0;
    QString title;
    QString device;  ///< that it runs on; empty: the CPU
    Progress::Snapshot progress;
    RateMeter::Estimate estimate;
};

/// Runs everything that can take more than 50 ms, off the UI thread. A job gets values and a Progress, never a widget; its
/// result comes back as a value on the UI thread and is dropped when its context object is gone or a newer job with the
/// same tag was started (the newest request wins). Lives on the UI thread; destroying it cancels and joins every job.
class JobManager : public QObject {
    Q_OBJECT
public:
    struct Request {
        QString title;              ///< translated, for the jobs panel
        QString tag = {};           ///< not empty: a new job of this tag cancels the running one and makes it stale
        bool shown = true;          ///< listed in the jobs panel (short background look-ups are not)
        QString device = {};        ///< name of the device that it runs on; empty: the CPU
    };

    explicit JobManager(QObject* parent = nullptr);
    ~JobManager() override;

    /// `work(Progress&) -> R` runs on a worker; then `done(R)` or `failed(Error)` runs on the UI thread, unless `context`
    /// died or the job became stale. An Error{Cancelled} is told by jobCancelled alone; every other exception becomes an Error.
    template <class Work, class Done>
    JobId start(Request request, QObject* context, Work work, Done done, std::function<void(const Error&)> failed = {})
    {
        using Result = std::invoke_result_t<Work&, Progress&>;
        auto result = std::make_shared<std::optional<Result>>();
        return startErased(std::move(request), context, [result, work = std::move(work)](Progress& progress) mutable { result->emplace(work(progress)); },
                           [result, done = std::move(done)]() mutable { done(std::move(**result)); }, std::move(failed));
    }

    void cancel(JobId id);
    void cancelTag(const QString& tag);
    void pause(JobId id);
    void resume(JobId id);
    /// The shown jobs in order of start; estimates are refreshed 10 times a second while any job runs.
    const QList<JobView>& jobs() const { return m_views; }
    bool isRunning(JobId id) const;
    /// No job runs, shown or not, and no result waits to be delivered.
    bool idle() const;

Q_SIGNALS:
    void jobsChanged();                                         ///< list or figures of jobs() changed
    void jobFinished(halftone::app::JobId id, const QString& title);
    void jobCancelled(halftone::app::JobId id);                 ///< by cancel(), not by a newer job of the same tag
    void jobFailed(halftone::app::JobId id, const QString& title, const QString& message);   ///< also when `failed` was given; the file named without folders

private:
    JobId startErased(Request request, QObject* context, std::function<void(Progress&)> work, std::function<void()> done,
                      std::function<void(const Error&)> failed);
    void finish(JobId id, const QPointer<QObject>& receiver, const std::optional<Error>& error, const std::function<void()>& done,
                const std::function<void(const Error&)>& failed);
    void updateViews();
    struct Private;
    std::unique_ptr<Private> m_private;
    QList<JobView> m_views;
};

}  // namespace halftone::app
