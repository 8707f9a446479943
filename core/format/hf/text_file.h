// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/json.h"

#include <filesystem>
#include <string>

namespace halftone::format::hf {

/// A whole small file. Throws Error{System} naming it, Error{Unsupported} beyond `most` bytes.
std::string readTextFile(const std::filesystem::path& path, std::size_t most = std::size_t(64) << 20);

/// The same as JSON. Errors name the file.
nlohmann::json readJsonFile(const std::filesystem::path& path, const JsonLimits& limits = {}, JsonStream* stream = nullptr);
/// An error about what such a file says, with the file, and the byte of the key where it names one: reads the file again.
Error aboutJsonFile(const Error& error, const std::filesystem::path& path);

}  // namespace halftone::format::hf
