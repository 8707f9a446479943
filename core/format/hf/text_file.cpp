// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/text_file.h"

#include "core/base/error.h"
#include "core/base/file.h"

namespace halftone::format::hf {

std::string readTextFile(const std::filesystem::path& path, std::size_t most)
{
    const InputFile file(path);
    if (file.size() > most) {
        throw Error(
            ErrorCode::Unsupported,
            {.problem = "the file has " + std::to_string(file.size()) + " bytes, more than the " + std::to_string(most) + " that are read",
             .file = toUtf8(path),
             .advice = "download it again"});
    }
    std::string text(file.size(), '\0');
    file.readAt(0, std::as_writable_bytes(std::span(text)));
    return text;
}

Error aboutJsonFile(const Error& error, const std::filesystem::path& path)
{
    if (!error.file().empty() && error.file() != toUtf8(path))
        return error;
    try {
        return withByte(error, readTextFile(path, JsonLimits().bytes)).inFile(toUtf8(path));
    } catch (const Error&) {  // gone meanwhile
        return error.inFile(toUtf8(path));
    }
}

nlohmann::json readJsonFile(const std::filesystem::path& path, const JsonLimits& limits, JsonStream* stream)
{
    const std::string text = readTextFile(path, limits.bytes);
    try {
        return readJson(text, limits, stream);
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
}

}  // namespace halftone::format::hf
