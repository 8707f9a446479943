// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/infer/network_commands.h"
#include "gpu/staging.h"
#include "tests/gpu/opened_device.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace halftone::gpu {

/// Beyond this a kernel does something else; sums of some thousand floats stay below.
inline constexpr double kTolerance = 2e-5;

inline std::vector<float> randomFloats(std::size_t count, unsigned seed, float spread = 1, float centre = 0)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(centre, spread);
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return normal(random); });
    return values;
}

/// Largest difference over the largest magnitude expected.
inline double worstError(std::span<const float> ours, std::span<const double> expected)
{
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double difference = std::abs(double(ours[i]) - expected[i]);
        worst = std::isfinite(difference) ? std::max(worst, difference) : std::numeric_limits<double>::infinity();
        largest = std::max(largest, std::abs(expected[i]));
    }
    return worst / std::max(largest, 1e-30);
}

/// A test of a network's kernels on arrays of floats.
class KernelTest : public QObject {
protected:
    void open(IntegerDot integerDot = IntegerDot::Never)
    {
        m_device = openForTest({.integerDot = integerDot});
        if (!m_device)
            QSKIP("no Vulkan device");
        m_kernels = std::make_unique<NetworkKernels>(*m_device);
        m_staging = std::make_unique<Staging>(*m_device, 1u << 20);
    }
    void nothingWasComplainedAbout()
    {
        if (m_device)
            QCOMPARE(m_device->instance().validationMessages(), 0);
    }

    template <class Values>
    Buffer uploaded(const Values& values)
    {
        const auto bytes = std::as_bytes(std::span(values));
        Buffer buffer(*m_device, bytes.size(), Buffer::Place::Device);
        m_device->wait(m_staging->upload(bytes, buffer));
        return buffer;
    }
    Buffer empty(std::size_t count) { return uploaded(std::vector<float>(count, std::numeric_limits<float>::quiet_NaN())); }
    std::vector<float> downloaded(const Buffer& buffer, std::size_t count)
    {
        std::vector<float> values(count);
        m_staging->download(buffer, 0, std::as_writable_bytes(std::span(values)));
        return values;
    }
    template <class Record>
    void run(const Record& record)
    {
        Commands commands(*m_device, m_device->compute());
        NetworkCommands steps(*m_kernels, commands);
        commands.begin();
        record(steps);
        m_device->wait(commands.submit());
    }

    std::unique_ptr<ComputeDevice> m_device;  // goes last
    std::unique_ptr<NetworkKernels> m_kernels;
    std::unique_ptr<Staging> m_staging;
};

}  // namespace halftone::gpu
