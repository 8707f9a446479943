// SPDX-License-Identifier: Apache-2.0
#include "core/format/bounded_reader.h"

#include "core/format/checked.h"

namespace halftone::format {

namespace {

constexpr std::string_view kCutShort = "the file is cut short or damaged: download it again";

}  // namespace

std::string printable(std::string_view text)
{
    constexpr std::size_t kLongest = 80;
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string shown;
    for (const char c : text.substr(0, kLongest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F)
            shown += c;
        else
            shown.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
    return text.size() > kLongest ? shown + "..." : shown;
}

std::span<const std::byte> BoundedReader::take(std::uint64_t count, std::string_view field)
{
    if (count > remaining())
        fail(ErrorCode::Malformed,
             std::string(field) + " takes " + std::to_string(count) + " bytes, but only " + std::to_string(remaining()) + " remain",
             m_offset, std::string(kCutShort));
    const auto taken = m_bytes.subspan(m_offset, count);
    m_offset += count;
    return taken;
}

std::string_view BoundedReader::string(std::string_view field)
{
    const std::uint64_t at = m_offset;
    const auto length = number<std::uint64_t>(field);
    if (length > remaining())
        fail(ErrorCode::Malformed,
             std::string(field) + " is " + std::to_string(length) + " bytes long, but only " + std::to_string(remaining()) + " remain", at,
             std::string(kCutShort));
    const auto bytes = take(length, field);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t BoundedReader::count(std::string_view field, std::uint64_t smallest, std::uint64_t memory)
{
    const std::uint64_t at = m_offset;
    const auto number = this->number<std::uint64_t>(field);
    if (number > remaining() / smallest)
        fail(ErrorCode::Malformed,
             std::string(field) + " is " + std::to_string(number) + ", more than the remaining " + std::to_string(remaining())
                 + " bytes can hold",
             at, std::string(kCutShort));
    const auto needed = checkedMultiply(number, memory);
    charge(needed ? *needed : m_budget + 1, field);
    return number;
}

void BoundedReader::charge(std::uint64_t bytes, std::string_view field)
{
    if (bytes > m_budget)
        fail(ErrorCode::Unsupported, std::string(field) + " would need more memory than a model's header may take", m_offset,
             "the file is damaged, or not a language model");
    m_budget -= bytes;
}

void BoundedReader::fail(ErrorCode code, std::string problem, std::uint64_t at, std::string advice) const
{
    std::string place = "byte " + std::to_string(at);
    if (!m_context.empty())
        place.append(", ").append(m_context);
    throw Error(code, {.problem = std::move(problem), .place = std::move(place), .advice = std::move(advice)});
}

}  // namespace halftone::format
