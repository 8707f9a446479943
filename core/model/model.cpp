// SPDX-License-Identifier: Apache-2.0
#include "core/model/model.h"

#include "core/base/file.h"
#include "core/base/mapped_file.h"

#include <algorithm>
#include <map>

namespace halftone::model {

Model::Model(Parts parts) : m_parts(std::move(parts))
{
    m_index.reserve(m_parts.tensors.size());
    for (std::size_t i = 0; i < m_parts.tensors.size(); ++i) {
        const Tensor& tensor = m_parts.tensors[i];
        m_index.emplace(tensor.name, i);
        m_parameters += tensor.shape.elements();
        m_tensorBytes += tensor.bytes();
        m_layers = std::max(m_layers, tensor.layer + 1);
    }
    for (const auto& file : m_parts.files)
        m_fileBytes += file->bytes().size();
}

const Tensor* Model::find(std::string_view name) const
{
    const auto found = m_index.find(name);
    return found == m_index.end() ? nullptr : &m_parts.tensors[found->second];
}

std::vector<std::filesystem::path> Model::paths() const
{
    std::vector<std::filesystem::path> paths;
    for (const auto& file : m_parts.files)
        paths.push_back(file->path());
    paths.insert(paths.end(), m_parts.companions.begin(), m_parts.companions.end());
    return paths;
}

std::string Model::architecture() const
{
    return std::string(m_parts.metadata.string("general.architecture").value_or(""));
}

std::string Model::name() const
{
    const auto given = m_parts.metadata.string("general.name");
    if (given && !given->empty())
        return std::string(*given);
    return m_parts.files.empty() ? std::string() : toUtf8(m_parts.files.front()->path().stem());
}

double Model::bitsPerWeight() const
{
    return m_parameters == 0 ? 0 : 8.0 * double(m_tensorBytes) / double(m_parameters);
}

bool Model::tiedOutput() const
{
    return find("token_embd.weight") && !find("output.weight");
}

quant::Type Model::mainType() const
{
    // Vectors stay F32 in every model, so they count only where there is nothing else.
    std::map<quant::Type, std::uint64_t> matrices, vectors;
    for (const Tensor& tensor : m_parts.tensors)
        (tensor.shape.rank >= 2 ? matrices : vectors)[tensor.type] += tensor.shape.elements();
    const auto& counts = matrices.empty() ? vectors : matrices;
    const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == counts.end() ? quant::Type::F32 : most->first;
}

}  // namespace halftone::model
