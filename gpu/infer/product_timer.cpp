// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/product_timer.h"

#include "core/base/progress.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace halftone::gpu {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kEnough = 0.15;  ///< seconds
constexpr int kFewestRuns = 3;  ///< the first wakes the device, and lets longer submits be believed in
constexpr int kMostRounds = 16;  ///< in one run, so that the time of a submit counts little

double workOf(const DeviceMatrix& matrix)
{
    return double(matrix.rows) * double(matrix.columns);
}

/// One buffer for all of them where `chunkBytes` allows it, and no more than they need.
std::uint64_t chunkFor(std::span<const infer::PackedMatrix> matrices, std::uint64_t chunkBytes)
{
    constexpr std::uint64_t kAlignment = 512;  // more than a device asks for between two
    std::uint64_t bytes = kAlignment;
    for (const infer::PackedMatrix& matrix : matrices)
        bytes += WeightMemory::bytesOf(matrix) + kAlignment;
    return std::min(bytes, chunkBytes);
}

std::vector<float> madeVector(std::uint64_t columns)
{
    std::vector<float> vector(columns);
    for (std::size_t i = 0; i < vector.size(); ++i)
        vector[i] = float(int(i * 7919 % 199) - 99) / 99;
    return vector;
}

}  // namespace

ProductTimer::ProductTimer(NetworkKernels& kernels, std::span<const infer::PackedMatrix> matrices, std::uint64_t chunkBytes)
    : m_device(kernels.device()),
      m_memory(m_device, chunkFor(matrices, chunkBytes)),
      m_vector(madeVector(std::ranges::max(matrices, {}, &infer::PackedMatrix::columns).columns)),
      m_input(m_device, m_vector.size() * sizeof(float), Buffer::Place::Device),
      m_output(m_device, std::ranges::max(matrices, {}, &infer::PackedMatrix::rows).rows * sizeof(float), Buffer::Place::Device),
      m_commands(m_device, m_device.compute()),
      m_steps(kernels, m_commands)
{
    for (const infer::PackedMatrix& matrix : matrices)
        m_matrices.push_back(m_memory.add(matrix));
    m_memory.finish();
    const auto bytes = std::as_bytes(std::span(m_vector));
    Staging staging(m_device, bytes.size());
    m_device.wait(staging.upload(bytes, m_input));
}

void ProductTimer::multiplyFirst(std::span<float> rows)
{
    m_commands.begin();
    m_steps.multiply(m_matrices.front(), m_input, m_output, 1);
    m_steps.barrier();
    const auto bytes = std::as_writable_bytes(rows);
    Staging(m_device, bytes.size()).download(m_output, 0, bytes, m_commands.submit());
}

double ProductTimer::seconds(Progress& progress)
{
    double work = 0, spent = 0, best = std::numeric_limits<double>::infinity();
    for (const DeviceMatrix& matrix : m_matrices)
        work += workOf(matrix);
    for (int run = 0; run < kFewestRuns || spent < kEnough; ++run) {
        const int rounds = int(std::clamp(m_pacer.mostWork(false) / work, 1.0, double(kMostRounds)));
        const double seconds = runAll(rounds, progress);
        spent += seconds;
        best = std::min(best, seconds / rounds);
    }
    return best;
}

/// So many products with every matrix, in as many submits as it takes to keep them short.
double ProductTimer::runAll(int rounds, Progress& progress)
{
    double seconds = 0;
    m_commands.begin();
    for (int round = 0; round < rounds; ++round)
        for (const DeviceMatrix& matrix : m_matrices) {
            const double work = workOf(matrix);
            if (m_recorded > 0 && m_recorded + work > m_pacer.mostWork(false)) {
                seconds += submit(progress);
                m_commands.begin();
            }
            m_steps.multiply(matrix, m_input, m_output, 1);
            m_steps.barrier();
            m_recorded += work;
        }
    return seconds + submit(progress);
}

double ProductTimer::submit(Progress& progress)
{
    progress.checkpoint();
    const auto start = Clock::now();
    m_device.wait(m_commands.submit());
    const double seconds = std::max(1e-9, std::chrono::duration<double>(Clock::now() - start).count());
    m_pacer.took(std::exchange(m_recorded, 0), false, seconds);
    return seconds;
}

}  // namespace halftone::gpu
