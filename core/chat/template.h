// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/syntax.h"
#include "core/chat/work.h"

#include <ctime>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace halftone::chat {

struct RenderOptions {
    std::tm now = {};  ///< what strftime_now() tells
    Limits limits = {};
};

using Variables = std::vector<std::pair<std::string, Value>>;

/// A chat template: the part of Jinja2 that such templates use, set up as Hugging Face's apply_chat_template does
/// (trim_blocks, lstrip_blocks, break and continue, tojson without ASCII escapes, raise_exception, strftime_now; lists and
/// dicts cannot be changed). Safe on text from strangers: it reaches nothing but the variables, and steps, memory, output and
/// depth are limited. Macros see their parameters and what is set at the top level. Immutable, thread safe.
class Template {
public:
    /// Throws Error{Malformed} naming the line.
    explicit Template(std::string_view source);

    /// Throws Error{Malformed} naming the line; for raise_exception(text) the problem is that text.
    std::string render(const Variables& variables, const RenderOptions& options = {}) const;

private:
    Body m_body;
};

/// Keeps the order of keys. Throws Error{Malformed} where it is nested too deeply.
Value fromJson(const nlohmann::ordered_json& json);

}  // namespace halftone::chat
