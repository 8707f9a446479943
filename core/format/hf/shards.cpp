// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/shards.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/bounded_reader.h"
#include "core/format/hf/text_file.h"
#include "core/format/json.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace halftone::format::hf {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;
/// Tensor to file, as the index has it.
using WeightMap = std::map<std::string, std::string, std::less<>>;

constexpr const char* kIndex = "model.safetensors.index.json";
constexpr std::size_t kMostFiles = 10'000;

[[noreturn]] void refuse(ErrorCode code, const fs::path& file, std::string problem, std::string place, std::string advice)
{
    throw Error(code, {.problem = std::move(problem), .file = toUtf8(file), .place = std::move(place), .advice = std::move(advice)});
}

/// Only names of files beside the index: nothing that leads elsewhere, on any system.
bool isPlainFileName(const std::string& name)
{
    return !name.empty() && name.front() != '.' && name.find_first_of("/\\:") == std::string::npos
        && std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

[[noreturn]] void refuseIndex(const fs::path& path, std::string problem, std::string place)
{
    throw aboutJsonFile(
        Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = std::move(place), .advice = "download the file again"}), path);
}

WeightMap readIndex(const fs::path& path)
{
    const json index = readJsonFile(path);
    const auto map = index.is_object() ? index.find("weight_map") : index.end();
    if (map == index.end() || !map->is_object() || map->empty())
        refuseIndex(path, "the index has no weight_map", "key weight_map");
    WeightMap weights;
    for (const auto& [tensor, file] : map->items()) {
        if (!file.is_string() || !isPlainFileName(file.get_ref<const std::string&>()))
            refuseIndex(path, "the file named is not a plain file name in this folder", "key weight_map." + printable(tensor));
        weights.emplace(tensor, file.get<std::string>());
    }
    return weights;
}

void checkAllPresent(const fs::path& folder, const std::set<std::string>& names)
{
    std::vector<std::string> missing;
    for (const std::string& name : names) {
        std::error_code ignored;
        if (!fs::is_regular_file(folder / fromUtf8(name), ignored))
            missing.push_back(name);
    }
    if (missing.empty())
        return;
    const std::string more = missing.size() > 1 ? " and " + std::to_string(missing.size() - 1) + " more are missing" : " is missing";
    refuse(ErrorCode::System, folder,
           "the model has " + std::to_string(names.size()) + " files of weights, and not all are there: " + printable(missing.front())
               + more,
           {}, "download the missing files into this folder");
}

/// Without an index: model.safetensors, or whatever files of weights there are.
std::set<std::string> filesWithoutIndex(const fs::path& folder)
{
    std::error_code ignored;
    if (fs::is_regular_file(folder / "model.safetensors", ignored))
        return {"model.safetensors"};
    std::set<std::string> names;
    bool pickled = false;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        const fs::path name = entry.path().filename();
        pickled = pickled || name.extension() == ".bin" || name.extension() == ".pt" || name.extension() == ".pth";
        if (name.extension() == ".safetensors" && entry.is_regular_file(ignored))
            names.insert(toUtf8(name));
        if (names.size() > kMostFiles)
            refuse(ErrorCode::Unsupported, folder, "the folder has more than 10000 files of weights", {}, "open a folder with one model");
    }
    if (!names.empty())
        return names;
    if (pickled)
        refuse(ErrorCode::Unsupported, folder, "the weights are in PyTorch's pickle files, which can run code and are never opened", {},
               "look for the model's safetensors files");
    refuse(ErrorCode::Unsupported, folder, "the folder has no .safetensors file", {},
           "open the folder that holds config.json and model.safetensors");
}

Shard openShard(const fs::path& path)
{
    Shard shard{MappedFile::open(path), std::make_shared<const InputFile>(path), {}};
    try {
        shard.tensors = readSafetensors(shard.file->bytes());
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
    return shard;
}

/// No tensor twice, and none that the index does not know in that file.
void checkShard(const Shard& shard, const WeightMap& index, std::set<std::string_view>& seen)
{
    const fs::path& path = shard.file->path();
    for (const SafeTensor& tensor : shard.tensors) {
        const std::string place = "tensor " + printable(tensor.name);
        if (!seen.insert(tensor.name).second)
            refuse(ErrorCode::Malformed, path, "another file has a tensor of the same name", place,
                   "the files come from different models: download them again");
        if (index.empty())
            continue;
        const auto expected = index.find(tensor.name);
        if (expected == index.end() || expected->second != toUtf8(path.filename()))
            refuse(ErrorCode::Malformed, path, "the index does not have this tensor in this file", place,
                   "index and files come from different models: download them again");
    }
}

}  // namespace

std::vector<Shard> openShards(const fs::path& folder)
{
    WeightMap index;
    std::set<std::string> names;
    std::error_code ignored;
    if (fs::is_regular_file(folder / kIndex, ignored)) {
        index = readIndex(folder / kIndex);
        for (const auto& [tensor, file] : index)
            names.insert(file);
        checkAllPresent(folder, names);
    } else {
        names = filesWithoutIndex(folder);
    }
    std::vector<Shard> shards;
    shards.reserve(names.size());
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
        shards.push_back(openShard(folder / fromUtf8(name)));
        checkShard(shards.back(), index, seen);
    }
    const auto lost = std::ranges::find_if(index, [&](const auto& entry) { return !seen.contains(entry.first); });
    if (lost != index.end())
        refuse(ErrorCode::Malformed, folder / fromUtf8(lost->second), "the index promises a tensor that this file lacks",
               "tensor " + printable(lost->first), "download the file again");
    return shards;
}

}  // namespace halftone::format::hf
