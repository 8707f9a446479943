// SPDX-License-Identifier: Apache-2.0
#include "core/chat/characters.h"

#include "core/token/utf8.h"

#include <algorithm>
#include <utf8proc.h>

namespace halftone::chat {
namespace {

std::string_view firstCharacter(std::string_view text)
{
    const auto step = token::stepUtf8(text);
    return text.substr(0, step.kind == token::Utf8Step::Kind::Valid ? step.size : 1);
}

utf8proc_int32_t codePoint(std::string_view character)
{
    utf8proc_int32_t code = -1;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(character.data()), utf8proc_ssize_t(character.size()), &code);
    return code;
}

void appendMapped(std::string& text, std::string_view character, utf8proc_int32_t (*mapped)(utf8proc_int32_t))
{
    const auto code = codePoint(character);
    if (code < 0)
        text += character;
    else
        appendCharacter(text, char32_t(mapped(code)));
}

std::string mappedText(std::string_view text, utf8proc_int32_t (*mapped)(utf8proc_int32_t))
{
    std::string result;
    result.reserve(text.size());
    for (const auto character : characters(text))
        appendMapped(result, character, mapped);
    return result;
}

template <class Drops>
std::string_view strippedIf(std::string_view text, Ends ends, const Drops& drops)
{
    const auto all = characters(text);
    std::size_t first = 0, last = all.size();
    while (ends != Ends::Right && first < last && drops(all[first]))
        ++first;
    while (ends != Ends::Left && last > first && drops(all[last - 1]))
        --last;
    if (first == last)
        return {};
    return {all[first].data(), std::size_t(all[last - 1].data() + all[last - 1].size() - all[first].data())};
}

}  // namespace

std::vector<std::string_view> characters(std::string_view utf8)
{
    std::vector<std::string_view> all;
    all.reserve(utf8.size());
    for (; !utf8.empty(); utf8.remove_prefix(all.back().size()))
        all.push_back(firstCharacter(utf8));
    return all;
}

std::size_t characterCount(std::string_view utf8)
{
    std::size_t count = 0;
    for (; !utf8.empty(); ++count)
        utf8.remove_prefix(firstCharacter(utf8).size());
    return count;
}

bool isSpace(std::string_view character)
{
    const auto code = codePoint(character);
    if (code < 0x80)
        return (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x20);
    const auto category = utf8proc_category(code);
    return code == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

std::string_view stripped(std::string_view text, Ends ends)
{
    return strippedIf(text, ends, isSpace);
}

std::string_view stripped(std::string_view text, std::string_view set, Ends ends)
{
    const auto members = characters(set);
    return strippedIf(text, ends,
                      [&](std::string_view character) { return std::find(members.begin(), members.end(), character) != members.end(); });
}

std::string upperCase(std::string_view text)
{
    return mappedText(text, utf8proc_toupper);
}

std::string lowerCase(std::string_view text)
{
    return mappedText(text, utf8proc_tolower);
}

std::string capitalized(std::string_view text)
{
    if (text.empty())
        return {};
    const auto first = firstCharacter(text);
    std::string result;
    appendMapped(result, first, utf8proc_totitle);
    return result + lowerCase(text.substr(first.size()));
}

std::string titleCase(std::string_view text, bool (*separates)(std::string_view))
{
    std::string result;
    bool first = true;
    for (const auto character : characters(text)) {
        appendMapped(result, character, first ? utf8proc_totitle : utf8proc_tolower);
        first = separates(character);
    }
    return result;
}

bool isNoLetter(std::string_view character)
{
    const auto category = utf8proc_category(codePoint(character));
    return category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_LT;
}

bool isTitleBreak(std::string_view character)
{
    return isSpace(character) || (character.size() == 1 && std::string_view("-({[<").find(character) != std::string_view::npos);
}

char32_t codePointOf(std::string_view character)
{
    const auto code = codePoint(character);
    return code < 0 ? U'\uFFFD' : char32_t(code);
}

void appendCharacter(std::string& text, char32_t code)
{
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(utf8proc_int32_t(code), bytes);
    text.append(reinterpret_cast<const char*>(bytes), std::size_t(size));
}

}  // namespace halftone::chat
