// SPDX-License-Identifier: Apache-2.0
#include "core/base/progress.h"

#include "core/base/error.h"

#include <cmath>

namespace halftone {

void Progress::begin(std::string stage, std::uint64_t total, Unit unit)
{
    const std::scoped_lock lock(m_mutex);
    m_stage = std::move(stage);
    m_note.clear();
    m_total = total;
    m_unit = unit;
    m_done.store(0, std::memory_order_relaxed);
}

void Progress::setNote(std::string note)
{
    const std::scoped_lock lock(m_mutex);
    m_note = std::move(note);
}

void Progress::checkpoint()
{
    if (m_whole)
        m_whole->checkpoint();
    if (m_paused.load(std::memory_order_relaxed)) {
        std::unique_lock lock(m_mutex);
        m_resumed.wait(lock, [this] { return !m_paused || m_cancelled; });
    }
    if (cancelled())
        throw Error(ErrorCode::Cancelled, "cancelled");
}

void Progress::cancel()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_cancelled = true;
    }
    m_resumed.notify_all();
}

void Progress::pause()
{
    const std::scoped_lock lock(m_mutex);
    m_paused = true;
}

void Progress::resume()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_paused = false;
    }
    m_resumed.notify_all();
}

Progress::Snapshot Progress::snapshot() const
{
    const std::scoped_lock lock(m_mutex);
    return {m_stage, m_done.load(std::memory_order_relaxed), m_total, m_unit, m_paused, m_cancelled, m_note};
}

RateMeter::Estimate RateMeter::update(const Progress::Snapshot& snapshot, Clock::time_point now)
{
    const bool restarted = snapshot.stage != m_stage || snapshot.done < m_lastDone;
    if (!m_last || restarted) {
        m_rate = 0;
    } else if (!snapshot.paused) {
        const double seconds = std::chrono::duration<double>(now - *m_last).count();
        if (seconds <= 0)
            return {m_rate, {}};
        // An exponential average over about three seconds: calm, yet it follows a change of tensor type.
        const double current = double(snapshot.done - m_lastDone) / seconds;
        const double keep = m_rate > 0 ? std::exp(-seconds / 3.0) : 0.0;
        m_rate = keep * m_rate + (1 - keep) * current;
    }
    m_last = now;
    m_stage = snapshot.stage;
    m_lastDone = snapshot.done;

    Estimate estimate{m_rate, {}};
    if (m_rate > 0 && snapshot.total >= snapshot.done && snapshot.total > 0)
        estimate.secondsLeft = double(snapshot.total - snapshot.done) / m_rate;
    return estimate;
}

}  // namespace halftone
