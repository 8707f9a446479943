// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace halftone::test {

/// A folder of this process's own for readers that want files; gone when it ends.
inline const std::filesystem::path& scratchFolder()
{
    struct Folder {
        std::filesystem::path path;
        Folder()
        {
            std::string name = (std::filesystem::temp_directory_path() / "halftone_fuzz_XXXXXX").string();
            if (!mkdtemp(name.data()))
                std::abort();
            path = name;
        }
        ~Folder()
        {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    };
    static const Folder folder;
    return folder.path;
}

}  // namespace halftone::test
