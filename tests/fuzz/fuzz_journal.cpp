// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/write/journal.h"
#include "tests/fuzz/scratch_folder.h"

#include <cstdlib>
#include <fstream>
#include <string>

/// Whatever the journal of a dead run: what is kept of its output is never more than is there, and nothing without a journal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    constexpr std::uint64_t kWritten = 1000;
    static const std::filesystem::path destination = test::scratchFolder() / "out.gguf";
    std::ofstream(test::scratchFolder() / "out.gguf.part", std::ios::binary) << std::string(kWritten, 'x');
    std::ofstream(test::scratchFolder() / "out.gguf.part.json", std::ios::binary)
        .write(reinterpret_cast<const char*>(data), std::streamsize(size));
    const auto journal = write::readJournal(partOf(destination));
    const auto leftover = write::findLeftover(destination);
    if (!leftover || leftover->bytes > kWritten || (leftover->bytes > 0 && !journal))
        std::abort();
    return 0;
}
