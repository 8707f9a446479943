// SPDX-License-Identifier: Apache-2.0
#include "core/infer/point_levels.h"

namespace halftone::infer {

void lookUpPairs(const std::uint32_t* entries, const std::uint32_t* pairs, std::size_t count, std::size_t lanes, std::uint32_t* out)
{
    for (std::size_t i = 0; i < count; ++i, pairs += lanes, out += 2 * lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            out[lane] = entries[pairs[lane] & 0xffff];
            out[lanes + lane] = entries[pairs[lane] >> 16];
        }
}

}  // namespace halftone::infer
