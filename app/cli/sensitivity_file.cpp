// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sensitivity_file.h"

#include "app/cli/console.h"
#include "core/base/file.h"

#include <span>

namespace halftone::cli {

sense::Sensitivity readSensitivity(const std::string& path)
{
    try {
        return sense::sensitivityFromJson(readTextFile(fromUtf8(path)));
    } catch (const Error& error) {
        throw error.inFile(path);
    }
}

void writeSensitivity(const sense::Sensitivity& figures, const std::string& path)
{
    writeTextFile(sense::toJson(figures), path);
}

void writeTextFile(const std::string& text, const std::string& path)
{
    try {
        AtomicFile file(fromUtf8(path), text.size());
        file.write(std::as_bytes(std::span(text)));
        file.commit();
    } catch (const Error& error) {
        throw error.inFile(path);
    }
}

}  // namespace halftone::cli
