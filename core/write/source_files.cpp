// SPDX-License-Identifier: Apache-2.0
#include "core/write/source_files.h"

#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/model/model.h"
#include "core/write/runs.h"

namespace halftone::write {

SourceFiles::SourceFiles(const model::Model& model) : m_model(model)
{
    for (const auto& file : model.files())
        m_files.emplace_back(file->path());
    requireUnchanged();
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

void SourceFiles::read(std::uint32_t file, std::uint64_t offset, std::span<std::byte> out, Progress& progress) const
{
    inRuns(out, progress, [&](std::uint64_t done, std::span<std::byte> run) { read(file, offset + done, run); });
}

void SourceFiles::read(const model::Tensor& tensor, std::uint64_t offset, std::span<std::byte> out, Progress& progress) const
{
    if (tensor.data.inPlace())
        read(tensor.file, tensor.offset + offset, out, progress);
    else
        tensor.data.read(offset, out);  // made from the file's bytes by a source that knows best how many it needs at once
}

void SourceFiles::requireUnchanged() const
{
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        const MappedFile& opened = *m_model.files()[i];
        if (m_files[i].size() != opened.bytes().size() || m_files[i].modified() != opened.modified())
            throw Error(ErrorCode::System,
                        {.problem = "the file changed since it was opened",
                         .file = toUtf8(opened.path()),
                         .advice = "wait until other programs are done with it, then open it again"});
    }
}

}  // namespace halftone::write
