// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/work.h"

#include <string_view>

namespace halftone::chat {

/// The method of a text, a list or a dict, bound to it; undefined if Python has no such method or it is not known here.
/// Methods that change a list or a dict are refused when called, as Hugging Face's sandbox does. `work` must outlive the result.
Value boundMethod(const Value& receiver, std::string_view name, Work& work);

/// Python's str.replace; a negative `count` means every place.
std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t count, Work& work);

}  // namespace halftone::chat
