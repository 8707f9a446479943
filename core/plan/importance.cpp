// SPDX-License-Identifier: Apache-2.0
#include "core/plan/importance.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"

#include <cmath>
#include <cstring>
#include <optional>

namespace halftone::plan {

namespace {

constexpr std::string_view kSums = ".in_sum2", kCounts = ".counts";

[[noreturn]] void refuse(std::string problem, const std::string& tensor)
{
    throw Error(ErrorCode::Malformed,
                {.problem = std::move(problem), .place = "tensor " + tensor, .advice = "make the importance matrix again"});
}

std::vector<float> valuesOf(const model::Tensor& tensor)
{
    if (tensor.type != quant::Type::F32)
        refuse("the values are not F32", tensor.name);
    std::vector<float> values(tensor.shape.elements());
    std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]) || values[i] < 0)
            refuse("value " + std::to_string(i) + " is " + std::to_string(values[i]) + ", neither zero nor a positive number", tensor.name);
    return values;
}

/// Sums over counts, expert by expert. An expert that no token reached has no mean: all its columns count alike.
std::vector<float> means(std::vector<float> sums, std::span<const float> counts, const std::string& name,
                         std::vector<ImportanceMatrix::Gap>& gaps)
{
    const std::size_t columns = sums.size() / counts.size();
    for (std::size_t expert = 0; expert < counts.size(); ++expert) {
        const float count = counts[expert];
        if (count == 0)
            gaps.push_back({name, expert, counts.size()});
        for (float& value : std::span(sums).subspan(expert * columns, columns)) {
            value = count > 0 ? value / count : 1.0f;
            if (!std::isfinite(value))
                refuse("the sum over the count " + std::to_string(count) + " is not a finite number", name + std::string(kSums));
        }
    }
    return sums;
}

ImportanceMatrix read(const model::Model& file)
{
    if (file.metadata().string("general.type") != std::optional<std::string_view>("imatrix"))
        throw Error(ErrorCode::Malformed,
                    {.problem = "this is not an importance matrix",
                     .place = "metadata general.type",
                     .advice = "choose a file made by llama-imatrix or halftone-cli imatrix"});
    ImportanceMatrix matrix;
    for (const model::Tensor& tensor : file.tensors()) {
        if (!tensor.name.ends_with(kSums))
            continue;
        const std::string name = tensor.name.substr(0, tensor.name.size() - kSums.size());
        const model::Tensor* counts = file.find(name + std::string(kCounts));
        if (!counts)
            refuse("its counts are missing", tensor.name);
        if (counts->shape.elements() != tensor.shape.rows())
            refuse("there are " + std::to_string(counts->shape.elements()) + " counts for " + std::to_string(tensor.shape.rows())
                       + " experts",
                   counts->name);
        matrix.columns.emplace(name, means(valuesOf(tensor), valuesOf(*counts), name, matrix.gaps));
    }
    if (matrix.columns.empty())
        throw Error(ErrorCode::Malformed, {.problem = "the importance matrix is empty", .advice = "make the importance matrix again"});
    return matrix;
}

}  // namespace

std::span<const float> ImportanceMatrix::find(const std::string& tensor) const
{
    const auto found = columns.find(tensor);
    return found == columns.end() ? std::span<const float>() : std::span<const float>(found->second);
}

ImportanceMatrix readImportance(const std::filesystem::path& path)
{
    const auto file = format::openModel(path);
    try {
        return read(*file);
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
}

}  // namespace halftone::plan
