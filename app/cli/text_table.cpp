// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_table.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace halftone::cli {
namespace {

/// Characters, not bytes: UTF-8 continuation bytes take no place.
std::size_t width(std::string_view text)
{
    return std::size_t(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Byte length of the first `characters` characters.
std::size_t prefix(std::string_view text, std::size_t characters)
{
    std::size_t at = 0;
    while (at < text.size() && characters-- > 0)
        do
            ++at;
        while (at < text.size() && (text[at] & 0xc0) == 0x80);
    return at;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t most = prefix(text, columns);
        const std::size_t newline = text.substr(0, most).find('\n');
        std::size_t cut = most;
        if (newline != std::string_view::npos)
            cut = newline;
        else if (most < text.size() && text[most] != ' ')
            if (const std::size_t space = text.substr(0, most).rfind(' '); space != std::string_view::npos && space > 0)
                cut = space;
        lines.emplace_back(text.substr(0, cut));
        text.remove_prefix(cut);
        if (!text.empty() && (text.front() == ' ' || text.front() == '\n'))
            text.remove_prefix(1);
    }
    return lines;
}

std::string padded(const std::string& text, std::size_t columns, bool right)
{
    const std::string space(columns - std::min(columns, width(text)), ' ');
    return right ? space + text : text + space;
}

void trimRight(std::string& line)
{
    line.erase(line.find_last_not_of(' ') + 1);
}

}  // namespace

std::string textTable(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += (i ? "  " : "") + padded(row[i], widths[i], i > 0);
        trimRight(line);
        out += line + '\n';
    }
    if (!out.empty())
        out.pop_back();
    return out;
}

std::string sideBySide(const std::vector<std::string>& titles, const std::vector<std::string>& texts, int totalWidth)
{
    const std::size_t columns = std::max<std::size_t>(12, std::size_t(totalWidth) / std::max<std::size_t>(1, titles.size()) - 3);
    std::vector<std::vector<std::string>> wrapped;
    std::size_t height = 0;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        auto lines = wrap(titles[i], columns);
        lines.emplace_back(columns, '-');
        for (auto& line : wrap(texts[i], columns))
            lines.push_back(std::move(line));
        height = std::max(height, lines.size());
        wrapped.push_back(std::move(lines));
    }
    std::string out;
    for (std::size_t row = 0; row < height; ++row) {
        std::string line;
        for (std::size_t i = 0; i < wrapped.size(); ++i)
            line += (i ? " | " : "") + padded(row < wrapped[i].size() ? wrapped[i][row] : std::string(), columns, false);
        trimRight(line);
        out += line + '\n';
    }
    if (!out.empty())
        out.pop_back();
    return out;
}

std::string fixed(double value, int decimals)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

}  // namespace halftone::cli
