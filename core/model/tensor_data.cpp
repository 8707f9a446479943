// SPDX-License-Identifier: Apache-2.0
#include "core/model/tensor_data.h"

#include <algorithm>
#include <mutex>

namespace halftone::model {

struct TensorData::Made {
    std::shared_ptr<const ByteSource> source;
    std::once_flag once;
    std::unique_ptr<std::byte[]> bytes;
};

TensorData::TensorData(std::shared_ptr<const ByteSource> source) : m_made(std::make_shared<Made>())
{
    m_made->source = std::move(source);
}

std::uint64_t TensorData::size() const noexcept
{
    return m_made ? m_made->source->size() : m_mapped.size();
}

std::span<const std::byte> TensorData::bytes() const
{
    if (!m_made)
        return m_mapped;
    std::call_once(m_made->once, [this] {
        auto bytes = std::make_unique_for_overwrite<std::byte[]>(size());
        m_made->source->read(0, {bytes.get(), size()});
        m_made->bytes = std::move(bytes);
    });
    return {m_made->bytes.get(), size()};
}

std::span<const std::byte> TensorData::view(std::uint64_t offset, std::uint64_t count, std::vector<std::byte>& scratch) const
{
    if (!m_made)
        return m_mapped.subspan(offset, count);
    scratch.resize(count);
    m_made->source->read(offset, scratch);
    return scratch;
}

void TensorData::read(std::uint64_t offset, std::span<std::byte> out) const
{
    if (m_made)
        m_made->source->read(offset, out);
    else
        std::ranges::copy(m_mapped.subspan(offset, out.size()), out.begin());
}

}  // namespace halftone::model
