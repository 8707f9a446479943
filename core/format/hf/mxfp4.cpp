// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/mxfp4.h"

#include "core/quant/blocks.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace halftone::format::hf {

namespace {

constexpr std::uint64_t kNibbleBytes = sizeof quant::BlockMXFP4::q;

class Mxfp4 final : public model::ByteSource {
public:
    Mxfp4(Source blocks, Source scales) : m_blocks(std::move(blocks)), m_scales(std::move(scales)) {}
    std::uint64_t size() const noexcept override { return m_scales->size() * sizeof(quant::BlockMXFP4); }

    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        constexpr std::uint64_t kBlocksAtOnce = 4096;
        std::uint64_t first = offset / sizeof(quant::BlockMXFP4);
        while (!out.empty()) {
            const std::uint64_t count = std::min<std::uint64_t>(out.size() / sizeof(quant::BlockMXFP4), kBlocksAtOnce);
            readBlocks(first, out.first(count * sizeof(quant::BlockMXFP4)));
            first += count;
            out = out.subspan(count * sizeof(quant::BlockMXFP4));
        }
    }

private:
    void readBlocks(std::uint64_t first, std::span<std::byte> out) const
    {
        const std::uint64_t count = out.size() / sizeof(quant::BlockMXFP4);
        std::vector<std::byte> nibbles(count * kNibbleBytes), scales(count);
        m_blocks->read(first * kNibbleBytes, nibbles);
        m_scales->read(first, scales);
        for (std::uint64_t i = 0; i < count; ++i) {
            const quant::BlockMXFP4 block = reordered(std::to_integer<std::uint8_t>(scales[i]), nibbles.data() + i * kNibbleBytes);
            std::memcpy(out.data() + i * sizeof block, &block, sizeof block);
        }
    }

    static quant::BlockMXFP4 reordered(std::uint8_t scale, const std::byte* pairs)
    {
        const auto weight = [pairs](std::size_t i) {
            return std::uint8_t(i % 2 == 0 ? std::to_integer<std::uint8_t>(pairs[i / 2]) & 15
                                           : std::to_integer<std::uint8_t>(pairs[i / 2]) >> 4);
        };
        quant::BlockMXFP4 block{.e = scale, .q = {}};
        for (std::size_t i = 0; i < kNibbleBytes; ++i)
            block.q[i] = std::uint8_t(weight(i) | weight(i + kNibbleBytes) << 4);
        return block;
    }

    Source m_blocks, m_scales;
};

}  // namespace

Source mxfp4(Source blocks, Source scales)
{
    return std::make_shared<const Mxfp4>(std::move(blocks), std::move(scales));
}

}  // namespace halftone::format::hf
