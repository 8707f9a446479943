// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/work.h"

#include <string_view>

namespace halftone::chat {

// What Python's operators do with values. All throw Error{Malformed} for kinds that do not go together.

bool equals(const Value& a, const Value& b, Work& work);
/// Python's order of numbers, of texts, of sequences.
bool less(const Value& a, const Value& b, Work& work);
bool contains(const Value& container, const Value& item, Work& work);
/// "==", "!=", "<", "<=", ">", ">=", "in", "not in".
bool compare(std::string_view symbol, const Value& a, const Value& b, Work& work);

/// "+", "-", "*", "/", "//", "%", "**", "~".
Value arithmetic(std::string_view symbol, const Value& a, const Value& b, Work& work);
Value negative(const Value& value);

/// What a loop over the value goes through: items, keys, characters; nothing of undefined.
std::vector<Value> iterate(const Value& value, Work& work);
std::size_t length(const Value& value);

/// value[key]; undefined if there is no such thing.
Value subscript(const Value& value, const Value& key, Work& work);
/// value[from:to:step]; null means left out.
Value slice(const Value& value, const Value& from, const Value& to, const Value& step, Work& work);

}  // namespace halftone::chat
