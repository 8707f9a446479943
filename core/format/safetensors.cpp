// SPDX-License-Identifier: Apache-2.0
#include "core/format/safetensors.h"

#include "core/base/error.h"
#include "core/format/bounded_reader.h"
#include "core/format/checked.h"
#include "core/format/gguf_constants.h"
#include "core/format/json.h"

#include <algorithm>
#include <array>
#include <optional>

namespace halftone::format {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;  ///< the format's own limit
constexpr std::size_t kHeaderStart = 8;  ///< behind its length
constexpr std::size_t kMostValues = 4'000'000, kDeepest = 3, kMostDimensions = 8;

constexpr const char* kDamaged = "the file is cut short or damaged: download it again";
constexpr const char* kBadWriter = "the program that wrote the file broke the format: report it there, or take another file";

struct DtypeFacts {
    std::string_view name;
    std::uint64_t bytes;
};
/// Same order as Dtype.
constexpr std::array<DtypeFacts, 11> kDtypes{{{"F64", 8},
                                              {"F32", 4},
                                              {"F16", 2},
                                              {"BF16", 2},
                                              {"F8_E4M3", 1},
                                              {"I64", 8},
                                              {"I32", 4},
                                              {"I16", 2},
                                              {"I8", 1},
                                              {"U8", 1},
                                              {"BOOL", 1}}};
static_assert(kDtypes.size() == std::size_t(Dtype::Bool) + 1);

[[noreturn]] void fail(ErrorCode code, std::string problem, std::string place, const char* advice)
{
    throw Error(code, {.problem = std::move(problem), .place = std::move(place), .advice = advice});
}

/// Of a tensor: where its entry in the header is.
std::string placeOf(std::string_view header, const std::string& tensor)
{
    return "byte " + std::to_string(kHeaderStart + byteOf(header, tensor)) + ", tensor " + printable(tensor);
}

/// One entry read and checked by itself; offsets still count from the start of the data.
class Entry {
public:
    Entry(std::string_view header, const std::string& name, const json& value) : m_header(header), m_value(value) { m_tensor.name = name; }

    SafeTensor read()
    {
        checkName();
        if (!m_value.is_object() || m_value.size() != 3 || !m_value.contains("dtype") || !m_value.contains("shape")
            || !m_value.contains("data_offsets"))
            refuse("the entry does not consist of dtype, shape and data_offsets");
        readDtype();
        const std::uint64_t expected = readShape();
        readOffsets(expected);
        return std::move(m_tensor);
    }

private:
    [[noreturn]] void refuse(std::string problem, ErrorCode code = ErrorCode::Malformed, const char* advice = kBadWriter) const
    {
        fail(code, std::move(problem), placeOf(m_header, m_tensor.name), advice);
    }

    void checkName() const
    {
        const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
        if (m_tensor.name.empty() || m_tensor.name.size() > kLongestTensorName || std::ranges::any_of(m_tensor.name, control))
            refuse("the name is empty, longer than " + std::to_string(kLongestTensorName) + " bytes or not plain text");
    }

    void readDtype()
    {
        const json& dtype = m_value.at("dtype");
        if (!dtype.is_string())
            refuse("dtype is not text");
        const auto& name = dtype.get_ref<const std::string&>();
        const auto found = std::ranges::find(kDtypes, name, &DtypeFacts::name);
        if (found == kDtypes.end())
            refuse("the dtype " + printable(name) + " cannot be read", ErrorCode::Unsupported,
                   "look for an update of Halftone, or take another file of the model");
        m_tensor.dtype = Dtype(found - kDtypes.begin());
    }

    /// Bytes that shape and dtype ask for.
    std::uint64_t readShape()
    {
        const json& shape = m_value.at("shape");
        if (!shape.is_array() || shape.size() > kMostDimensions)
            refuse("shape is not a list of at most " + std::to_string(kMostDimensions) + " dimensions");
        std::optional<std::uint64_t> elements = 1;
        for (const json& extent : shape) {
            if (!extent.is_number_unsigned())
                refuse("a dimension is not an unsigned integer");
            m_tensor.shape.push_back(extent.get<std::uint64_t>());
            elements = checkedMultiply(*elements, m_tensor.shape.back());
            if (!elements || !std::in_range<std::int64_t>(*elements))
                refuse("the dimensions give more than 2^63-1 numbers");
        }
        const auto bytes = checkedMultiply(*elements, dtypeBytes(m_tensor.dtype));
        if (!bytes)
            refuse("the size in bytes exceeds 64 bits");
        return *bytes;
    }

    void readOffsets(std::uint64_t expected)
    {
        const json& offsets = m_value.at("data_offsets");
        if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
            refuse("data_offsets is not a pair of unsigned integers");
        const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
        if (end < begin)
            refuse("data_offsets end before they begin");
        if (end - begin != expected)
            refuse("shape and dtype ask for " + std::to_string(expected) + " bytes, data_offsets give " + std::to_string(end - begin));
        m_tensor.offset = begin;
        m_tensor.bytes = end - begin;
    }

    std::string_view m_header;
    const json& m_value;
    SafeTensor m_tensor;
};

std::string_view headerText(std::span<const std::byte> bytes)
{
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 64));
    if (start.starts_with("version https://git-lfs"))
        fail(ErrorCode::Malformed, "this is a Git LFS pointer, not the model itself", "byte 0",
             "fetch the model with `git lfs pull`, or download it from its page");
    BoundedReader reader(bytes, 0);
    const auto length = reader.number<std::uint64_t>("the header's length");
    if (length > kLargestHeader)
        fail(ErrorCode::Malformed, "the header's length is " + std::to_string(length) + ", more than the format's 100000000", "byte 0",
             kDamaged);
    const auto header = reader.take(length, "the header");
    const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
    if (!text.starts_with('{'))
        fail(ErrorCode::Malformed, "the header does not begin with {", "byte 8", kDamaged);
    return text;
}

void checkMetadata(std::string_view header, const json& metadata)
{
    if (!metadata.is_object() || !std::ranges::all_of(metadata, [](const json& value) { return value.is_string(); }))
        fail(ErrorCode::Malformed, "__metadata__ is not an object of texts",
             "byte " + std::to_string(kHeaderStart + byteOf(header, "__metadata__")), kBadWriter);
}

/// The data must be covered from its first to its last byte, each once.
void checkCoverage(const std::vector<SafeTensor>& tensors, std::string_view header, std::uint64_t dataBytes)
{
    std::vector<const SafeTensor*> order;
    for (const SafeTensor& tensor : tensors)
        order.push_back(&tensor);
    std::ranges::sort(order, {}, [](const SafeTensor* tensor) { return std::pair(tensor->offset, tensor->offset + tensor->bytes); });
    std::uint64_t covered = 0;
    const auto refuse = [&](const SafeTensor& tensor, std::string problem, const char* advice) {
        fail(ErrorCode::Malformed, std::move(problem), placeOf(header, tensor.name), advice);
    };
    for (const SafeTensor* tensor : order) {
        if (tensor->offset < covered)
            refuse(*tensor, "the data overlaps that of another tensor", kBadWriter);
        if (tensor->offset > covered)
            refuse(*tensor, "there is a gap of " + std::to_string(tensor->offset - covered) + " bytes before the data", kBadWriter);
        covered = tensor->offset + tensor->bytes;  // no wrap: it was read as the end
        if (covered > dataBytes)
            refuse(*tensor,
                   "the data ends at byte " + std::to_string(covered) + " of the data, which has only " + std::to_string(dataBytes),
                   kDamaged);
    }
    if (covered != dataBytes)
        fail(ErrorCode::Malformed, std::to_string(dataBytes - covered) + " bytes at the end of the file belong to no tensor",
             "byte " + std::to_string(kHeaderStart + header.size() + covered), kBadWriter);
}

}  // namespace

std::string_view dtypeName(Dtype dtype)
{
    return kDtypes[std::size_t(dtype)].name;
}

std::uint64_t dtypeBytes(Dtype dtype)
{
    return kDtypes[std::size_t(dtype)].bytes;
}

std::vector<SafeTensor> readSafetensors(std::span<const std::byte> bytes)
{
    const std::string_view text = headerText(bytes);
    const json header = readJson(text, {.bytes = kLargestHeader, .depth = kDeepest, .values = kMostValues, .start = kHeaderStart});
    const std::uint64_t dataStart = kHeaderStart + text.size();
    std::vector<SafeTensor> tensors;
    tensors.reserve(header.size());
    for (const auto& [name, value] : header.items()) {  // the library keeps keys sorted
        if (name == "__metadata__")
            checkMetadata(text, value);
        else
            tensors.push_back(Entry(text, name, value).read());
    }
    checkCoverage(tensors, text, bytes.size() - dataStart);
    for (SafeTensor& tensor : tensors)
        tensor.offset += dataStart;
    return tensors;
}

}  // namespace halftone::format
