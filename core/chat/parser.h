// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/syntax.h"

#include <string_view>

namespace halftone::chat {

/// The syntax tree of a template. Throws Error{Malformed} naming the line, also for a tag that is not known here: known are
/// if, for, set, macro, generation, raw, break and continue.
Body parse(std::string_view source);

}  // namespace halftone::chat
