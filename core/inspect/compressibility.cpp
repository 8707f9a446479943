// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/compressibility.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/quant/codes.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace halftone::inspect {

double entropyBits(std::span<const std::uint64_t> counts)
{
    double total = 0, bits = 0;
    for (const std::uint64_t count : counts)
        total += double(count);
    for (const std::uint64_t count : counts)
        if (count > 0)
            bits -= double(count) / total * std::log2(double(count) / total);
    return bits;
}

namespace {

constexpr std::uint64_t kChunkBytes = 1 << 20;
constexpr std::uint64_t kMostChunks = 32;  ///< that zstd is shown
constexpr int kLevel = 3;

using Counts = std::vector<std::array<std::uint64_t, 256>>;  ///< by place within a weight; one place for codes

std::uint64_t compressedBytes(std::span<const std::byte> bytes)
{
    std::vector<std::byte> out(ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
    if (ZSTD_isError(size))
        throw Error(ErrorCode::OutOfMemory, std::string("zstd cannot compress: ") + ZSTD_getErrorName(size));
    return size;
}

/// A tensor in chunks of whole blocks.
class Survey {
public:
    explicit Survey(const model::Tensor& tensor)
        : m_tensor(tensor),
          m_type(quant::info(tensor.type)),
          m_ofCodes(quant::hasCodes(tensor.type)),
          m_chunkBytes(kChunkBytes / m_type.blockBytes * m_type.blockBytes),
          m_chunks((tensor.bytes() + m_chunkBytes - 1) / m_chunkBytes),
          m_counts(places())
    {
    }

    std::size_t chunks() const { return std::size_t(m_chunks); }
    std::span<const std::byte> chunk(std::size_t index) const
    {
        const std::uint64_t first = index * m_chunkBytes;
        return m_tensor.data.subspan(first, std::min(m_chunkBytes, m_tensor.bytes() - first));
    }

    void look(std::size_t index)
    {
        const auto bytes = chunk(index);
        Counts counts(places());
        m_ofCodes ? countCodes(bytes, counts) : countBytes(bytes, counts);
        const std::uint64_t compressed = isShown(index) ? compressedBytes(bytes) : 0;

        const std::scoped_lock lock(m_mutex);  // whole numbers: the order of adding does not matter
        for (std::size_t place = 0; place < counts.size(); ++place)
            std::ranges::transform(m_counts[place], counts[place], m_counts[place].begin(), std::plus{});
        if (compressed > 0) {
            m_shown += bytes.size();
            m_compressed += compressed;
        }
    }

    Compressibility result() const
    {
        Compressibility result;
        const double symbolsPerWeight = m_ofCodes ? 1 : double(m_type.blockBytes) / double(m_type.blockSize) / double(places());
        for (const auto& counts : m_counts)
            result.entropyBits += entropyBits(counts) * symbolsPerWeight;
        result.ofCodes = m_ofCodes;
        result.zstdRatio = m_compressed > 0 ? double(m_shown) / double(m_compressed) : 1;
        result.zstdBytes = m_shown;
        result.sampled = m_shown < m_tensor.bytes();
        return result;
    }

private:
    std::size_t places() const { return !m_ofCodes && m_type.blockSize == 1 ? m_type.blockBytes : 1; }

    /// Evenly spread, the first and the last among them.
    bool isShown(std::size_t index) const
    {
        if (m_chunks <= kMostChunks)
            return true;
        const std::uint64_t number = (index * (kMostChunks - 1) + m_chunks - 2) / (m_chunks - 1);
        return number * (m_chunks - 1) / (kMostChunks - 1) == index;
    }

    void countCodes(std::span<const std::byte> bytes, Counts& counts) const
    {
        std::vector<std::uint8_t> codes(bytes.size() / m_type.blockBytes * m_type.blockSize);
        quant::unpackCodes(m_type.type, bytes, codes);
        for (const std::uint8_t code : codes)
            ++counts[0][code];
    }

    void countBytes(std::span<const std::byte> bytes, Counts& counts) const
    {
        const std::size_t stride = places();
        for (std::size_t place = 0; place < stride; ++place)
            for (std::size_t i = place; i < bytes.size(); i += stride)
                ++counts[place][std::to_integer<std::size_t>(bytes[i])];
    }

    const model::Tensor& m_tensor;
    const quant::TypeInfo& m_type;
    const bool m_ofCodes;
    const std::uint64_t m_chunkBytes, m_chunks;
    std::mutex m_mutex;
    Counts m_counts;
    std::uint64_t m_shown = 0, m_compressed = 0;
};

}  // namespace

Compressibility compressibility(const model::Tensor& tensor, const Executor& executor, Progress& progress)
{
    Survey survey(tensor);
    executor.forEach(survey.chunks(), [&](std::size_t index) {
        progress.checkpoint();
        survey.look(index);
        progress.advance(survey.chunk(index).size());
    });
    return survey.result();
}

}  // namespace halftone::inspect
