// SPDX-License-Identifier: Apache-2.0
#include "core/plan/importance.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/plan/importance_file.h"

#include <cmath>

namespace halftone::plan {

namespace {

/// Datasets of files that others made may say where on their disk the text was.
std::string withoutFolders(const std::string& name)
{
    return name.substr(name.find_last_of("/\\") + 1);
}

[[noreturn]] void refuseQuotient(float count, const std::string& tensor)
{
    throw Error(ErrorCode::Malformed,
                {.problem = "the sum over the count " + std::to_string(count) + " is not a finite number",
                 .place = "tensor " + tensor,
                 .advice = "make the importance matrix again"});
}

/// Sums over counts, expert by expert. An expert that no token reached has no mean: all its columns count alike.
std::vector<float> means(const ImportanceSums::Entry& entry, const std::string& name, std::vector<ImportanceMatrix::Gap>& gaps)
{
    std::vector<float> values = entry.sums;
    const std::size_t columns = entry.columns();
    for (std::size_t expert = 0; expert < entry.counts.size(); ++expert) {
        const float count = entry.counts[expert];
        if (count == 0)
            gaps.push_back({name, expert, entry.counts.size()});
        for (float& value : std::span(values).subspan(expert * columns, columns)) {
            value = count > 0 ? value / count : 1.0f;
            if (!std::isfinite(value))
                refuseQuotient(count, name);
        }
    }
    return values;
}

}  // namespace

std::vector<model::Metadata::Entry> provenanceOf(const ImportanceMatrix& matrix)
{
    std::vector<model::Metadata::Entry> entries{{"quantize.imatrix.file", matrix.file}};
    if (!matrix.datasets.empty())
        entries.push_back({"quantize.imatrix.dataset", withoutFolders(matrix.datasets.front())});
    entries.push_back({"quantize.imatrix.entries_count", std::uint32_t(matrix.columns.size())});
    entries.push_back({"quantize.imatrix.chunks_count", std::uint32_t(matrix.chunks)});
    return entries;
}

std::span<const float> ImportanceMatrix::find(const std::string& tensor) const
{
    const auto found = columns.find(tensor);
    return found == columns.end() ? std::span<const float>() : std::span<const float>(found->second);
}

ImportanceMatrix meansOf(const ImportanceSums& sums)
{
    ImportanceMatrix matrix;
    for (const auto& [name, entry] : sums.tensors)
        matrix.columns.emplace(name, means(entry, name, matrix.gaps));
    matrix.datasets = sums.datasets;
    matrix.chunks = sums.chunks;
    return matrix;
}

ImportanceMatrix readImportance(const std::filesystem::path& path)
{
    try {
        ImportanceMatrix matrix = meansOf(readImportanceSums(path));
        matrix.file = toUtf8(path.filename());
        return matrix;
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
}

}  // namespace halftone::plan
