// SPDX-License-Identifier: Apache-2.0
#include "core/format/gguf_writer.h"

#include "core/base/error.h"
#include "core/format/checked.h"
#include "core/format/gguf_constants.h"
#include "core/quant/type.h"

#include <bit>
#include <cstring>
#include <optional>

namespace halftone::format {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied to little-endian files as they are");

class HeaderWriter {
public:
    template <class T>
    void number(T value)
    {
        bytes(&value, sizeof value);
    }

    void string(std::string_view text)
    {
        number(std::uint64_t(text.size()));
        bytes(text.data(), text.size());
    }

    void value(const model::Value& value)
    {
        number(std::uint32_t(value.index()));
        std::visit([this](const auto& held) { put(held); }, value);
    }

    void pad(std::uint64_t alignment) { m_bytes.resize(std::size_t(*checkedAlign(m_bytes.size(), alignment))); }
    std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    void bytes(const void* data, std::size_t size)
    {
        const std::size_t at = m_bytes.size();
        m_bytes.resize(at + size);
        if (size > 0)
            std::memcpy(m_bytes.data() + at, data, size);
    }

    template <class T>
    void put(const T& held)
    {
        number(held);
    }
    void put(const model::Bool& held) { number(std::uint8_t(held.value)); }
    void put(const std::string& held) { string(held); }
    void put(const model::Array& held)
    {
        number(elementType(held.index()));
        std::visit(
            [this](const auto& elements) {
                number(std::uint64_t(elements.size()));
                for (const auto& element : elements)
                    put(element);
            },
            held);
    }

    std::vector<std::byte> m_bytes;
};

/// Bytes of the tensor's data. Shapes come from a checked file or from us, so a wrong one is the caller's mistake.
std::uint64_t dataBytes(const TensorHeader& tensor)
{
    const quant::TypeInfo& type = quant::info(tensor.type);
    const auto bytes = checkedMultiply(tensor.shape.columns() / type.blockSize * tensor.shape.rows(), type.blockBytes);
    if (!bytes || tensor.shape.columns() % type.blockSize != 0)
        throw Error(ErrorCode::Usage,
                    {.problem = "the row length " + std::to_string(tensor.shape.columns()) + " does not fit the blocks of "
                         + std::string(type.name),
                     .place = "tensor " + tensor.name,
                     .advice = "choose another type"});
    return *bytes;
}

std::uint64_t alignmentOf(const model::Metadata& metadata)
{
    if (!metadata.contains("general.alignment"))
        return kDefaultAlignment;
    const auto alignment = metadata.integer("general.alignment").value_or(0);
    if (alignment < kSmallestAlignment || alignment > kLargestAlignment || !std::has_single_bit(std::uint64_t(alignment)))
        throw Error(
            ErrorCode::Usage,
            {.problem = "the alignment is not a power of two from 8 to 1048576", .place = "metadata general.alignment", .advice = {}});
    return std::uint64_t(alignment);
}

std::uint64_t orTooLarge(std::optional<std::uint64_t> sum)
{
    if (!sum)
        throw Error(ErrorCode::Usage, "the file would exceed 64 bits");
    return *sum;
}

}  // namespace

GgufLayout layoutGguf(const model::Metadata& metadata, std::span<const TensorHeader> tensors, std::uint32_t version)
{
    const std::uint64_t alignment = alignmentOf(metadata);
    HeaderWriter header;
    header.number(std::uint32_t(0x46554747));  // "GGUF"
    header.number(version);
    header.number(std::uint64_t(tensors.size()));
    header.number(std::uint64_t(metadata.entries().size()));
    for (const auto& [key, value] : metadata.entries()) {
        header.string(key);
        header.value(value);
    }

    GgufLayout layout;
    std::uint64_t next = 0;  // from the start of the data
    for (const TensorHeader& tensor : tensors) {
        header.string(tensor.name);
        header.number(tensor.shape.rank);
        for (std::uint32_t i = 0; i < tensor.shape.rank; ++i)
            header.number(tensor.shape.extent[i]);
        header.number(std::uint32_t(tensor.type));
        header.number(next);
        layout.offsets.push_back(next);
        const std::uint64_t end = orTooLarge(checkedAdd(next, dataBytes(tensor)));
        next = orTooLarge(checkedAlign(end, alignment));
    }
    // Vocabulary-only files end with their header.
    if (!tensors.empty())
        header.pad(alignment);

    layout.header = header.take();
    layout.fileBytes = orTooLarge(checkedAdd(layout.header.size(), next));
    for (std::uint64_t& offset : layout.offsets)
        offset += layout.header.size();
    return layout;
}

}  // namespace halftone::format
