// SPDX-License-Identifier: Apache-2.0
#include "core/write/source_files.h"

#include "core/base/mapped_file.h"
#include "core/model/model.h"

namespace halftone::write {

SourceFiles::SourceFiles(const model::Model& model)
{
    for (const auto& file : model.files())
        m_files.emplace_back(file->path());
}

void SourceFiles::read(std::uint32_t file, std::uint64_t offset, std::span<std::byte> out) const
{
    m_files[file].readAt(offset, out);
}

void SourceFiles::read(const model::Tensor& tensor, std::uint64_t offset, std::span<std::byte> out) const
{
    if (tensor.data.inPlace())
        read(tensor.file, tensor.offset + offset, out);
    else
        tensor.data.read(offset, out);
}

}  // namespace halftone::write
