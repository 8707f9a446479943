// SPDX-License-Identifier: Apache-2.0
#include "core/format/gguf_reader.h"

#include "core/format/bounded_reader.h"
#include "core/format/checked.h"
#include "core/format/gguf_constants.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace halftone::format {

using model::Array;
using model::Bool;
using model::Metadata;
using model::Shape;
using model::Tensor;
using model::Value;

namespace {

/// What the metadata and the tensor table of one file may take in memory. The largest known vocabularies need 60 MB.
constexpr std::uint64_t kMemoryBudget = std::uint64_t(512) << 20;

constexpr const char* kDamaged = "the file is damaged: download it again";
constexpr const char* kBadWriter = "the program that wrote the file broke the format: report it there, or take another file";

/// Element sizes in the file by value type id; 0 for what has no fixed size.
constexpr std::array<std::uint64_t, kValueTypes> kValueBytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

class Parser {
public:
    explicit Parser(std::span<const std::byte> bytes) : m_bytes(bytes), m_reader(bytes, kMemoryBudget) {}

    GgufFile parse();

private:
    struct Place {
        std::uint64_t entry = 0;  ///< byte where the tensor's entry in the table begins
        std::uint64_t relative = 0;  ///< offset as the file gives it, from the start of the data
        std::uint64_t bytes = 0;
    };

    void readMagic();
    std::uint32_t readVersion();
    void readMetadata(std::uint64_t count);
    Value readValue(std::uint32_t type);
    Array readArray();
    template <class T>
    std::vector<T> readElements(std::uint64_t count);
    std::vector<Bool> readBools(std::uint64_t count);
    std::vector<std::string> readStrings(std::uint64_t count);
    std::uint64_t readAlignment(std::span<const std::uint64_t> keyOffsets) const;
    void readTensor(std::uint64_t index, std::uint64_t count);
    Shape readShape();
    std::uint64_t tensorBytes(const Shape& shape, const quant::TypeInfo& type, std::uint64_t at) const;
    void placeTensors();
    void checkOverlaps() const;
    std::string_view readName(std::string_view field, std::size_t longest);

    [[noreturn]] void fail(std::string problem, std::uint64_t at, const char* advice = kDamaged) const
    {
        m_reader.fail(ErrorCode::Malformed, std::move(problem), at, advice);
    }
    [[noreturn]] void failTensor(const Tensor& tensor, std::uint64_t at, std::string problem, const char* advice) const
    {
        throw Error(ErrorCode::Malformed,
                    {.problem = std::move(problem),
                     .place = "byte " + std::to_string(at) + ", tensor " + printable(tensor.name),
                     .advice = advice});
    }

    std::span<const std::byte> m_bytes;
    BoundedReader m_reader;
    GgufFile m_file;
    std::vector<Place> m_places;  ///< one for each tensor
    std::unordered_set<std::string_view> m_names;
    std::string m_context;
};

GgufFile Parser::parse()
{
    readMagic();
    m_file.version = readVersion();
    // An entry of the tensor table: name length, one byte of name, rank, one extent, type, offset.
    const std::uint64_t tensors = m_reader.count("the number of tensors", 8 + 1 + 4 + 8 + 4 + 8, sizeof(Tensor) + sizeof(Place) + 64);
    // A key-value pair: key length, one byte of key, value type, one byte of value.
    const std::uint64_t pairs = m_reader.count("the number of metadata keys", 8 + 1 + 4 + 1, sizeof(Metadata::Entry) + 96);
    readMetadata(pairs);

    m_file.tensors.reserve(tensors);
    m_places.reserve(tensors);
    m_names.reserve(tensors);
    for (std::uint64_t i = 0; i < tensors; ++i)
        readTensor(i, tensors);
    m_reader.setContext({});
    placeTensors();
    checkOverlaps();
    return std::move(m_file);
}

void Parser::readMagic()
{
    const auto bytes = m_bytes.first(std::min<std::size_t>(m_bytes.size(), 64));
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (start.starts_with("GGUF")) {
        m_reader.take(4, "the magic");
        return;
    }
    if (start.empty())
        fail("the file is empty", 0, "download it again");
    if (start.starts_with("version https://git-lfs"))
        fail("this is a Git LFS pointer, not the model itself", 0, "fetch the model with `git lfs pull`, or download it from its page");
    if (start.starts_with("<!DOCTYPE") || start.starts_with("<html"))
        fail("this is a web page, not a model", 0, "the download went wrong: use the page's download link");
    for (const std::string_view old : {"lmgg", "tjgg", "fmgg", "algg"})
        if (start.starts_with(old))
            m_reader.fail(ErrorCode::Unsupported, "this is a GGML file from before GGUF", 0, "look for the model as GGUF");
    fail("the file does not begin with the letters GGUF", 0, "choose a .gguf file");
}

std::uint32_t Parser::readVersion()
{
    const std::uint64_t at = m_reader.offset();
    const auto version = m_reader.number<std::uint32_t>("the version");
    if (version == 2 || version == 3)
        return version;
    if (version != 0 && (version & 0xFFFF) == 0)
        m_reader.fail(ErrorCode::Unsupported, "the file was written for big-endian machines", at,
                      "take the little-endian file of the model");
    if (version == 1)
        m_reader.fail(ErrorCode::Unsupported, "GGUF version 1 is not read", at, "look for a newer file of the model");
    if (version == 0)
        fail("the version is 0", at);
    m_reader.fail(ErrorCode::Unsupported, "GGUF version " + std::to_string(version) + " is newer than this program", at,
                  "look for an update of Halftone");
}

/// Names are looked up, shown and written into JSON, so they are plain text or refused.
std::string_view Parser::readName(std::string_view field, std::size_t longest)
{
    const std::uint64_t at = m_reader.offset();
    const std::string_view name = m_reader.string(field);
    if (name.empty())
        fail(std::string(field) + " is empty", at);
    if (name.size() > longest)
        fail(std::string(field) + " is " + std::to_string(name.size()) + " bytes long, more than " + std::to_string(longest), at);
    auto next = reinterpret_cast<const utf8proc_uint8_t*>(name.data());
    for (auto left = utf8proc_ssize_t(name.size()); left > 0;) {
        utf8proc_int32_t code = 0;
        const utf8proc_ssize_t length = utf8proc_iterate(next, left, &code);
        if (length <= 0 || code < 0x20 || code == 0x7F)
            fail(std::string(field) + " \"" + printable(name) + "\" is not plain UTF-8 text", at);
        next += length;
        left -= length;
    }
    return name;
}

void Parser::readMetadata(std::uint64_t count)
{
    std::vector<std::uint64_t> valueOffsets;
    valueOffsets.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        m_context = "metadata key " + std::to_string(i + 1) + " of " + std::to_string(count);
        m_reader.setContext(m_context);
        const std::uint64_t at = m_reader.offset();
        const std::string_view key = readName("a metadata key", kLongestKey);
        m_context = "metadata " + printable(key);
        m_reader.setContext(m_context);
        if (m_file.metadata.contains(key))
            fail("the metadata key occurs twice", at, kBadWriter);
        m_reader.charge(2 * key.size(), "the metadata key");
        const auto type = m_reader.number<std::uint32_t>("the value's type");
        valueOffsets.push_back(m_reader.offset());
        m_file.metadata.set(std::string(key), readValue(type));
    }
    m_file.alignment = readAlignment(valueOffsets);
}

Value Parser::readValue(std::uint32_t type)
{
    switch (type) {
    case 0: return m_reader.number<std::uint8_t>("the value");
    case 1: return m_reader.number<std::int8_t>("the value");
    case 2: return m_reader.number<std::uint16_t>("the value");
    case 3: return m_reader.number<std::int16_t>("the value");
    case 4: return m_reader.number<std::uint32_t>("the value");
    case 5: return m_reader.number<std::int32_t>("the value");
    case 6: return m_reader.number<float>("the value");
    case kBoolType: return readBools(1).front();
    case kStringType: return std::string(readStrings(1).front());
    case kArrayType: return readArray();
    case 10: return m_reader.number<std::uint64_t>("the value");
    case 11: return m_reader.number<std::int64_t>("the value");
    case 12: return m_reader.number<double>("the value");
    default: fail("the value's type " + std::to_string(type) + " does not exist (0 to 12 do)", m_reader.offset() - 4);
    }
}

Array Parser::readArray()
{
    const std::uint64_t at = m_reader.offset();
    const auto type = m_reader.number<std::uint32_t>("the array's element type");
    if (type == kArrayType)
        m_reader.fail(ErrorCode::Unsupported, "arrays of arrays are not read", at, kBadWriter);
    if (type >= kValueTypes)
        fail("the array's element type " + std::to_string(type) + " does not exist (0 to 12 do)", at);
    const bool text = type == kStringType;
    const std::uint64_t bytes = text ? 8 : kValueBytes[type];
    const std::uint64_t count = m_reader.count("the array's length", bytes, text ? sizeof(std::string) : bytes);
    switch (type) {
    case 0: return readElements<std::uint8_t>(count);
    case 1: return readElements<std::int8_t>(count);
    case 2: return readElements<std::uint16_t>(count);
    case 3: return readElements<std::int16_t>(count);
    case 4: return readElements<std::uint32_t>(count);
    case 5: return readElements<std::int32_t>(count);
    case 6: return readElements<float>(count);
    case kBoolType: return readBools(count);
    case kStringType: return readStrings(count);
    case 10: return readElements<std::uint64_t>(count);
    case 11: return readElements<std::int64_t>(count);
    default: return readElements<double>(count);
    }
}

template <class T>
std::vector<T> Parser::readElements(std::uint64_t count)
{
    const auto bytes = m_reader.take(count * sizeof(T), "the array");
    std::vector<T> elements(count);
    if (count > 0)
        std::memcpy(elements.data(), bytes.data(), bytes.size());
    return elements;
}

std::vector<Bool> Parser::readBools(std::uint64_t count)
{
    const std::uint64_t at = m_reader.offset();
    const auto bytes = m_reader.take(count, "the value");
    std::vector<Bool> elements;
    elements.reserve(count);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] > std::byte{1})
            fail("a truth value is " + std::to_string(int(bytes[i])) + ", neither 0 nor 1", at + i);
        elements.push_back({bytes[i] == std::byte{1}});
    }
    return elements;
}

std::vector<std::string> Parser::readStrings(std::uint64_t count)
{
    // Strings of up to 15 bytes, most of a vocabulary, live in the vector itself.
    constexpr std::size_t kInPlace = 15;
    std::vector<std::string> elements;
    elements.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string_view text = m_reader.string("the string");
        if (text.size() > kInPlace)
            m_reader.charge(text.size() + 32, "the string");
        elements.emplace_back(text);
    }
    return elements;
}

std::uint64_t Parser::readAlignment(std::span<const std::uint64_t> valueOffsets) const
{
    constexpr std::string_view kKey = "general.alignment";
    const Value* value = m_file.metadata.find(kKey);
    if (!value)
        return kDefaultAlignment;
    const auto& entries = m_file.metadata.entries();
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& candidate) { return candidate.key == kKey; });
    const std::uint64_t at = valueOffsets[std::size_t(entry - entries.begin())];
    const auto refuse = [&](std::string problem) {
        throw Error(
            ErrorCode::Malformed,
            {.problem = std::move(problem), .place = "byte " + std::to_string(at) + ", metadata general.alignment", .advice = kBadWriter});
    };
    const auto* alignment = std::get_if<std::uint32_t>(value);
    if (!alignment)
        refuse("the alignment is not a 32-bit unsigned integer");
    if (!std::has_single_bit(*alignment) || *alignment < kSmallestAlignment || *alignment > kLargestAlignment)
        refuse("the alignment " + std::to_string(*alignment) + " is not a power of two from " + std::to_string(kSmallestAlignment) + " to "
               + std::to_string(kLargestAlignment));
    return *alignment;
}

void Parser::readTensor(std::uint64_t index, std::uint64_t count)
{
    m_context = "tensor " + std::to_string(index + 1) + " of " + std::to_string(count);
    m_reader.setContext(m_context);
    Place place{.entry = m_reader.offset()};
    const std::string_view name = readName("a tensor's name", kLongestTensorName);
    m_context = "tensor " + printable(name);
    m_reader.setContext(m_context);
    if (!m_names.insert(name).second)
        fail("two tensors have this name", place.entry, kBadWriter);
    m_reader.charge(name.size(), "the tensor's name");

    Tensor tensor;
    tensor.name = name;
    tensor.shape = readShape();
    const std::uint64_t typeAt = m_reader.offset();
    const auto id = m_reader.number<std::uint32_t>("the tensor's type");
    const quant::TypeInfo* type = quant::findType(id);
    if (!type)
        m_reader.fail(ErrorCode::Unsupported, "the tensor's type " + std::to_string(id) + " is not known", typeAt,
                      "look for an update of Halftone, or take another file of the model");
    tensor.type = type->type;
    place.bytes = tensorBytes(tensor.shape, *type, typeAt);
    const std::uint64_t offsetAt = m_reader.offset();
    place.relative = m_reader.number<std::uint64_t>("the tensor's offset");
    if (place.relative % m_file.alignment != 0)
        fail("the tensor's offset " + std::to_string(place.relative) + " is not a multiple of the alignment "
                 + std::to_string(m_file.alignment),
             offsetAt, kBadWriter);
    tensor.layer = model::layerOf(tensor.name);
    tensor.role = model::roleOf(tensor.name, tensor.shape);
    m_file.tensors.push_back(std::move(tensor));
    m_places.push_back(place);
}

Shape Parser::readShape()
{
    Shape shape;
    const std::uint64_t at = m_reader.offset();
    shape.rank = m_reader.number<std::uint32_t>("the number of dimensions");
    if (shape.rank < 1 || shape.rank > shape.extent.size())
        fail("the tensor has " + std::to_string(shape.rank) + " dimensions, not 1 to 4", at);
    std::uint64_t elements = 1;
    for (std::uint32_t i = 0; i < shape.rank; ++i) {
        const std::uint64_t extentAt = m_reader.offset();
        shape.extent[i] = m_reader.number<std::uint64_t>("a dimension");
        if (shape.extent[i] == 0)
            fail("dimension " + std::to_string(i + 1) + " is 0", extentAt);
        const auto product = checkedMultiply(elements, shape.extent[i]);
        if (!product || !std::in_range<std::int64_t>(*product))
            fail("the dimensions give more than 2^63-1 weights", extentAt);
        elements = *product;
    }
    return shape;
}

std::uint64_t Parser::tensorBytes(const Shape& shape, const quant::TypeInfo& type, std::uint64_t at) const
{
    if (shape.columns() % type.blockSize != 0)
        fail("the row length " + std::to_string(shape.columns()) + " is not a multiple of " + std::string(type.name) + "'s block of "
                 + std::to_string(type.blockSize),
             at, kBadWriter);
    // Divided before it is multiplied: blocks cannot wrap where elements did not.
    const auto bytes = checkedMultiply(shape.columns() / type.blockSize * shape.rows(), type.blockBytes);
    if (!bytes)
        fail("the tensor's size in bytes exceeds 64 bits", at);
    return *bytes;
}

void Parser::placeTensors()
{
    if (m_file.tensors.empty())
        return;
    const auto dataStart = checkedAlign(m_reader.offset(), m_file.alignment);
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        const Place& place = m_places[i];
        Tensor& tensor = m_file.tensors[i];
        const auto begin = dataStart ? checkedAdd(*dataStart, place.relative) : std::nullopt;
        const auto end = begin ? checkedAdd(*begin, place.bytes) : std::nullopt;
        if (!end)
            failTensor(tensor, place.entry, "the tensor's offset " + std::to_string(place.relative) + " and size exceed 64 bits", kDamaged);
        if (*end > m_bytes.size())
            failTensor(tensor, place.entry,
                       "the tensor's data ends at byte " + std::to_string(*end) + ", but the file has only "
                           + std::to_string(m_bytes.size()),
                       "the file is cut short: download it again");
        tensor.offset = *begin;
        tensor.data = m_bytes.subspan(*begin, place.bytes);
    }
}

void Parser::checkOverlaps() const
{
    std::vector<std::size_t> order(m_places.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return m_places[a].relative < m_places[b].relative; });
    for (std::size_t i = 1; i < order.size(); ++i) {
        const Tensor& before = m_file.tensors[order[i - 1]];
        const Tensor& tensor = m_file.tensors[order[i]];
        // No wrap: both ends lie within the file.
        if (before.offset + before.bytes() > tensor.offset)
            failTensor(tensor, m_places[order[i]].entry, "the tensor's data overlaps that of tensor " + printable(before.name), kBadWriter);
    }
}

}  // namespace

GgufFile readGguf(std::span<const std::byte> bytes)
{
    return Parser(bytes).parse();
}

}  // namespace halftone::format
