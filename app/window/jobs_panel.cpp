// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/jobs_panel.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/icons.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <set>

namespace halftone::app {
namespace {

constexpr int kRowHeight = 26;
constexpr int kMargin = 4;
constexpr int kSteps = 1000;   ///< of the progress bar

QToolButton* smallButton(const QString& icon, const QString& name, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(tintedIcon(icon));
    button->setIconSize({14, 14});
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QLabel* figure(int width, QWidget* parent)
{
    auto* label = mutedLabel({}, parent);
    label->setFixedWidth(width);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

}  // namespace

class JobsPanel::Row : public QWidget {
public:
    Row(JobManager& jobs, JobId id, QWidget* parent)
        : QWidget(parent), m_title(new ElidedLabel(this)), m_device(new ElidedLabel(this)), m_stage(mutedLabel({}, this)), m_bar(new QProgressBar(this)), m_percent(strongLabel({}, this)), m_rate(figure(150, this)), m_left(figure(80, this)),
          m_pause(smallButton(QStringLiteral("pause"), JobsPanel::tr("Pause"), this)), m_cancel(smallButton(QStringLiteral("close"), JobsPanel::tr("Cancel"), this))
    {
        setFixedHeight(kRowHeight);
        m_title->setFont(strongFont(font()));
        m_title->setMaximumWidth(280);
        m_device->setProperty("muted", true);
        m_device->setMaximumWidth(200);
        m_device->setObjectName(QStringLiteral("jobDevice"));
        m_bar->setTextVisible(false);
        m_percent->setFixedWidth(44);
        m_percent->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        auto* layout = new QHBoxLayout(this);
        layout->setContentsMargins(12, 0, 12, 0);
        layout->setSpacing(8);
        layout->addWidget(m_title);
        layout->addWidget(m_device);
        layout->addWidget(m_stage);
        layout->addWidget(m_bar, 1);
        for (QWidget* widget : {static_cast<QWidget*>(m_percent), static_cast<QWidget*>(m_rate), static_cast<QWidget*>(m_left), static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_cancel)})
            layout->addWidget(widget);
        connect(m_cancel, &QToolButton::clicked, &jobs, [&jobs, id] { jobs.cancel(id); });
        connect(m_pause, &QToolButton::clicked, this, [this, &jobs, id] { m_paused ? jobs.resume(id) : jobs.pause(id); });
    }

    void show(const JobView& view)
    {
        const auto& progress = view.progress;
        const QString stage = progress.cancelled ? JobsPanel::tr("stopping") : progress.paused ? JobsPanel::tr("paused") : stageText(progress);
        m_title->setFullText(view.title);
        m_device->setFullText(view.device.isEmpty() ? QString() : JobsPanel::tr("on %1").arg(view.device));
        m_device->setVisible(!view.device.isEmpty());
        m_stage->setText(stage);
        m_bar->setRange(0, progress.total ? kSteps : 0);   // without a total: busy
        const double share = progress.total ? std::min(1.0, double(progress.done) / double(progress.total)) : 0;
        m_bar->setValue(int(share * kSteps));
        m_bar->setAccessibleName(view.title);
        m_percent->setText(progress.total ? JobsPanel::tr("%1 %").arg(int(share * 100)) : QString());
        m_rate->setText(progress.paused ? QString() : rateText(progress, view.estimate.perSecond));
        m_left->setText(view.estimate.secondsLeft && !progress.paused ? JobsPanel::tr("%1 left").arg(durationText(*view.estimate.secondsLeft)) : QString());
        if (progress.paused != m_paused) {
            m_paused = progress.paused;
            const QString name = m_paused ? JobsPanel::tr("Resume") : JobsPanel::tr("Pause");
            m_pause->setIcon(tintedIcon(m_paused ? QStringLiteral("play") : QStringLiteral("pause")));
            m_pause->setToolTip(name);
            m_pause->setAccessibleName(name);
        }
    }

private:
    ElidedLabel* m_title;
    ElidedLabel* m_device;
    QLabel* m_stage;
    QProgressBar* m_bar;
    QLabel* m_percent;
    QLabel* m_rate;
    QLabel* m_left;
    QToolButton* m_pause;
    QToolButton* m_cancel;
    bool m_paused = false;
};

JobsPanel::JobsPanel(JobManager& jobs, QWidget* parent) : QFrame(parent), m_jobs(jobs), m_none(mutedLabel(tr("No jobs"))), m_layout(nullptr)
{
    setProperty("foot", true);
    setAccessibleName(tr("Jobs"));
    auto* list = new QWidget;
    list->setProperty("side", true);
    m_layout = new QVBoxLayout(list);
    m_layout->setContentsMargins(0, kMargin, 0, kMargin);
    m_layout->setSpacing(0);
    m_none->setContentsMargins(12, 0, 12, 0);
    m_none->setFixedHeight(kRowHeight);
    m_layout->addWidget(m_none);
    m_layout->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 1, 0, 0);
    layout->addWidget(scroll);
    connect(&m_jobs, &JobManager::jobsChanged, this, &JobsPanel::refresh);
    refresh();
}

void JobsPanel::refresh()
{
    std::set<quint64> running;
    for (const JobView& view : m_jobs.jobs()) {
        running.insert(view.id);
        auto& row = m_rows[view.id];
        if (!row) {
            row = new Row(m_jobs, view.id, this);
            m_layout->insertWidget(m_layout->count() - 1, row);
        }
        row->show(view);
        row->setVisible(true);
    }
    std::erase_if(m_rows, [&](const auto& entry) {
        if (running.contains(entry.first))
            return false;
        entry.second->deleteLater();
        entry.second->hide();
        return true;
    });
    m_none->setVisible(m_rows.empty());
    // One line always has room, so that short jobs do not make the window jump; more than four scroll.
    const int lines = std::clamp(int(m_rows.size()), 1, 4);
    setFixedHeight(lines * kRowHeight + 2 * kMargin + 3);   // the frame is above and below
}

}  // namespace halftone::app
