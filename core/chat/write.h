// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/work.h"

#include <string>

namespace halftone::chat {

/// Appends a value as {{ }} prints it: texts as they are, the rest as Python's str(). Undefined is empty.
void writeText(std::string& out, const Value& value, Work& work);
/// The same as a text of its own.
std::string toText(const Value& value, Work& work);

struct JsonStyle {
    std::int64_t indent = -1;  ///< spaces per level; negative: all on one line
    std::string itemSeparator = ", ", keySeparator = ": ";
    bool sortKeys = false, asciiOnly = false;
};
/// As Python's json.dumps. Throws Error{Malformed} for what JSON does not have.
std::string toJson(const Value& value, const JsonStyle& style, Work& work);

}  // namespace halftone::chat
