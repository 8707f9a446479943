// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/subject.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/chart_export.h"

class QTimer;

namespace halftone::app {

/// A card of the explore page: computes its picture of the subject in a job and says so when that takes a while. The newest
/// subject wins.
class ExploreCard : public Card {
    Q_OBJECT
public:
    /// `tag` names the card's jobs.
    ExploreCard(Workspace& workspace, const QString& title, const QString& tag, QWidget* parent = nullptr);

    /// Another subject, which is not empty.
    void look(const Subject& subject);
    /// Nothing to look at; `sentence` says what to do, for the one card that has the room.
    void clear(const QString& sentence);
    /// The plan has changed, the subject has not.
    virtual void onRecipeChanged() {}

protected:
    virtual void refresh() = 0;  ///< show subject(), which is not empty
    virtual void onCleared(const QString&) {}
    virtual void say(const QString& message) = 0;  ///< in place of the picture
    virtual void onBusy();  ///< a job takes a while

    Workspace& workspace() const { return m_workspace; }
    const Subject& subject() const { return m_subject; }
    std::optional<quant::Type> plannedType() const;

    /// Starts a job of this card. `done` gets its result; an error is said in place of the picture.
    template <class Work, class Done>
    void compute(const QString& title, std::uint64_t weights, Work work, Done done)
    {
        expectAnswer();
        jobs().start(
            {title, m_tag, weights > kLongWeights}, this, std::move(work),
            [this, done = std::move(done)](auto result) {
                m_pending = false;
                done(std::move(result));
            },
            [this](const Error& error) { fail(error); });
    }
    void stop();
    bool isPending() const { return m_pending; }

    /// The view's context menu saves it; `what` ends the proposed file name.
    template <class View>
    void offerExport(View* view, const QString& what)
    {
        connect(view, &View::contextMenuRequested, this, [this, view, what](const QPoint& position) {
            if (!m_subject.isEmpty())
                showChartMenu(this, position, view->chart(m_subject.name() + QLatin1Char('-') + what));
        });
    }

private:
    JobManager& jobs() const;
    void expectAnswer();
    void fail(const Error& error);

    Workspace& m_workspace;
    QString m_tag;
    Subject m_subject;
    QTimer* m_busyTimer;
    bool m_pending = false;
};

}  // namespace halftone::app
