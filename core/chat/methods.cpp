// SPDX-License-Identifier: Apache-2.0
#include "core/chat/methods.h"

#include "core/chat/characters.h"
#include "core/chat/filters.h"
#include "core/chat/operators.h"
#include "core/chat/place.h"

#include <algorithm>

namespace halftone::chat {
namespace {

using Method = Value (*)(const Value& self, const Arguments& arguments, Work& work);
struct Entry {
    std::string_view name;
    Method method;
};

const std::string& needText(const Arguments& arguments, std::size_t position, std::string_view name)
{
    if (const auto* text = arguments.need(position, name).string())
        return *text;
    throw valueError("argument '" + std::string(name) + "' must be a string");
}

template <Ends kEnds>
Value strip(const Value& self, const Arguments& arguments, Work& work)
{
    const Value* set = arguments.find(0, "chars");
    const auto& text = *self.string();
    return work.text(std::string(set && !set->isNone() ? stripped(text, needText(arguments, 0, "chars"), kEnds) : stripped(text, kEnds)));
}

template <std::string (*kMapped)(std::string_view)>
Value mapped(const Value& self, const Arguments&, Work& work)
{
    return work.text(kMapped(*self.string()));
}

std::string titled(std::string_view text)
{
    return titleCase(text, isNoLetter);
}

/// At runs of whitespace, none at the ends; after `most` cuts the rest is one part.
std::vector<Value> words(std::string_view text, std::int64_t most, Work& work)
{
    work.bytes(text.size() * sizeof(std::string_view));
    const auto all = characters(text);
    std::vector<Value> found;
    for (std::size_t begin = 0; begin < all.size();) {
        if (isSpace(all[begin])) {
            ++begin;
            continue;
        }
        const auto offset = std::size_t(all[begin].data() - text.data());
        if (most >= 0 && std::int64_t(found.size()) >= most) {
            found.push_back(work.text(std::string(text.substr(offset))));
            break;
        }
        std::string word;
        for (; begin < all.size() && !isSpace(all[begin]); ++begin)
            word += all[begin];
        found.push_back(work.text(std::move(word)));
    }
    return found;
}

std::vector<Value> parts(std::string_view text, std::string_view separator, std::int64_t most, Work& work)
{
    if (separator.empty())
        throw valueError("an empty separator");
    work.search(text.size(), separator.size());
    std::vector<Value> all;
    std::size_t found;
    while ((most < 0 || std::int64_t(all.size()) < most) && (found = text.find(separator)) != text.npos) {
        all.push_back(work.text(std::string(text.substr(0, found))));
        text.remove_prefix(found + separator.size());
    }
    all.push_back(work.text(std::string(text)));
    return all;
}

Value split(const Value& self, const Arguments& arguments, Work& work)
{
    const Value* separator = arguments.find(0, "sep");
    const auto most = arguments.integer(1, "maxsplit", -1);
    const bool spaces = !separator || separator->isNone();
    return work.list(spaces ? words(*self.string(), most, work) : parts(*self.string(), needText(arguments, 0, "sep"), most, work));
}

Value splitRight(const Value& self, const Arguments& arguments, Work& work)
{
    std::string_view text = *self.string();
    const std::string& separator = needText(arguments, 0, "sep");
    if (separator.empty())
        throw valueError("an empty separator");
    work.search(text.size(), separator.size());
    const auto most = arguments.integer(1, "maxsplit", -1);
    std::vector<Value> all;
    std::size_t found;
    while ((most < 0 || std::int64_t(all.size()) < most) && (found = text.rfind(separator)) != text.npos) {
        all.push_back(work.text(std::string(text.substr(found + separator.size()))));
        text = text.substr(0, found);
    }
    all.push_back(work.text(std::string(text)));
    std::reverse(all.begin(), all.end());
    return work.list(std::move(all));
}

/// One of several when a tuple is given.
template <class Matches>
bool anyAffix(const Arguments& arguments, const Matches& matches)
{
    const Value& given = arguments.need(0, "affix");
    if (!given.list())
        return matches(needText(arguments, 0, "affix"));
    const auto& all = given.list()->items;
    return std::any_of(all.begin(), all.end(), [&](const Value& affix) { return affix.string() && matches(*affix.string()); });
}

Value startsWith(const Value& self, const Arguments& arguments, Work&)
{
    return anyAffix(arguments, [&](const std::string& affix) { return self.string()->starts_with(affix); });
}

Value endsWith(const Value& self, const Arguments& arguments, Work&)
{
    return anyAffix(arguments, [&](const std::string& affix) { return self.string()->ends_with(affix); });
}

Value removePrefix(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& affix = needText(arguments, 0, "prefix");
    return self.string()->starts_with(affix) ? work.text(self.string()->substr(affix.size())) : self;
}

Value removeSuffix(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& affix = needText(arguments, 0, "suffix");
    return self.string()->ends_with(affix) ? work.text(self.string()->substr(0, self.string()->size() - affix.size())) : self;
}

Value replace(const Value& self, const Arguments& arguments, Work& work)
{
    return work.text(
        replaced(*self.string(), needText(arguments, 0, "old"), needText(arguments, 1, "new"), arguments.integer(2, "count", -1), work));
}

template <bool kLast>
Value find(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& wanted = needText(arguments, 0, "sub");
    work.search(self.string()->size(), wanted.size());
    const auto found = kLast ? self.string()->rfind(wanted) : self.string()->find(wanted);
    return found == std::string::npos ? Value(std::int64_t(-1))
                                      : Value::integer(characterCount(std::string_view(*self.string()).substr(0, found)));
}

Value countText(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& wanted = needText(arguments, 0, "sub");
    if (wanted.empty())
        return Value::integer(characterCount(*self.string()) + 1);
    return Value::integer(parts(*self.string(), wanted, -1, work).size() - 1);
}

Value join(const Value& self, const Arguments& arguments, Work& work)
{
    std::string text;
    bool first = true;
    for (const Value& item : iterate(arguments.need(0, "iterable"), work)) {
        if (!item.string())
            throw valueError("join() takes texts only");
        if (!first)
            work.append(text, *self.string());
        first = false;
        work.append(text, *item.string());
    }
    return work.text(std::move(text));
}

Value splitLines(const Value& self, const Arguments&, Work& work)
{
    const auto& text = *self.string();
    std::vector<Value> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find_first_of("\n\r", begin), text.size());
        lines.push_back(work.text(text.substr(begin, end - begin)));
        begin = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    }
    return work.list(std::move(lines));
}

template <bool kKeys>
Value half(const Value& self, const Arguments&, Work& work)
{
    std::vector<Value> all;
    for (const auto& [key, value] : self.dict()->entries)
        all.push_back(kKeys ? key : value);
    return work.list(std::move(all));
}

Value get(const Value& self, const Arguments& arguments, Work& work)
{
    work.step(self.dict()->entries.size() / 8);
    if (const Value* found = self.dict()->find(arguments.need(0, "key")))
        return *found;
    const Value* otherwise = arguments.find(1, "default");
    return otherwise ? *otherwise : Value(None{});
}

Value dictItems(const Value& self, const Arguments& arguments, Work& work)
{
    return filterNamed("items")(self, arguments, work);
}

Value itself(const Value& self, const Arguments&, Work&)
{
    return self;
}

Value position(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& items = self.list()->items;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (equals(items[i], arguments.need(0, "value"), work))
            return Value::integer(i);
    throw valueError("the list does not hold that value");
}

Value countItems(const Value& self, const Arguments& arguments, Work& work)
{
    const auto& items = self.list()->items;
    return std::int64_t(
        std::count_if(items.begin(), items.end(), [&](const Value& item) { return equals(item, arguments.need(0, "value"), work); }));
}

Value refuse(const Value& self, const Arguments&, Work&)
{
    throw valueError("a template may not change a " + std::string(self.kind()));
}

constexpr Entry kTextMethods[] = {{"strip", strip<Ends::Both>},
                                  {"lstrip", strip<Ends::Left>},
                                  {"rstrip", strip<Ends::Right>},
                                  {"upper", mapped<upperCase>},
                                  {"lower", mapped<lowerCase>},
                                  {"title", mapped<titled>},
                                  {"capitalize", mapped<capitalized>},
                                  {"split", split},
                                  {"rsplit", splitRight},
                                  {"splitlines", splitLines},
                                  {"startswith", startsWith},
                                  {"endswith", endsWith},
                                  {"removeprefix", removePrefix},
                                  {"removesuffix", removeSuffix},
                                  {"replace", replace},
                                  {"find", find<false>},
                                  {"rfind", find<true>},
                                  {"count", countText},
                                  {"join", join}};
constexpr Entry kListMethods[] = {{"index", position}, {"count", countItems}, {"append", refuse}, {"extend", refuse}, {"insert", refuse},
                                  {"pop", refuse},     {"remove", refuse},    {"clear", refuse},  {"sort", refuse},   {"reverse", refuse}};
constexpr Entry kDictMethods[] = {{"items", dictItems}, {"keys", half<true>}, {"values", half<false>}, {"get", get},
                                  {"copy", itself},     {"update", refuse},   {"pop", refuse},         {"setdefault", refuse},
                                  {"clear", refuse},    {"popitem", refuse}};

template <std::size_t kCount>
Method methodIn(const Entry (&entries)[kCount], std::string_view name)
{
    for (const Entry& entry : entries)
        if (entry.name == name)
            return entry.method;
    return nullptr;
}

}  // namespace

Value boundMethod(const Value& receiver, std::string_view name, Work& work)
{
    const Method method = receiver.string() ? methodIn(kTextMethods, name)
        : receiver.list()                   ? methodIn(kListMethods, name)
        : receiver.dict()                   ? methodIn(kDictMethods, name)
                                            : nullptr;
    if (!method)
        return Value::undefined(name);
    return work.bound(std::string(name), receiver,
                      [receiver, method, &work](const Arguments& arguments) { return method(receiver, arguments, work); });
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t count, Work& work)
{
    work.search(text.size(), from.size());
    std::string out;
    if (from.empty()) {
        for (const auto character : characters(text)) {
            if (count-- != 0)
                work.append(out, to);
            else
                count = 0;
            work.append(out, character);
        }
        work.append(out, count != 0 ? to : std::string_view());
        return out;
    }
    for (std::size_t found; count != 0 && (found = text.find(from)) != text.npos; --count) {
        work.append(out, text.substr(0, found));
        work.append(out, to);
        text.remove_prefix(found + from.size());
    }
    work.append(out, text);
    return out;
}

}  // namespace halftone::chat
