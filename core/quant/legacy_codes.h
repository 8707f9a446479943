// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace halftone::quant {

/// 32 codes into a block of 4 or 5 bits: byte i of q holds the low bits of codes i (low) and i + 16; bit i of `high`, where the block has
/// it, is the fifth of code i.
template <class Block, class Code>
void packLegacyCodes(const Code* codes, Block& block)
{
    static_assert(sizeof(Code) == 1);
    for (std::size_t i = 0; i < 16; ++i)
        block.q[i] = std::uint8_t((codes[i] & 15) | (codes[i + 16] & 15) << 4);
    if constexpr (requires { block.high; })
        for (std::size_t byte = 0; byte < 4; ++byte) {
            std::uint64_t eight;  // the multiplication gathers the lowest bits of its bytes in the uppermost one
            std::memcpy(&eight, codes + 8 * byte, sizeof eight);
            block.high[byte] = std::uint8_t((eight >> 4 & 0x0101010101010101u) * 0x0102040810204080u >> 56);
        }
}

}  // namespace halftone::quant
