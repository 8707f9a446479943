// SPDX-License-Identifier: Apache-2.0
// Both forms are facts of llama.cpp's llama-imatrix tool.
#include "core/plan/importance_file.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/bounded_reader.h"
#include "core/format/gguf_constants.h"
#include "core/format/gguf_reader.h"
#include "core/format/gguf_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace halftone::plan {

namespace {

constexpr std::string_view kSums = ".in_sum2", kCounts = ".counts";
constexpr const char *kType = "general.type", *kDatasets = "imatrix.datasets", *kChunks = "imatrix.chunk_count",
                     *kChunkTokens = "imatrix.chunk_size";
constexpr std::uint32_t kUsualChunkTokens = 512;
constexpr std::uint64_t kTensorCount = 8, kFirstKey = 24;  ///< bytes of any GGUF file where these begin

[[noreturn]] void refuse(std::string problem, std::uint64_t at, const std::string& tensor)
{
    throw Error(ErrorCode::Malformed,
                {.problem = std::move(problem),
                 .place = "byte " + std::to_string(at) + ", tensor " + tensor,
                 .advice = "make the importance matrix again"});
}

/// `at` is the byte of the file where the values begin.
std::vector<float> checkedValues(std::span<const std::byte> bytes, std::uint64_t at, const std::string& name)
{
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]) || values[i] < 0)
            refuse("value " + std::to_string(i) + " is " + std::to_string(values[i]) + ", neither zero nor a positive number",
                   at + i * sizeof(float), name);
    return values;
}

std::vector<float> valuesOf(const model::Tensor& tensor)
{
    if (tensor.type != quant::Type::F32)
        refuse("the values are not F32", tensor.offset, tensor.name);
    if (tensor.data.size() != tensor.shape.elements() * sizeof(float))
        refuse("the values are missing", tensor.offset, tensor.name);
    return checkedValues(tensor.data, tensor.offset, tensor.name);
}

void requireSome(const ImportanceSums& sums)
{
    if (sums.tensors.empty())
        throw Error(ErrorCode::Malformed,
                    {.problem = "the importance matrix is empty",
                     .place = "byte " + std::to_string(kTensorCount) + ", the number of tensors",
                     .advice = "make the importance matrix again"});
}

ImportanceSums::Entry entryOf(const model::Tensor& sums, const model::Tensor& counts)
{
    if (counts.shape.elements() != sums.shape.rows())
        refuse("there are " + std::to_string(counts.shape.elements()) + " counts for " + std::to_string(sums.shape.rows()) + " experts",
               counts.offset, counts.name);
    return {valuesOf(sums), valuesOf(counts)};
}

/// A number that only informs; a file without it is as good.
std::uint64_t informing(const model::Metadata& metadata, const char* key)
{
    return std::uint64_t(std::clamp<std::int64_t>(metadata.integer(key).value_or(0), 0, std::numeric_limits<std::int32_t>::max()));
}

ImportanceSums fromGguf(const format::GgufFile& file)
{
    if (file.metadata.string(kType) != std::optional<std::string_view>("imatrix"))
        throw Error(ErrorCode::Malformed,
                    {.problem = "this is not an importance matrix",
                     .place = "byte " + std::to_string(kFirstKey) + ", metadata general.type",
                     .advice = "choose a file made by llama-imatrix or halftone-cli imatrix"});
    std::unordered_map<std::string_view, const model::Tensor*> byName;
    for (const model::Tensor& tensor : file.tensors)
        byName.emplace(tensor.name, &tensor);
    ImportanceSums sums;
    for (const model::Tensor& tensor : file.tensors) {
        if (!tensor.name.ends_with(kSums))
            continue;
        const std::string name = tensor.name.substr(0, tensor.name.size() - kSums.size());
        const auto counts = byName.find(name + std::string(kCounts));
        if (counts == byName.end())
            refuse("its counts are missing", tensor.offset, tensor.name);
        sums.tensors.emplace(name, entryOf(tensor, *counts->second));
    }
    if (const auto* datasets = file.metadata.array<std::string>(kDatasets))
        sums.datasets = *datasets;
    sums.chunks = informing(file.metadata, kChunks);
    sums.chunkTokens = std::uint32_t(informing(file.metadata, kChunkTokens));
    requireSome(sums);
    return sums;
}

/// A .dat: the number of entries, then of each the name, calls, values (mean * calls); then the chunks and the text's
/// name, which older files lack. Numbers are int32 and float32, little end first.
class DatReader {
public:
    explicit DatReader(std::span<const std::byte> bytes) : m_reader(bytes, bytes.size())
    {
        m_reader.setContext("an importance matrix of the older form");
    }

    ImportanceSums read()
    {
        ImportanceSums sums;
        const std::uint32_t entries = number("number of entries", 1);
        for (std::uint32_t i = 0; i < entries; ++i)
            readEntry(sums);
        requireSome(sums);
        sums.chunkTokens = kUsualChunkTokens;
        if (m_reader.remaining() > 0)
            sums.chunks = number("number of chunks", 0);
        if (m_reader.remaining() > 0)
            if (const std::string dataset = text("name of the text", 0); !dataset.empty())
                sums.datasets.push_back(dataset);
        return sums;
    }

private:
    std::uint32_t number(std::string_view field, std::int32_t least)
    {
        const std::uint64_t at = m_reader.offset();
        const auto value = m_reader.number<std::int32_t>(field);
        if (value < least)
            m_reader.fail(ErrorCode::Malformed,
                          std::string(field) + " is " + std::to_string(value) + ", expected at least " + std::to_string(least), at,
                          "choose a file made by llama-imatrix");
        return std::uint32_t(value);
    }

    std::string text(std::string_view field, std::int32_t least)
    {
        const auto bytes = m_reader.take(number(field, least), field);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    void readEntry(ImportanceSums& sums)
    {
        const std::uint64_t at = m_reader.offset();
        const std::string name = text("name of a tensor", 1), shown = format::printable(name);
        if (name.size() > format::kLongestTensorName)
            m_reader.fail(ErrorCode::Malformed, "the name of a tensor is longer than 1024 bytes", at,
                          "choose a file made by llama-imatrix");
        // Without calls the values are means already.
        const float calls = float(std::max<std::uint32_t>(1, number("number of calls", 0)));
        const std::uint64_t count = number("number of values", 1), valuesAt = m_reader.offset();
        const auto bytes = m_reader.take(count * sizeof(float), "values of " + shown);
        ImportanceSums::Entry entry{checkedValues(bytes, valuesAt, shown), {calls * kUsualChunkTokens}};
        for (float& sum : entry.sums)
            sum *= kUsualChunkTokens;  // a power of two: exact, unless it overflows
        if (!std::ranges::all_of(entry.sums, [](float sum) { return std::isfinite(sum); }))
            refuse("a value is too large", valuesAt, shown);
        if (!sums.tensors.emplace(name, std::move(entry)).second)
            refuse("it is there twice", at, shown);
    }

    format::BoundedReader m_reader;
};

bool isGguf(std::span<const std::byte> bytes)
{
    constexpr std::array kMagic{std::byte('G'), std::byte('G'), std::byte('U'), std::byte('F')};
    return bytes.size() >= kMagic.size() && std::ranges::equal(bytes.first(kMagic.size()), kMagic);
}

std::string withoutFolder(const std::string& name)
{
    return name.substr(name.find_last_of("/\\") + 1);
}

model::Metadata metadataOf(const ImportanceSums& sums)
{
    std::vector<std::string> datasets;
    std::ranges::transform(sums.datasets, std::back_inserter(datasets), withoutFolder);
    model::Metadata metadata;
    metadata.set(kType, std::string("imatrix"));
    metadata.set(kDatasets, model::Array(std::move(datasets)));
    metadata.set(kChunks, std::uint32_t(std::min<std::uint64_t>(sums.chunks, std::numeric_limits<std::int32_t>::max())));
    metadata.set(kChunkTokens, sums.chunkTokens);
    return metadata;
}

format::TensorHeader headerOf(const std::string& name, std::uint64_t columns, std::uint64_t rows)
{
    format::TensorHeader header{name, {}, quant::Type::F32};
    header.shape.extent = {columns, rows, 1, 1};
    header.shape.rank = rows > 1 ? 2 : 1;
    return header;
}

void writeAt(AtomicFile& out, std::uint64_t offset, std::span<const float> values)
{
    static_assert(format::kDefaultAlignment == 32);
    constexpr std::array<std::byte, 32> kZeros{};
    out.write(std::span(kZeros).first(std::size_t(offset - out.written())));
    out.write(std::as_bytes(values));
}

}  // namespace

ImportanceSums parseImportance(std::span<const std::byte> bytes)
{
    return isGguf(bytes) ? fromGguf(format::readGguf(bytes)) : DatReader(bytes).read();
}

ImportanceSums readImportanceSums(const std::filesystem::path& path)
{
    try {
        return parseImportance(MappedFile::open(path)->bytes());
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
}

void writeImportanceSums(const ImportanceSums& sums, const std::filesystem::path& path)
{
    std::vector<format::TensorHeader> headers;
    for (const auto& [name, entry] : sums.tensors) {
        headers.push_back(headerOf(name + std::string(kSums), entry.columns(), entry.counts.size()));
        headers.push_back(headerOf(name + std::string(kCounts), 1, entry.counts.size()));
    }
    const format::GgufLayout layout = format::layoutGguf(metadataOf(sums), headers);
    AtomicFile out(path, layout.fileBytes);
    out.write(layout.header);
    std::size_t next = 0;
    for (const auto& [name, entry] : sums.tensors) {
        writeAt(out, layout.offsets[next++], entry.sums);
        writeAt(out, layout.offsets[next++], entry.counts);
    }
    writeAt(out, layout.fileBytes, {});
    out.commit();
}

}  // namespace halftone::plan
