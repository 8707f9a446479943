// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace halftone::write {

/// Hands values from one thread to another, in order. The number of values in flight is bounded by whoever makes them:
/// the pipeline has a fixed set of buffers that go round.
template <class T>
class Channel {
public:
    void push(T value)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed)
                return;
            m_values.push_back(std::move(value));
        }
        m_changed.notify_one();
    }

    /// Waits for a value. Empty once the channel is finished and drained, or closed.
    std::optional<T> pop()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_values.empty() || m_finished || m_closed; });
        if (m_closed || m_values.empty())
            return std::nullopt;
        T value = std::move(m_values.front());
        m_values.pop_front();
        return value;
    }

    /// No more values will come; those inside are still handed out.
    void finish() { set(m_finished); }
    /// Nobody waits any longer and what is inside is dropped.
    void close() { set(m_closed); }

private:
    void set(bool& flag)
    {
        {
            const std::lock_guard lock(m_mutex);
            flag = true;
        }
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<T> m_values;
    bool m_finished = false;
    bool m_closed = false;
};

}  // namespace halftone::write
