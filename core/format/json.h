// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace halftone::format {

/// What a document from a stranger may take.
struct JsonLimits {
    std::size_t bytes = std::size_t(64) << 20;
    std::size_t depth = 64;
    std::size_t values = std::size_t(4) << 20;  ///< of the result; what goes to a JsonStream does not count
    std::size_t start = 0;  ///< the byte of the file that the document begins at, for messages
    const char* advice = "the file is damaged: download it again";  ///< of every refusal
};

/// Takes the content of large arrays and objects value by value, so that a vocabulary of a hundred thousand entries never
/// exists as a tree. `depth` is 1 for the container's own elements, 2 for those of a container in it.
class JsonStream {
public:
    virtual ~JsonStream() = default;
    /// Should the container at this path ("model.vocab") be streamed? It is then null in the result.
    virtual bool takes(std::string_view path) = 0;
    /// `key` is "" in arrays. Throw Error{Malformed} for a value that has no business there; the byte is put in its place.
    virtual void text(std::string_view path, std::string_view key, std::size_t depth, std::string&& value) = 0;
    virtual void number(std::string_view path, std::string_view key, std::size_t depth, double value) = 0;
};

/// Reads a JSON document. Integers stay integers. Throws Error{Malformed} for text that is no JSON, a key that occurs twice,
/// or more than the limits allow, also Error{Unsupported}; each names the byte, none the file.
nlohmann::json readJson(std::string_view text, const JsonLimits& limits = {}, JsonStream* stream = nullptr);

/// Where the value at this path is in a document: the byte that ends its key, or an array's element. "rules[3].type"; a path may be
/// the end of a longer one. Where there is no such value, the innermost one on the way to it; 0 for the document. Reads the text
/// again, so it is for messages.
std::size_t byteOf(std::string_view text, std::string_view path);
/// The error with that byte in front of its place, where that is "key PATH" in this document.
Error withByte(const Error& error, std::string_view text);

}  // namespace halftone::format
