// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/work.h"

#include <string_view>

namespace halftone::chat {

using Filter = Value (*)(const Value& input, const Arguments& arguments, Work& work);
using Test = bool (*)(const Value& input, const Arguments& arguments, Work& work);

// By Jinja2's names; throw Error{Malformed} for a name that is not known here.
Filter filterNamed(std::string_view name);
Test testNamed(std::string_view name);

/// Null if the name is none of theirs.
Filter textFilter(std::string_view name);
Filter sequenceFilter(std::string_view name);

/// item["a"]["b"][0] for the path "a.b.0".
Value attributeAt(const Value& item, const Value& path, Work& work);

}  // namespace halftone::chat
