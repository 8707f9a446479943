// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/model_card.h"

namespace halftone::format::hf {

namespace {

constexpr std::size_t kMostValues = 1000;

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == text.npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string scalar(std::string_view text)
{
    text = trimmed(text);
    const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    if (quoted)
        return std::string(text.substr(1, text.size() - 2));
    if (const std::size_t comment = text.find(" #"); comment != text.npos)
        text = trimmed(text.substr(0, comment));
    return std::string(text);
}

std::string_view takeLine(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

void setValue(CardEntry& entry, std::string_view value)
{
    value = trimmed(value);
    if (value.starts_with('[') && value.ends_with(']')) {
        entry.list = true;
        value = value.substr(1, value.size() - 2);
        while (!value.empty()) {
            const std::size_t comma = value.find(',');
            if (std::string item = scalar(value.substr(0, comma)); !item.empty())
                entry.values.push_back(std::move(item));
            value.remove_prefix(comma == value.npos ? value.size() : comma + 1);
        }
    } else if (!value.empty() && value != "|" && value != ">" && value != "null" && value != "~") {
        entry.values.push_back(scalar(value));
    }
}

}  // namespace

std::vector<CardEntry> readModelCard(std::string_view text)
{
    std::vector<CardEntry> entries;
    if (takeLine(text) != "---")
        return entries;
    std::size_t values = 0;
    while (!text.empty() && values++ < kMostValues) {
        const std::string_view line = takeLine(text);
        if (line == "---")
            return entries;
        const std::string_view content = trimmed(line);
        if (content.empty() || content.front() == '#')
            continue;
        const bool item = content.starts_with("- ");
        if (item && !entries.empty() && (entries.back().list || entries.back().values.empty())) {
            entries.back().list = true;
            entries.back().values.push_back(scalar(content.substr(2)));
        } else if (line.front() != ' ' && line.front() != '\t' && !item) {
            const std::size_t colon = line.find(':');
            if (colon == line.npos)
                continue;
            entries.push_back({std::string(trimmed(line.substr(0, colon))), {}, false});
            setValue(entries.back(), line.substr(colon + 1));
        }
    }
    return {};  // never closed: no front matter
}

}  // namespace halftone::format::hf
