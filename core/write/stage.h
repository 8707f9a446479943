// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>

namespace halftone::write {

/// Adds up how long a stage works, without its waiting. One thread measures, any may read.
class Stopwatch {
public:
    template <class Work>
    void time(const Work& work)
    {
        const auto start = Clock::now();
        work();
        m_busy += std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    }
    std::int64_t nanoseconds() const noexcept { return m_busy; }

private:
    using Clock = std::chrono::steady_clock;
    std::atomic<std::int64_t> m_busy{0};
};

/// A stage of a pipeline on its own thread. An exception in it stops the whole pipeline and comes out of join().
class Stage {
public:
    Stage(std::function<void()> work, std::function<void()> stopAll)
        : m_thread([this, work = std::move(work), stopAll = std::move(stopAll)] {
              try {
                  work();
              } catch (...) {
                  m_failure = std::current_exception();
                  stopAll();
              }
          })
    {
    }
    ~Stage() { wait(); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void join()
    {
        wait();
        if (m_failure)
            std::rethrow_exception(m_failure);
    }

private:
    void wait()
    {
        if (m_thread.joinable())
            m_thread.join();
    }

    std::exception_ptr m_failure;
    std::thread m_thread;   // last: the others exist when it starts
};

}  // namespace halftone::write
