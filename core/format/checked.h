// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace halftone::format {

/// Sums and products of numbers from a file: empty instead of wrapping. Every such sum and product goes through here.
constexpr std::optional<std::uint64_t> checkedAdd(std::uint64_t a, std::uint64_t b)
{
    return a <= std::numeric_limits<std::uint64_t>::max() - b ? std::optional(a + b) : std::nullopt;
}

constexpr std::optional<std::uint64_t> checkedMultiply(std::uint64_t a, std::uint64_t b)
{
    return b == 0 || a <= std::numeric_limits<std::uint64_t>::max() / b ? std::optional(a * b) : std::nullopt;
}

/// `value` rounded up to a multiple of `alignment`, a power of two.
constexpr std::optional<std::uint64_t> checkedAlign(std::uint64_t value, std::uint64_t alignment)
{
    const auto sum = checkedAdd(value, alignment - 1);
    return sum ? std::optional(*sum & ~(alignment - 1)) : std::nullopt;
}

}  // namespace halftone::format
