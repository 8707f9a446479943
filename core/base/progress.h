// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace halftone {

/// What `done` and `total` of a job count.
enum class Unit { Bytes, Weights, Tensors, Tokens };

/// The shared line between a job and whoever watches it. The job reports and asks whether to go on; the watcher polls
/// snapshots and may cancel or pause. Every member may be called from any thread.
class Progress {
public:
    struct Snapshot {
        std::string stage;       ///< "quantizing", "reading"; English, short, translated by the window
        std::uint64_t done = 0;
        std::uint64_t total = 0; ///< 0 while unknown
        Unit unit = Unit::Bytes;
        bool paused = false;
        bool cancelled = false;
        std::string note = {};   ///< what holds the stage up: "computing", "writing"; often empty
    };

    Progress() = default;
    /// A part of a job that counts for itself, unwatched: it waits and stops with the whole, which must live longer.
    explicit Progress(Progress& whole) : m_whole(&whole) {}

    // The job's side.
    void begin(std::string stage, std::uint64_t total, Unit unit);
    void setNote(std::string note);
    void advance(std::uint64_t amount) noexcept { m_done.fetch_add(amount, std::memory_order_relaxed); }
    /// Returns at once while the job may go on; waits while it is paused; throws Error{Cancelled} once cancelled.
    /// Call it often enough that a cancel is seen within 100 ms (once per block of rows).
    void checkpoint();
    bool cancelled() const noexcept { return m_cancelled.load(std::memory_order_relaxed) || (m_whole && m_whole->cancelled()); }

    // The watcher's side.
    void cancel();
    void pause();
    void resume();
    Snapshot snapshot() const;

private:
    Progress* m_whole = nullptr;
    std::atomic<std::uint64_t> m_done{0};
    std::atomic<bool> m_cancelled{false};
    std::atomic<bool> m_paused{false};
    mutable std::mutex m_mutex;
    std::condition_variable m_resumed;
    std::string m_stage, m_note;
    std::uint64_t m_total = 0;
    Unit m_unit = Unit::Bytes;
};

/// Turns a watcher's snapshots into a smoothed rate and the time left. Not thread safe; one per watched job.
class RateMeter {
public:
    using Clock = std::chrono::steady_clock;
    struct Estimate {
        double perSecond = 0;              ///< in the snapshot's unit; 0 until two snapshots were seen
        std::optional<double> secondsLeft; ///< empty while the total or the rate is unknown
    };
    Estimate update(const Progress::Snapshot& snapshot, Clock::time_point now = Clock::now());

private:
    std::optional<Clock::time_point> m_last;
    std::string m_stage;
    std::uint64_t m_lastDone = 0;
    double m_rate = 0;
};

}  // namespace halftone
