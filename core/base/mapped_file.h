// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace halftone {

/// A whole file mapped read-only. The bytes stay valid as long as this object lives. A mapping of a file that another
/// program shortens faults on access: long jobs read through InputFile instead.
class MappedFile {
public:
    /// Throws Error{System} naming the path; an empty file gives an empty span.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

    virtual ~MappedFile() = default;
    virtual std::span<const std::byte> bytes() const noexcept = 0;
    virtual const std::filesystem::path& path() const noexcept = 0;
    /// As InputFile::modified() said when it was opened.
    virtual std::int64_t modified() const noexcept { return 0; }
};

}  // namespace halftone
