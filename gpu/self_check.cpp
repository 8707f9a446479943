// SPDX-License-Identifier: Apache-2.0
#include "gpu/self_check.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/statistics.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <tuple>

namespace halftone::gpu {
namespace {

/// Marsaglia's xorshift: the same numbers everywhere, unlike the library's distributions.
class Random {
public:
    std::uint32_t bits()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 17;
        m_state ^= m_state << 5;
        return m_state;
    }
    /// From -1 to 1.
    float even() { return float(std::int32_t(bits())) * 0x1p-31f; }
    /// Nearly normal, of deviation 1.
    float bell() { return even() + even() + even(); }

private:
    std::uint32_t m_state = 0x9e3779b9u;
};

float weightOf(std::size_t row, std::size_t column, Random& random)
{
    const float bell = random.bell(), even = random.even();
    switch (row % 8) {
    case 1: return column % 97 == 0 ? bell * 8 : bell * 0.02f;  // outliers
    case 2: return std::abs(bell) * 0.1f;
    case 3: return -std::abs(bell) * 0.1f;
    case 4: return column / 64 % 2 ? 0.0f : column / 128 % 2 ? 0.125f : bell * bell * bell;
    case 5: return std::round(bell * 4) * 0.25f;  // ties
    case 6: return std::ldexp(bell, int(even * 18));  // many sizes side by side
    case 7: return column / 256 == 1 ? bell * 1e-39f : column / 256 == 2 ? bell * 1e18f : bell * 1e-4f;
    default: return bell * 0.02f;
    }
}

/// NaN has many faces.
bool isSame(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

Sample::Sample() : weights(kRows * kColumns), importance(kColumns)
{
    Random random;
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = weightOf(i / kColumns, i % kColumns, random);
    for (std::size_t i = 0; i < importance.size(); ++i)
        importance[i] = i % 50 == 0 ? 0.0f : std::abs(random.bell() * random.bell()) + 1e-4f;
}

backend::Rows Sample::rows(quant::Type type, bool withImportance) const
{
    return {type, weights, kColumns, withImportance ? std::span<const float>(importance) : std::span<const float>()};
}

bool unpacksAsTheCpu(backend::Backend& backend, quant::Type type)
{
    const Sample sample;
    std::vector<std::byte> packed(quant::rowBytes(type, sample.weights.size()));
    quant::quantize(type, sample.weights, Sample::kColumns,
                    quant::info(type).needsImportance ? std::span<const float>(sample.importance) : std::span<const float>(), packed);
    Random random;
    std::ranges::generate(std::span(packed).last(packed.size() / 2), [&] { return std::byte(random.bits() >> 13); });
    std::vector<float> expected(sample.weights.size()), found(expected.size());
    quant::dequantize(type, packed, expected);
    Progress progress;
    backend.dequantize({type, packed}, found, progress);
    return std::ranges::equal(expected, found, isSame);
}

bool inspectsAsTheCpu(backend::Backend& backend, quant::Type type)
{
    constexpr int kBins = 100;
    constexpr double kNear = 1e-3;
    const Sample sample;
    const std::size_t rows = 4 * Sample::kColumns;  // those whose sizes are alike
    std::vector<std::byte> packed(quant::rowBytes(type, rows));
    quant::quantize(type, std::span(sample.weights).first(rows), Sample::kColumns,
                    quant::info(type).needsImportance ? std::span<const float>(sample.importance) : std::span<const float>(), packed);
    model::Tensor tensor{.name = "sample", .shape = {{Sample::kColumns, 4, 1, 1}, 2}, .type = type, .data = packed};
    Progress progress;
    const Executor executor(1);
    const inspect::Inspection expected = inspect::inspect(tensor, kBins, executor, progress),
                              found = backend.inspect(tensor, kBins, progress);
    const auto& [a, b] = std::tie(expected.statistics, found.statistics);
    const auto near = [](double x, double y, double size) { return std::abs(x - y) <= kNear * size; };
    std::uint64_t moved = 0;
    for (int i = 0; i < kBins; ++i)
        moved += std::uint64_t(std::abs(std::int64_t(expected.histogram.counts[std::size_t(i)] - found.histogram.counts[std::size_t(i)])));
    return a.count == b.count && a.nonFinite == b.nonFinite && near(a.min, b.min, a.absMax) && near(a.max, b.max, a.absMax)
        && near(a.mean, b.mean, a.std) && near(a.std, b.std, a.std) && near(a.kurtosis, b.kurtosis, a.kurtosis)
        && double(moved) <= kNear * double(rows);
}

bool isSlower(backend::Backend& backend, backend::Backend& other, quant::Type type, bool importance)
{
    constexpr std::size_t kTimes = 42;
    const Sample sample;
    std::vector<float> weights;
    for (std::size_t i = 0; i < kTimes; ++i)
        weights.insert(weights.end(), sample.weights.begin(), sample.weights.begin() + 7 * Sample::kColumns);
    backend::Rows rows = sample.rows(type, importance);
    rows.weights = weights;
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    const auto seconds = [&](backend::Backend& each) {
        Progress progress;
        const auto start = std::chrono::steady_clock::now();
        each.quantize(rows, packed, progress);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const auto best = [&](backend::Backend& each) { return std::min(seconds(each), seconds(each)); };
    return best(backend) > best(other);
}

bool agreesWithCpu(backend::Backend& backend, quant::Type type, bool importance)
{
    const Sample sample;
    const backend::Rows rows = sample.rows(type, importance);
    std::vector<std::byte> expected(quant::rowBytes(type, rows.weights.size())), found(expected.size());
    quant::quantize(type, rows.weights, rows.columns, rows.importance, expected);
    Progress progress;
    backend.quantize(rows, found, progress);
    return expected == found;
}

}  // namespace halftone::gpu
