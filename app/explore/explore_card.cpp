// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/explore_card.h"

#include "app/widgets/format_text.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QTimer>

namespace halftone::app {
namespace {

constexpr int kBusyAfterMs = 150;  // quicker answers would only flicker

}  // namespace

ExploreCard::ExploreCard(Workspace& workspace, const QString& title, const QString& tag, QWidget* parent)
    : Card(title, parent),
      m_workspace(workspace),
      m_tag(tag),
      m_busyTimer(new QTimer(this))
{
    m_busyTimer->setSingleShot(true);
    m_busyTimer->setInterval(kBusyAfterMs);
    connect(m_busyTimer, &QTimer::timeout, this, [this] {
        if (m_pending)
            onBusy();
    });
}

void ExploreCard::look(const Subject& subject)
{
    stop();
    m_subject = subject;
    refresh();
}

void ExploreCard::clear(const QString& sentence)
{
    stop();
    m_subject = {};
    setNote({});
    say(QStringLiteral("–"));
    onCleared(sentence);
}

std::optional<quant::Type> ExploreCard::plannedType() const
{
    const auto& choices = m_workspace.plan().choices;
    if (m_subject.isEmpty() || m_workspace.model() != m_subject.model || std::size_t(m_subject.index()) >= choices.size())
        return std::nullopt;
    return choices[std::size_t(m_subject.index())].type;
}

void ExploreCard::onBusy()
{
    say(tr("Computing…"));
}

void ExploreCard::stop()
{
    m_pending = false;
    m_busyTimer->stop();
    jobs().cancelTag(m_tag);
}

JobManager& ExploreCard::jobs() const
{
    return m_workspace.jobs();
}

void ExploreCard::expectAnswer()
{
    m_pending = true;
    m_busyTimer->start();
}

void ExploreCard::fail(const Error& error)
{
    m_pending = false;
    say(errorText(error));
}

}  // namespace halftone::app
