// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace halftone {

/// A fixed number of threads for parallel loops (a oneTBB arena behind a plain face). A job owns one or borrows one;
/// loops of different jobs do not mix. Results never depend on the number of threads: a loop's parts are independent,
/// and reductions combine their parts in index order.
class Executor {
public:
    /// `threads` 0 means one for each hardware thread.
    explicit Executor(int threads = 0);
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    int threads() const noexcept;

    /// Calls body(begin, end) for consecutive ranges that cover [0, count), each at most `grain` long, on all threads;
    /// returns when all are done. The first exception thrown by a body is rethrown here.
    template <class Body>
    void forRanges(std::size_t count, std::size_t grain, const Body& body) const
    {
        run(count, grain, [](const void* f, std::size_t begin, std::size_t end) { (*static_cast<const Body*>(f))(begin, end); }, &body);
    }

    /// Calls body(index) for each index in [0, count), one index a task.
    template <class Body>
    void forEach(std::size_t count, const Body& body) const
    {
        forRanges(count, 1, [&](std::size_t begin, std::size_t) { body(begin); });
    }

private:
    using Call = void (*)(const void*, std::size_t, std::size_t);
    void run(std::size_t count, std::size_t grain, Call call, const void* body) const;

    struct Arena;
    std::unique_ptr<Arena> m_arena;
};

}  // namespace halftone
