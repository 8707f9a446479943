// SPDX-License-Identifier: Apache-2.0
#include "core/format/gguf_size.h"

#include <numeric>
#include <type_traits>
#include <variant>

namespace halftone::format {
namespace {

constexpr std::uint64_t kFixedBytes = 24;    // magic, version, tensor count, entry count
constexpr std::uint64_t kTypeBytes = 4;
constexpr std::uint64_t kLengthBytes = 8;

std::uint64_t stringBytes(std::string_view text) { return kLengthBytes + text.size(); }

std::uint64_t elementBytes(const std::vector<std::string>& strings)
{
    return std::accumulate(strings.begin(), strings.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const std::string& text) { return sum + stringBytes(text); });
}

template <class T>
std::uint64_t elementBytes(const std::vector<T>& numbers) { return numbers.size() * sizeof(T); }

std::uint64_t valueBytes(const model::Value& value)
{
    return std::visit([](const auto& held) -> std::uint64_t {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>)
            return stringBytes(held);
        else if constexpr (std::is_same_v<Held, model::Array>)
            return kTypeBytes + kLengthBytes + std::visit([](const auto& elements) { return elementBytes(elements); }, held);
        else
            return sizeof(Held);
    }, value);
}

std::uint64_t headerBytes(const TensorHeader& tensor)
{
    constexpr std::uint64_t kRankBytes = 4, kExtentBytes = 8, kOffsetBytes = 8;
    return stringBytes(tensor.name) + kRankBytes + kExtentBytes * tensor.shape.rank + kTypeBytes + kOffsetBytes;
}

std::uint64_t aligned(std::uint64_t bytes, std::uint64_t alignment) { return (bytes + alignment - 1) & ~(alignment - 1); }

}  // namespace

std::uint64_t entryBytes(std::string_view key, const model::Value& value)
{
    return stringBytes(key) + kTypeBytes + valueBytes(value);
}

std::uint64_t ggufFileBytes(std::uint64_t metadataBytes, std::span<const TensorHeader> tensors, std::uint64_t alignment)
{
    std::uint64_t header = kFixedBytes + metadataBytes;
    std::uint64_t data = 0;
    for (const TensorHeader& tensor : tensors) {
        header += headerBytes(tensor);
        data += aligned(quant::rowBytes(tensor.type, tensor.shape.columns()) * tensor.shape.rows(), alignment);
    }
    // Vocabulary-only files end with their header.
    return tensors.empty() ? header : aligned(header, alignment) + data;
}

}  // namespace halftone::format
