// SPDX-License-Identifier: Apache-2.0
#include "core/base/mapped_file.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/platform.h"

namespace halftone {

namespace {

class Mapping final : public MappedFile {
public:
    explicit Mapping(const std::filesystem::path& path) : m_path(path)
    {
        // The mapping outlives the handle, so a model of many shards holds no file open.
        platform::File file;
        std::uint64_t bytes = 0;
        std::error_code code = file.openForReading(path);
        if (!code)
            code = file.size(bytes);
        if (!code)
            code = file.modified(m_modified);
        if (!code && bytes > 0)
            code = file.map(bytes, m_bytes);
        if (code)
            throw Error(ErrorCode::System,
                        {.problem = "the file cannot be opened: " + code.message(),
                         .file = toUtf8(path),
                         .advice = "check its name and your permissions"});
    }
    ~Mapping() override
    {
        if (!m_bytes.empty())
            platform::unmap(m_bytes);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    std::span<const std::byte> bytes() const noexcept override { return m_bytes; }
    const std::filesystem::path& path() const noexcept override { return m_path; }
    std::int64_t modified() const noexcept override { return m_modified; }

private:
    std::filesystem::path m_path;
    std::int64_t m_modified = 0;
    std::span<const std::byte> m_bytes;
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    return std::make_shared<const Mapping>(path);
}

}  // namespace halftone
