// SPDX-License-Identifier: Apache-2.0
#include "core/base/executor.h"
#include "core/infer/matmul.h"
#include "core/infer/matmul_reference.h"

namespace halftone::infer {
namespace {

constexpr std::size_t kColumnsPerTask = 32768;

template <std::size_t Columns, class Block>
void quantizeBlocks(std::span<const float> x, std::vector<Block>& blocks, const Executor& executor)
{
    blocks.resize(x.size() / Columns);
    executor.forRanges(blocks.size(), kColumnsPerTask / Columns, [&](std::size_t begin, std::size_t end) {
        for (std::size_t b = begin; b < end; ++b)
            reference::quantize(x.subspan(b * Columns).template first<Columns>(), blocks[b]);
    });
}

}  // namespace

void Activations::assign(std::span<const float> x, std::size_t columns)
{
    m_x = x;
    m_columns = columns;
    m_has32 = m_has256 = false;
}

std::span<const Block32> Activations::blocks32(const Executor& executor)
{
    if (!m_has32)
        quantizeBlocks<32>(m_x, m_blocks32, executor);
    m_has32 = true;
    return m_blocks32;
}

std::span<const Block256> Activations::blocks256(const Executor& executor)
{
    if (!m_has256)
        quantizeBlocks<256>(m_x, m_blocks256, executor);
    m_has256 = true;
    return m_blocks256;
}

}  // namespace halftone::infer
