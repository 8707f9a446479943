// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace halftone::chat {

enum class TokenKind { Text, BlockBegin, BlockEnd, PrintBegin, PrintEnd, Name, String, Integer, Float, Operator, End };

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;  ///< of strings: what they stand for
    std::size_t line = 1;  ///< of the template, from 1
};

/// Cuts a template into tokens as Jinja2 does with trim_blocks and lstrip_blocks: the newline after a block goes, and so do
/// the spaces between a line's beginning and a block; "-" strips all whitespace on its side, "+" keeps it. The last token is
/// End. Throws Error{Malformed} naming the line.
std::vector<Token> tokenize(std::string_view source);

}  // namespace halftone::chat
