// SPDX-License-Identifier: Apache-2.0
#include "core/chat/write.h"

#include "core/chat/characters.h"
#include "core/chat/operators.h"
#include "core/chat/place.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace halftone::chat {
namespace {

/// Python's repr(float): the shortest digits that read back the same, with an exponent below 1e-4 and from 1e16 on.
std::string floatText(double value)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    char buffer[64];
    const auto exponent = value == 0 ? 0 : int(std::floor(std::log10(std::abs(value))));
    const bool scientific = value != 0 && (exponent < -4 || std::abs(value) >= 1e16);
    const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
    std::string text(buffer, end);
    return scientific || text.find('.') != text.npos ? text : text + ".0";
}

std::string hexEscape(unsigned char byte)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    return {kDigits[byte >> 4], kDigits[byte & 15]};
}

/// Python's repr(str).
std::string quoted(std::string_view text)
{
    const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\')
            out += std::string{'\\', c};
        else if (c == '\n' || c == '\r' || c == '\t')
            out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += "\\x" + hexEscape(static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + quote;
}

std::string scalarText(const Value& value)
{
    if (const auto* truth = value.as<bool>())
        return *truth ? "True" : "False";
    if (const auto whole = value.asInteger())
        return std::to_string(*whole);
    if (const auto number = value.asNumber())
        return floatText(*number);
    if (value.isUndefined())
        return {};
    return value.isNone() ? "None" : std::string("<").append(value.kind()).append(">");
}

void writeRepr(std::string& out, const Value& value, Work& work);

void writeItems(std::string& out, const List& list, Work& work)
{
    work.append(out, list.tuple ? "(" : "[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        work.append(out, i > 0 ? ", " : "");
        writeRepr(out, list.items[i], work);
    }
    work.append(out, list.tuple ? (list.items.size() == 1 ? ",)" : ")") : "]");
}

void writeEntries(std::string& out, const Dict& dict, Work& work)
{
    work.append(out, "{");
    for (std::size_t i = 0; i < dict.entries.size(); ++i) {
        work.append(out, i > 0 ? ", " : "");
        writeRepr(out, dict.entries[i].first, work);
        work.append(out, ": ");
        writeRepr(out, dict.entries[i].second, work);
    }
    work.append(out, "}");
}

void writeRepr(std::string& out, const Value& value, Work& work)
{
    work.step();
    if (const auto* list = value.list())
        writeItems(out, *list, work);
    else if (const auto* dict = value.dict())
        writeEntries(out, *dict, work);
    else if (const auto* text = value.string())
        work.append(out, quoted(*text));
    else
        work.append(out, value.isUndefined() ? "Undefined" : scalarText(value));
}

class JsonWriter {
public:
    JsonWriter(const JsonStyle& style, Work& work) : m_style(style), m_work(work) {}

    std::string run(const Value& value)
    {
        write(value, 0);
        return std::move(m_out);
    }

private:
    void add(std::string_view text) { m_work.append(m_out, text); }

    void newline(std::int64_t level)
    {
        if (m_style.indent >= 0) {
            add("\n");
            add(std::string(std::size_t(level * std::min<std::int64_t>(m_style.indent, 1000)), ' '));
        }
    }

    void write(const Value& value, std::int64_t level)
    {
        m_work.step();
        if (const auto* text = value.string())
            addString(*text);
        else if (const auto* list = value.list())
            writeList(*list, level);
        else if (const auto* dict = value.dict())
            writeDict(*dict, level);
        else
            add(scalar(value));
    }

    static std::string scalar(const Value& value)
    {
        if (value.isNone())
            return "null";
        if (const auto* truth = value.as<bool>())
            return *truth ? "true" : "false";
        if (const auto* number = value.as<double>(); number && !std::isfinite(*number))
            return std::isnan(*number) ? "NaN" : *number < 0 ? "-Infinity" : "Infinity";
        if (!value.isNumber())
            throw valueError("JSON has nothing for a value of kind " + std::string(value.kind()));
        return scalarText(value);
    }

    void writeList(const List& list, std::int64_t level)
    {
        if (list.items.empty())
            return add("[]");
        add("[");
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            add(i > 0 ? m_style.itemSeparator : "");
            newline(level + 1);
            write(list.items[i], level + 1);
        }
        newline(level);
        add("]");
    }

    void writeDict(const Dict& dict, std::int64_t level)
    {
        if (dict.entries.empty())
            return add("{}");
        add("{");
        bool first = true;
        for (const auto* entry : ordered(dict)) {
            add(first ? "" : m_style.itemSeparator);
            first = false;
            newline(level + 1);
            addString(entry->first.string() ? *entry->first.string() : scalar(entry->first));
            add(m_style.keySeparator);
            write(entry->second, level + 1);
        }
        newline(level);
        add("}");
    }

    std::vector<const std::pair<Value, Value>*> ordered(const Dict& dict)
    {
        std::vector<const std::pair<Value, Value>*> entries;
        for (const auto& entry : dict.entries)
            entries.push_back(&entry);
        if (m_style.sortKeys)
            std::stable_sort(entries.begin(), entries.end(),
                             [&](const auto* a, const auto* b) { return less(a->first, b->first, m_work); });
        return entries;
    }

    void addString(std::string_view text)
    {
        std::string escaped = "\"";
        for (const auto character : characters(text))
            escaped += escapedCharacter(character);
        add(escaped + "\"");
    }

    std::string escapedCharacter(std::string_view character) const
    {
        static constexpr std::string_view kSpecial = "\"\\\n\r\t\b\f", kLetters = "\"\\nrtbf";
        if (const auto known = kSpecial.find(character[0]); known != kSpecial.npos)
            return {'\\', kLetters[known]};
        if (static_cast<unsigned char>(character[0]) < 0x20)
            return "\\u00" + hexEscape(static_cast<unsigned char>(character[0]));
        return m_style.asciiOnly && character.size() > 1 ? utf16Escape(codePointOf(character)) : std::string(character);
    }

    static std::string utf16Escape(char32_t code)
    {
        const auto unit = [](char32_t value) {
            return "\\u" + hexEscape(static_cast<unsigned char>(value >> 8)) + hexEscape(static_cast<unsigned char>(value));
        };
        if (code < 0x10000)
            return unit(code);
        return unit(0xD800 + ((code - 0x10000) >> 10)) + unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }

    const JsonStyle& m_style;
    Work& m_work;
    std::string m_out;
};

}  // namespace

void writeText(std::string& out, const Value& value, Work& work)
{
    if (const auto* text = value.string())
        work.append(out, *text);
    else if (!value.isUndefined())
        writeRepr(out, value, work);
}

std::string toText(const Value& value, Work& work)
{
    std::string text;
    writeText(text, value, work);
    return text;
}

std::string toJson(const Value& value, const JsonStyle& style, Work& work)
{
    return JsonWriter(style, work).run(value);
}

}  // namespace halftone::chat
