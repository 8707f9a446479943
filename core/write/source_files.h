// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"

#include <vector>

namespace halftone {
class Progress;
}
namespace halftone::model {
class Model;
struct Tensor;
}  // namespace halftone::model

namespace halftone::write {

/// A model's files, read by position instead of through their mapping: a file that shrinks or fails meanwhile is an Error,
/// not the end of the process. Reads may come from several threads. The model must outlive this.
class SourceFiles {
public:
    /// Throws Error{System}, also where a file is not the one that the model was opened from any more.
    explicit SourceFiles(const model::Model& model);

    /// Bytes of a file, an index into Model::files. Throws Error{System}.
    void read(std::uint32_t file, std::uint64_t offset, std::span<std::byte> out) const;
    /// Bytes of a tensor from `offset` in it on, wherever they come from.
    void read(const model::Tensor& tensor, std::uint64_t offset, std::span<std::byte> out) const;
    /// The same run by run, see runs.h: on a slow disk too, a cancelled job soon ends. Throws Error{Cancelled} as well.
    void read(std::uint32_t file, std::uint64_t offset, std::span<std::byte> out, Progress& progress) const;
    void read(const model::Tensor& tensor, std::uint64_t offset, std::span<std::byte> out, Progress& progress) const;
    /// Throws Error{System} where size or time of a file are not those of when the model was opened.
    void requireUnchanged() const;

private:
    const model::Model& m_model;
    std::vector<InputFile> m_files;
};

}  // namespace halftone::write
