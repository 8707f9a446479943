// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/folder.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/bounded_reader.h"
#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"
#include "core/format/hf/config_metadata.h"
#include "core/format/hf/general_metadata.h"
#include "core/format/hf/shards.h"
#include "core/format/hf/tensors.h"
#include "core/format/hf/text_file.h"
#include "core/format/hf/tokenizer_metadata.h"

namespace halftone::format::hf {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kQuantizationVersion = 2;  ///< of ggml's block layouts

/// Runs `work` so that its errors name config.json and the byte there, where they name no file.
template <class Work>
auto aboutConfig(const fs::path& folder, const Work& work)
{
    try {
        return work();
    } catch (const Error& error) {
        throw aboutJsonFile(error, folder / "config.json");
    }
}

/// LLAMA_FTYPE numbers of unquantized models.
std::uint32_t fileType(quant::Type type)
{
    return type == quant::Type::F16 ? 1 : type == quant::Type::BF16 ? 32 : 0;
}

/// The type of most weights among the matrices.
quant::Type mainType(const std::vector<model::Tensor>& tensors)
{
    std::uint64_t halves = 0, bfloats = 0, floats = 0;
    for (const model::Tensor& tensor : tensors) {
        if (tensor.shape.rank < 2)
            continue;
        std::uint64_t& count = tensor.type == quant::Type::F16 ? halves : tensor.type == quant::Type::BF16 ? bfloats : floats;
        count += tensor.shape.elements();
    }
    if (halves >= bfloats && halves >= floats)
        return quant::Type::F16;
    return bfloats >= floats ? quant::Type::BF16 : quant::Type::F32;
}

std::string whyNotWritable(const Config& config, const Architecture* architecture, const MappedTensors& mapped)
{
    const std::string name =
        config.modelClass().empty() ? "a model without \"architectures\" in config.json" : "a " + printable(config.modelClass());
    if (!architecture)
        return "the names that " + name + " has in GGUF are not known";
    if (!mapped.firstUnknown.empty())
        return "the tensor " + printable(mapped.firstUnknown) + " of " + name + " has no name in GGUF";
    return {};
}

std::vector<model::Warning> warningsAbout(const Config& config, const Architecture* architecture, const MappedTensors& mapped)
{
    using Kind = model::Warning::Kind;
    std::vector<model::Warning> warnings;
    if (mapped.otherParts)
        warnings.push_back({.kind = Kind::OtherPartsLeftOut});
    if (!architecture && config.modelClass().empty())
        warnings.push_back({.kind = Kind::ClassMissing});
    else if (!architecture)
        warnings.push_back({.kind = Kind::ClassUnknown, .subject = printable(config.modelClass())});
    else if (!mapped.firstUnknown.empty())
        warnings.push_back({.kind = Kind::TensorUnknown, .subject = printable(mapped.firstUnknown)});
    return warnings;
}

model::Model::Parts readFolder(const fs::path& folder)
{
    const fs::path configPath = folder / "config.json";
    std::error_code ignored;
    if (!fs::is_regular_file(configPath, ignored)) {
        throw Error(ErrorCode::Unsupported,
                    {.problem = "the folder has no config.json, so it is no Hugging Face model",
                     .file = toUtf8(folder),
                     .advice = "open a .gguf file, or the folder that holds config.json and model.safetensors"});
    }
    Config config = aboutConfig(folder, [&] { return Config(readJsonFile(configPath)); });
    const Architecture* architecture = aboutConfig(folder, [&] { return findArchitecture(config.modelClass()); });
    if (architecture)
        aboutConfig(folder, [&] { setClassDefaults(config, *architecture); });

    const std::vector<Shard> shards = openShards(folder);
    MappedTensors mapped = mapTensors(shards, config, architecture);

    model::Model::Parts parts;
    parts.gguf = false;
    parts.format = "safetensors";
    parts.companions.push_back(configPath);
    parts.whyNotWritable = whyNotWritable(config, architecture, mapped);
    parts.warnings = warningsAbout(config, architecture, mapped);
    parts.metadata.set("general.architecture",
                       architecture ? std::string(architecture->name) : config.text({"model_type"}).value_or("unknown"));
    addGeneralMetadata(folder, mapped.tensors, config, parts.metadata, parts.companions, parts.warnings);
    if (architecture)
        aboutConfig(folder, [&] { addArchitectureMetadata(config, *architecture, parts.metadata); });
    parts.metadata.set("general.file_type", fileType(mainType(mapped.tensors)));
    parts.metadata.set("general.quantization_version", kQuantizationVersion);
    addTokenizerMetadata(folder, config, architecture, parts.metadata, parts.companions, parts.warnings);

    for (const Shard& shard : shards)
        parts.files.push_back(shard.file);
    parts.tensors = std::move(mapped.tensors);
    return parts;
}

}  // namespace

std::optional<fs::path> folderOf(const fs::path& path)
{
    std::error_code ignored;
    if (fs::is_directory(path, ignored))
        return path;
    const std::string name = toUtf8(path.filename());
    if (name == "config.json" || name.ends_with(".safetensors") || name == "model.safetensors.index.json")
        return path.has_parent_path() ? path.parent_path() : fs::path(".");
    return std::nullopt;
}

model::Model::Parts openFolder(const fs::path& folder)
{
    try {
        return readFolder(folder);
    } catch (const Error& error) {
        // A key without a file is the configuration's: the other readers name theirs.
        throw error.place().starts_with("key ") ? aboutJsonFile(error, folder / "config.json") : error.inFile(toUtf8(folder));
    }
}

}  // namespace halftone::format::hf
