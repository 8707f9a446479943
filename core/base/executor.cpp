// SPDX-License-Identifier: Apache-2.0
#include "core/base/executor.h"

#include "core/base/handover.h"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <thread>

namespace halftone {

namespace {

/// When a scope is left, by an exception too.
struct AtEnd {
    void (*call)(const void*) noexcept;
    const void* place;
    ~AtEnd() { call(place); }
};

/// A loop as oneTBB's threads see it: each part takes over what its caller did, and hands back what it did itself.
struct Parts {
    std::size_t count, step;
    void (*call)(const void*, std::size_t, std::size_t);
    const void* body;

    void run(std::size_t i) const { call(body, i * step, std::min(count, (i + 1) * step)); }
    void operator()(std::size_t i) const
    {
        takeOver(this);
        const AtEnd back{handOver, this};
        run(i);
    }
};

}  // namespace

struct Executor::Arena {
    tbb::task_arena arena;
    int threads;
};

Executor::Executor(int threads)
{
    const int count = threads > 0 ? threads : std::max(1, int(std::thread::hardware_concurrency()));
    m_arena = std::unique_ptr<Arena>(new Arena{tbb::task_arena(count), count});
}

Executor::~Executor() = default;

int Executor::threads() const noexcept
{
    return m_arena->threads;
}

void Executor::run(std::size_t count, std::size_t grain, Call call, const void* body) const
{
    if (count == 0)
        return;
    const std::size_t step = std::max<std::size_t>(1, grain);
    const std::size_t parts = (count + step - 1) / step;
    const Parts loop{count, step, call, body};
    if (parts == 1 || m_arena->threads == 1) {
        for (std::size_t i = 0; i < parts; ++i)
            loop.run(i);
        return;
    }
    handOver(&loop);
    const AtEnd joined{takeOver, &loop};
    m_arena->arena.execute([&] { tbb::parallel_for(std::size_t{0}, parts, loop, tbb::simple_partitioner{}); });
}

}  // namespace halftone
