// SPDX-License-Identifier: Apache-2.0
#include "core/format/open.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/bounded_reader.h"
#include "core/format/gguf_reader.h"
#include "core/format/hf/folder.h"
#include "core/model/model.h"

#include <array>
#include <cstdio>
#include <optional>
#include <unordered_set>

namespace halftone::format {

namespace fs = std::filesystem;

namespace {

constexpr const char *kSplitNumber = "split.no", *kSplitCount = "split.count", *kSplitTensors = "split.tensors.count";
constexpr std::int64_t kMostShards = 99'999;  ///< what five digits of a name can count

struct Shard {
    std::shared_ptr<const MappedFile> file;
    GgufFile gguf;
};

[[noreturn]] void refuse(ErrorCode code, const fs::path& path, std::string problem, std::string place, std::string advice)
{
    throw Error(code, {.problem = std::move(problem), .file = toUtf8(path), .place = std::move(place), .advice = std::move(advice)});
}

Shard openShard(const fs::path& path)
{
    Shard shard{MappedFile::open(path), {}};
    try {
        shard.gguf = readGguf(shard.file->bytes());
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
    return shard;
}

std::string formatName(const GgufFile& gguf)
{
    return "GGUF v" + std::to_string(gguf.version);
}

/// "-00002-of-00003.gguf": what the name of part 1 (counted from 0) of 3 ends in.
std::string shardSuffix(std::int64_t number, std::int64_t count)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "-%05d-of-%05d.gguf", int(number + 1), int(count));
    return text.data();
}

struct SplitPosition {
    std::int64_t number = 0;
    std::int64_t count = 1;
};

SplitPosition splitPosition(const fs::path& path, const model::Metadata& metadata)
{
    SplitPosition position;
    if (!metadata.contains(kSplitCount))
        return position;
    const auto count = metadata.integer(kSplitCount);
    if (!count || *count < 0 || *count > kMostShards)
        refuse(ErrorCode::Malformed, path, "the number of parts is not an integer from 0 to 99999", "metadata split.count",
               "download the file again");
    if (*count <= 1)
        return position;
    const auto number = metadata.integer(kSplitNumber);
    if (!number || *number < 0 || *number >= *count)
        refuse(ErrorCode::Malformed, path, "the number of this part is missing or not below the " + std::to_string(*count) + " parts",
               "metadata split.no", "download the file again");
    return {*number, *count};
}

/// The paths of all parts, from the name of one.
std::vector<fs::path> shardPaths(const fs::path& path, SplitPosition position)
{
    const std::string name = toUtf8(path.filename());
    const std::string suffix = shardSuffix(position.number, position.count);
    if (!name.ends_with(suffix))
        refuse(ErrorCode::Malformed, path,
               "this is part " + std::to_string(position.number + 1) + " of " + std::to_string(position.count)
                   + ", but its name does not end in " + suffix,
               "metadata split.no", "give all parts their original names");
    const std::string stem = name.substr(0, name.size() - suffix.size());
    std::vector<fs::path> paths;
    for (std::int64_t i = 0; i < position.count; ++i)
        paths.push_back(path.parent_path() / fromUtf8(stem + shardSuffix(i, position.count)));
    return paths;
}

void checkAllPresent(const fs::path& opened, const std::vector<fs::path>& paths)
{
    constexpr std::size_t kMostNamed = 5;
    std::string missing;
    std::size_t count = 0;
    for (const fs::path& path : paths) {
        std::error_code ignored;
        if (fs::exists(path, ignored))
            continue;
        if (++count <= kMostNamed)
            missing += (missing.empty() ? "" : ", ") + toUtf8(path.filename());
    }
    if (count > kMostNamed)
        missing += " and " + std::to_string(count - kMostNamed) + " more";
    if (count > 0)
        refuse(ErrorCode::System, opened,
               "the model has " + std::to_string(paths.size()) + " parts, and not all are there: " + missing
                   + (count == 1 ? " is missing" : " are missing"),
               {}, "put all parts into one folder");
}

void append(model::Model::Parts& model, Shard shard)
{
    for (model::Tensor& tensor : shard.gguf.tensors) {
        tensor.file = std::uint32_t(model.files.size());
        model.tensors.push_back(std::move(tensor));
    }
    model.files.push_back(std::move(shard.file));
}

/// Each part was checked by itself; this checks what only the set shows.
void checkSet(const fs::path& first, const model::Model::Parts& model, std::optional<std::int64_t> promised)
{
    if (promised && *promised != std::int64_t(model.tensors.size()))
        refuse(ErrorCode::Malformed, first,
               "the parts hold " + std::to_string(model.tensors.size()) + " tensors, not the " + std::to_string(*promised)
                   + " of the whole model",
               "metadata split.tensors.count", "the parts come from different models: download them again");
    std::unordered_set<std::string_view> names;
    for (const model::Tensor& tensor : model.tensors)
        if (!names.insert(tensor.name).second)
            refuse(ErrorCode::Malformed, model.files[tensor.file]->path(), "another part has a tensor of the same name",
                   "tensor " + printable(tensor.name), "the parts come from different models: download them again");
}

model::Model::Parts openSet(const fs::path& opened, SplitPosition position)
{
    const std::vector<fs::path> paths = shardPaths(opened, position);
    checkAllPresent(opened, paths);
    model::Model::Parts model;
    std::optional<std::int64_t> promised;
    for (std::int64_t i = 0; i < position.count; ++i) {
        const fs::path& path = paths[std::size_t(i)];
        Shard shard = openShard(path);
        const SplitPosition found = splitPosition(path, shard.gguf.metadata);
        if (found.number != i || found.count != position.count)
            refuse(ErrorCode::Malformed, path,
                   "by its name this is part " + std::to_string(i + 1) + " of " + std::to_string(position.count)
                       + ", but it says it is part " + std::to_string(found.number + 1) + " of " + std::to_string(found.count),
                   "metadata split.no", "give all parts their original names");
        if (i == 0) {
            promised = shard.gguf.metadata.integer(kSplitTensors);
            model.version = shard.gguf.version;
            model.format = formatName(shard.gguf);
            model.alignment = shard.gguf.alignment;
            model.metadata = std::move(shard.gguf.metadata);
        }
        append(model, std::move(shard));
    }
    checkSet(paths.front(), model, promised);
    // The model is the whole set now: a file written from it is not split.
    for (const char* key : {kSplitNumber, kSplitCount, kSplitTensors})
        model.metadata.erase(key);
    return model;
}

}  // namespace

std::shared_ptr<const model::Model> openModel(const fs::path& path)
{
    if (const auto folder = hf::folderOf(path))
        return std::make_shared<const model::Model>(hf::openFolder(*folder));
    Shard shard = openShard(path);
    const SplitPosition position = splitPosition(path, shard.gguf.metadata);
    if (position.count > 1)
        return std::make_shared<const model::Model>(openSet(path, position));
    model::Model::Parts model;
    model.version = shard.gguf.version;
    model.format = formatName(shard.gguf);
    model.alignment = shard.gguf.alignment;
    model.metadata = std::move(shard.gguf.metadata);
    append(model, std::move(shard));
    return std::make_shared<const model::Model>(std::move(model));
}

fs::path modelPath(const fs::path& path)
{
    const fs::path named = hf::folderOf(path).value_or(path);
    return named.has_filename() ? named : named.parent_path();
}

}  // namespace halftone::format
