// SPDX-License-Identifier: Apache-2.0
#include "core/plan/output_header.h"

#include "core/format/gguf_size.h"
#include "core/model/model.h"

#include <algorithm>
#include <iterator>

namespace halftone::plan {
namespace {

constexpr std::uint32_t kQuantizationVersion = 2;  // of ggml's block layouts

bool belongsToSplit(std::string_view key)
{
    return key.starts_with("split.");
}

/// What the plan sets, in place of or after the source's own entries.
std::vector<model::Metadata::Entry> addedEntries(const Plan& plan)
{
    if (plan.unchanged)
        return {};
    std::vector<model::Metadata::Entry> entries{{"general.file_type", plan.fileType},
                                                {"general.quantization_version", kQuantizationVersion},
                                                {"halftone.recipe", plan.recipe},
                                                {std::string(kTensorHashKey), std::string(kNoTensorHash)}};
    entries.insert(entries.end(), plan.provenance.begin(), plan.provenance.end());
    return entries;
}

}  // namespace

bool setByQuantizing(std::string_view key)
{
    return belongsToSplit(key) || key.starts_with("quantize.imatrix.") || key == "general.file_type"
        || key == "general.quantization_version" || key == "halftone.recipe" || key == kTensorHashKey;
}

bool copiesFile(const model::Model& model, const Plan& plan)
{
    return plan.unchanged && model.isGguf() && model.files().size() == 1;
}

std::vector<format::TensorHeader> outputHeaders(const model::Model& model, const Plan& plan)
{
    std::vector<format::TensorHeader> headers;
    headers.reserve(plan.choices.size());
    std::ranges::transform(model.tensors(), plan.choices, std::back_inserter(headers),
                           [](const model::Tensor& tensor, const Choice& choice) {
                               return format::TensorHeader{tensor.name, tensor.shape, choice.type};
                           });
    return headers;
}

std::uint64_t outputMetadataBytes(const model::Model& model, const Plan& plan)
{
    const std::vector<model::Metadata::Entry> added = addedEntries(plan);
    std::uint64_t bytes = 0;
    for (const auto& [key, value] : added)
        bytes += format::entryBytes(key, value);
    for (const auto& [key, value] : model.metadata().entries()) {
        if (!belongsToSplit(key) && std::ranges::find(added, key, &model::Metadata::Entry::key) == added.end())
            bytes += format::entryBytes(key, value);
    }
    return bytes;
}

std::uint64_t outputAlignment(const model::Model& model)
{
    return std::uint64_t(model.metadata().integer("general.alignment").value_or(32));
}

model::Metadata outputMetadata(const model::Model& model, const Plan& plan)
{
    model::Metadata metadata;
    for (const auto& [key, value] : model.metadata().entries()) {
        if (!belongsToSplit(key))
            metadata.set(key, value);
    }
    for (auto& [key, value] : addedEntries(plan))
        metadata.set(key, value);
    return metadata;
}

}  // namespace halftone::plan
