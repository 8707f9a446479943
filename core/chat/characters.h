// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace halftone::chat {

// Texts as Python sees them: sequences of code points. Bytes that are no UTF-8 count as one character each and stay.

/// Views of each character in order.
std::vector<std::string_view> characters(std::string_view utf8);
std::size_t characterCount(std::string_view utf8);

/// Whitespace in Python's sense, by which strip() and split() go.
bool isSpace(std::string_view character);
enum class Ends { Both, Left, Right };
std::string_view stripped(std::string_view text, Ends ends = Ends::Both);
/// Of any of the characters in `set`.
std::string_view stripped(std::string_view text, std::string_view set, Ends ends);

std::string upperCase(std::string_view text);
std::string lowerCase(std::string_view text);
/// The first letter in upper case, the rest in lower case.
std::string capitalized(std::string_view text);
/// The same for every word; words are separated by what `separates` says.
std::string titleCase(std::string_view text, bool (*separates)(std::string_view character));
/// Between letters and anything else, as str.title() does.
bool isNoLetter(std::string_view character);
/// At spaces, hyphens and brackets, as the filter title does.
bool isTitleBreak(std::string_view character);

/// Of one character; U+FFFD for a byte that is none.
char32_t codePointOf(std::string_view character);
void appendCharacter(std::string& text, char32_t codePoint);

}  // namespace halftone::chat
