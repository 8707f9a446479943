// SPDX-License-Identifier: Apache-2.0
// The functions that Jinja2 and Hugging Face give to every chat template.
#include "core/chat/date.h"
#include "core/chat/evaluator.h"
#include "core/chat/operators.h"
#include "core/chat/write.h"

#include <algorithm>

namespace halftone::chat {
namespace {

/// Error messages are one line.
std::string oneLine(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = ' ';
    return text.size() > 1000 ? text.substr(0, 1000) + "..." : text;
}

}  // namespace

void Evaluator::addGlobal(const std::string& name, std::function<Value(const Arguments&)> call)
{
    m_globals.names[name] = m_work.bound(name, Value(), std::move(call));
}

void Evaluator::addGlobals()
{
    addGlobal("range", [this](const Arguments& arguments) { return range(arguments); });
    addGlobal("namespace", [this](const Arguments& arguments) { return makeNamespace(arguments); });
    addGlobal("dict", [this](const Arguments& arguments) { return makeDict(arguments); });
    addGlobal("raise_exception",
              [this](const Arguments& arguments) -> Value { throw valueError(oneLine(toText(arguments.need(0, "message"), m_work))); });
    addGlobal("strftime_now",
              [this](const Arguments& arguments) { return m_work.text(formatDate(arguments.text(0, "format", {}), m_options.now)); });
}

Value Evaluator::range(const Arguments& arguments)
{
    const std::int64_t first = arguments.integer(0, "start", 0);
    const bool one = arguments.positional.size() < 2;
    const std::int64_t begin = one ? 0 : first, end = one ? first : arguments.integer(1, "stop", 0), step = arguments.integer(2, "step", 1);
    constexpr std::uint64_t kMost = 100'000;  // as Jinja2's sandbox
    if (step == 0)
        throw valueError("a range cannot go in steps of 0");
    if (step > 0 ? begin >= end : begin <= end)
        return m_work.list({});
    // Unsigned, so that neither the distance nor a step beyond the last number overflows.
    const auto distance = [](std::int64_t from, std::int64_t to) { return std::uint64_t(to) - std::uint64_t(from); };
    const std::uint64_t gap = step > 0 ? distance(begin, end) : distance(end, begin);
    const std::uint64_t stride = step > 0 ? std::uint64_t(step) : 0 - std::uint64_t(step);
    const std::uint64_t count = (gap - 1) / stride + 1;
    if (count > kMost)
        throw valueError("a range of more than 100000 numbers");
    std::vector<Value> items;
    for (std::uint64_t i = 0; i < count; ++i)
        items.push_back(std::int64_t(std::uint64_t(begin) + i * std::uint64_t(step)));
    return m_work.list(std::move(items));
}

Value Evaluator::makeNamespace(const Arguments& arguments)
{
    m_work.bytes(sizeof(Namespace) + arguments.named.size() * 2 * sizeof(Value));
    m_namespaces.push_back(std::make_shared<Namespace>());
    m_namespaces.back()->members = arguments.named;
    return m_namespaces.back();
}

Value Evaluator::makeDict(const Arguments& arguments)
{
    std::vector<std::pair<Value, Value>> entries;
    if (const Value* base = arguments.find(0, ""); base && base->dict())
        entries = base->dict()->entries;
    for (const auto& named : arguments.named) {
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [&](const auto& entry) { return entry.first.string() && *entry.first.string() == named.first; });
        if (found != entries.end())
            found->second = named.second;
        else
            entries.emplace_back(Value::text(named.first), named.second);
    }
    return m_work.dict(std::move(entries));
}

}  // namespace halftone::chat
