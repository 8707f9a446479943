// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/lesson/sample.h"
#include "core/quant/type.h"

#include <cstdint>
#include <vector>

namespace halftone::lesson {

/// How often each code occurs.
struct CodeCounts {
    int first = 0;  ///< what the code of counts[0] means: -127 of Q8_0, 0 of Q4_K
    std::vector<std::uint64_t> counts;
    double storedBits = 0;  ///< per code
    double entropyBits = 0;  ///< per code: what an ideal coder that knows how often each occurs would need

    double savedShare() const { return storedBits > 0 ? 1 - entropyBits / storedBits : 0; }
};

/// At most this many of the sample's weights are counted, whole rows.
constexpr std::size_t kMostCounted = std::size_t(1) << 16;

/// The types whose codes can be counted and whose blocks fit the sample's rows.
std::vector<quant::Type> countableTypes(const Sample& sample);

/// Of the sample packed as `type`, one of countableTypes(). Codes are counted from the type's zero: -8..7 of Q4_0.
CodeCounts countCodes(const Sample& sample, quant::Type type);

/// Of the nearest levels of a symmetric grid that reaches the largest weight of each `block` weights. A row's last block may be shorter.
CodeCounts countCodes(const Sample& sample, int bits, std::size_t block);

}  // namespace halftone::lesson
