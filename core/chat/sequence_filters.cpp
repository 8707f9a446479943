// SPDX-License-Identifier: Apache-2.0
// Filters of lists and dicts. What is a generator in Jinja2 is a list here.
#include "core/chat/characters.h"
#include "core/chat/filters.h"
#include "core/chat/operators.h"
#include "core/chat/place.h"
#include "core/chat/write.h"

#include <algorithm>

namespace halftone::chat {
namespace {

Value lengthOf(const Value& input, const Arguments&, Work&)
{
    return Value::integer(length(input));
}

Value join(const Value& input, const Arguments& arguments, Work& work)
{
    const Value *between = arguments.find(0, "d"), *attribute = arguments.find(1, "attribute");
    const std::string separator = between ? toText(*between, work) : std::string();
    std::string text;
    bool first = true;
    for (const Value& item : iterate(input, work)) {
        if (!first)
            work.append(text, separator);
        first = false;
        writeText(text, attribute ? attributeAt(item, *attribute, work) : item, work);
    }
    return work.text(std::move(text));
}

Value orDefault(const Value& input, const Arguments& arguments, Work&)
{
    const Value* otherwise = arguments.find(0, "default_value");
    const bool falseToo = arguments.truth(1, "boolean", false);
    if (!input.isUndefined() && (!falseToo || input.truth()))
        return input;
    return otherwise ? *otherwise : Value::text("");
}

Value first(const Value& input, const Arguments&, Work& work)
{
    const auto items = iterate(input, work);
    return items.empty() ? Value::undefined("first") : items.front();
}

Value last(const Value& input, const Arguments&, Work& work)
{
    const auto items = iterate(input, work);
    return items.empty() ? Value::undefined("last") : items.back();
}

Value toList(const Value& input, const Arguments&, Work& work)
{
    return work.list(iterate(input, work));
}

Value reverse(const Value& input, const Arguments&, Work& work)
{
    if (input.string())
        return slice(input, None{}, None{}, std::int64_t(-1), work);
    auto items = iterate(input, work);
    std::reverse(items.begin(), items.end());
    return work.list(std::move(items));
}

std::vector<Value> pairs(const Dict& dict, Work& work)
{
    std::vector<Value> items;
    for (const auto& [key, value] : dict.entries)
        items.push_back(work.list({key, value}, true));
    return items;
}

Value items(const Value& input, const Arguments&, Work& work)
{
    if (input.isUndefined())
        return work.list({});
    if (!input.dict())
        throw valueError("items needs a mapping");
    return work.list(pairs(*input.dict(), work));
}

/// What is compared: an attribute, and texts in lower case unless the case counts.
struct Key {
    const Value* attribute = nullptr;
    bool caseCounts = false;

    Value of(const Value& item, Work& work) const
    {
        const Value value = attribute && !attribute->isNone() ? attributeAt(item, *attribute, work) : item;
        return value.string() && !caseCounts ? work.text(lowerCase(*value.string())) : value;
    }
};

struct Keyed {
    Value key, item;
};

std::vector<Keyed> keyed(const std::vector<Value>& values, const Key& key, Work& work)
{
    std::vector<Keyed> all;
    for (const Value& value : values)
        all.push_back({key.of(value, work), value});
    return all;
}

Value sortedBy(const std::vector<Value>& values, const Key& key, bool descending, Work& work)
{
    auto all = keyed(values, key, work);
    std::stable_sort(all.begin(), all.end(),
                     [&](const Keyed& a, const Keyed& b) { return descending ? less(b.key, a.key, work) : less(a.key, b.key, work); });
    std::vector<Value> result;
    for (Keyed& entry : all)
        result.push_back(std::move(entry.item));
    return work.list(std::move(result));
}

Value sort(const Value& input, const Arguments& arguments, Work& work)
{
    const Key key{arguments.find(2, "attribute"), arguments.truth(1, "case_sensitive", false)};
    return sortedBy(iterate(input, work), key, arguments.truth(0, "reverse", false), work);
}

Value dictSort(const Value& input, const Arguments& arguments, Work& work)
{
    if (!input.dict())
        throw valueError("dictsort needs a mapping");
    const auto by = arguments.text(1, "by", "key");
    if (by != "key" && by != "value")
        throw valueError("dictsort goes by key or value");
    const Value place = std::int64_t(by == "value");
    return sortedBy(pairs(*input.dict(), work), {&place, arguments.truth(0, "case_sensitive", false)}, arguments.truth(2, "reverse", false),
                    work);
}

Value unique(const Value& input, const Arguments& arguments, Work& work)
{
    const Key key{arguments.find(1, "attribute"), arguments.truth(0, "case_sensitive", false)};
    std::vector<Value> seen, result;
    for (const Value& item : iterate(input, work)) {
        const Value itsKey = key.of(item, work);
        if (std::any_of(seen.begin(), seen.end(), [&](const Value& other) { return equals(itsKey, other, work); }))
            continue;
        seen.push_back(itsKey);
        result.push_back(item);
    }
    return work.list(std::move(result));
}

/// The first of the extreme items.
Value extreme(const Value& input, const Arguments& arguments, bool greatest, Work& work)
{
    const Key key{arguments.find(1, "attribute"), arguments.truth(0, "case_sensitive", false)};
    const auto all = keyed(iterate(input, work), key, work);
    if (all.empty())
        return Value::undefined("an extreme of nothing");
    const Keyed* best = &all.front();
    for (const Keyed& entry : all)
        if (greatest ? less(best->key, entry.key, work) : less(entry.key, best->key, work))
            best = &entry;
    return best->item;
}

Value smallest(const Value& input, const Arguments& arguments, Work& work)
{
    return extreme(input, arguments, false, work);
}

Value greatest(const Value& input, const Arguments& arguments, Work& work)
{
    return extreme(input, arguments, true, work);
}

Value sum(const Value& input, const Arguments& arguments, Work& work)
{
    const Value *attribute = arguments.find(0, "attribute"), *start = arguments.find(1, "start");
    Value total = start ? *start : Value(std::int64_t(0));
    for (const Value& item : iterate(input, work))
        total = arithmetic("+", total, attribute && !attribute->isNone() ? attributeAt(item, *attribute, work) : item, work);
    return total;
}

/// The arguments from `from` on, for the filter or test that the first of them names.
Arguments rest(const Arguments& arguments, std::size_t from)
{
    Arguments others;
    for (std::size_t i = from; i < arguments.positional.size(); ++i)
        others.positional.push_back(arguments.positional[i]);
    others.named = arguments.named;
    return others;
}

Value mapEach(const Value& input, const Arguments& arguments, Work& work)
{
    const bool byName = !arguments.positional.empty();
    const Filter filter = byName ? filterNamed(arguments.text(0, "filter", {})) : nullptr;
    const Value attribute = byName ? Value() : arguments.need(0, "attribute");
    const Value* otherwise = byName ? nullptr : arguments.find(1, "default");
    const Arguments others = rest(arguments, 1);
    std::vector<Value> result;
    for (const Value& item : iterate(input, work)) {
        work.step();
        Value value = filter ? filter(item, others, work) : attributeAt(item, attribute, work);
        result.push_back(value.isUndefined() && otherwise ? *otherwise : value);
    }
    return work.list(std::move(result));
}

/// Items, or those with an attribute, that pass a test or fail it; without a test, that are true.
template <bool kAttribute, bool kWanted>
Value selectBy(const Value& input, const Arguments& arguments, Work& work)
{
    constexpr std::size_t kTest = kAttribute ? 1 : 0;
    const Test test = arguments.positional.size() > kTest ? testNamed(arguments.text(kTest, "test", {})) : nullptr;
    const Value attribute = kAttribute ? arguments.need(0, "attr") : Value();
    const Arguments others = rest(arguments, kTest + 1);
    std::vector<Value> result;
    for (const Value& item : iterate(input, work)) {
        work.step();
        const Value value = kAttribute ? attributeAt(item, attribute, work) : item;
        if ((test ? test(value, others, work) : value.truth()) == kWanted)
            result.push_back(item);
    }
    return work.list(std::move(result));
}

struct Entry {
    std::string_view name;
    Filter filter;
};
constexpr Entry kFilters[] = {{"length", lengthOf},
                              {"count", lengthOf},
                              {"join", join},
                              {"default", orDefault},
                              {"d", orDefault},
                              {"first", first},
                              {"last", last},
                              {"list", toList},
                              {"reverse", reverse},
                              {"items", items},
                              {"sort", sort},
                              {"dictsort", dictSort},
                              {"unique", unique},
                              {"min", smallest},
                              {"max", greatest},
                              {"sum", sum},
                              {"map", mapEach},
                              {"select", selectBy<false, true>},
                              {"reject", selectBy<false, false>},
                              {"selectattr", selectBy<true, true>},
                              {"rejectattr", selectBy<true, false>}};

}  // namespace

Value attributeAt(const Value& item, const Value& path, Work& work)
{
    if (!path.string())
        return subscript(item, path, work);
    Value value = item;
    std::string_view rest = *path.string();
    for (bool more = true; more;) {
        const auto dot = rest.find('.');
        const std::string part(rest.substr(0, dot));
        const bool index = !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == part.npos;
        if (value.isUndefined())
            throw valueError("'" + value.as<Undefined>()->name + "' is undefined");
        value = subscript(value, index ? Value(std::int64_t(std::stol(part))) : Value::text(part), work);
        more = dot != rest.npos;
        rest.remove_prefix(more ? dot + 1 : rest.size());
    }
    return value;
}

Filter sequenceFilter(std::string_view name)
{
    for (const Entry& entry : kFilters)
        if (entry.name == name)
            return entry.filter;
    return nullptr;
}

}  // namespace halftone::chat
