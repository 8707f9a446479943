// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

// Blocks in packed rows, which are not aligned.
namespace halftone::quant {

template <class Block>
Block loadBlock(const std::byte* packed, std::size_t index)
{
    Block block;
    std::memcpy(&block, packed + index * sizeof(Block), sizeof(Block));
    return block;
}

template <class Block>
void storeBlock(const Block& block, std::byte* out, std::size_t index)
{
    std::memcpy(out + index * sizeof(Block), &block, sizeof(Block));
}

}  // namespace halftone::quant
