// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/quant/codec.h"
#include "tests/format/hf_folder.h"

#include <optional>
#include <string>
#include <vector>

/// What tests of Hugging Face folders ask.
namespace hf_checks {

using namespace halftone;
namespace fs = std::filesystem;

using ModelPtr = std::shared_ptr<const model::Model>;

inline std::optional<Error> errorOf(const fs::path& path)
{
    try {
        format::openModel(path);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

inline bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

inline std::vector<float> valuesOf(const ModelPtr& model, std::string_view name)
{
    const model::Tensor* tensor = model->find(name);
    if (!tensor)
        return {};
    std::vector<float> values(tensor->shape.elements());
    quant::dequantize(tensor->type, tensor->data, values);
    return values;
}

inline std::vector<float> countedFrom(int first, std::size_t count)
{
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(float((first + int(i)) % 256));
    return values;
}

/// Names of the tensors in order, without blocks but the first.
inline std::vector<std::string> namesOf(const model::Model& model)
{
    std::vector<std::string> names;
    for (const auto& tensor : model.tensors())
        names.push_back(tensor.name);
    return names;
}

inline std::string fileBytes(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hf_checks
