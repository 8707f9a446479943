// SPDX-License-Identifier: Apache-2.0
#include "core/chat/work.h"

#include "core/base/error.h"

#include <algorithm>

namespace halftone::chat {
namespace {

Error tooMuch(const std::string& what)
{
    return Error(ErrorCode::Malformed, {.problem = "the chat template " + what, .advice = "give another with --template"});
}

std::size_t deeper(std::size_t inner)
{
    if (inner + 1 > kDeepestValue)
        throw tooMuch("nests its values too deeply");
    return inner + 1;
}

}  // namespace

void Work::step(std::size_t count)
{
    if (count > m_limits.steps - m_steps)
        throw tooMuch("does not come to an end");
    m_steps += count;
}

void Work::bytes(std::size_t count)
{
    if (count > m_limits.bytes - m_bytes)
        throw tooMuch("needs too much memory");
    m_bytes += count;
}

void Work::search(std::size_t haystack, std::size_t needle)
{
    step((haystack / 32 + 1) * (needle / 32 + 1));
}

Value Work::text(std::string text)
{
    bytes(text.size() + sizeof(Value));
    return TextPtr(std::make_shared<const std::string>(std::move(text)));
}

Value Work::list(std::vector<Value> items, bool tuple)
{
    bytes((items.size() + 1) * sizeof(Value));
    std::size_t inner = 0;
    for (const Value& item : items)
        inner = std::max(inner, item.depth());
    return ListPtr(std::make_shared<const List>(List{std::move(items), tuple, deeper(inner)}));
}

Value Work::dict(std::vector<std::pair<Value, Value>> entries)
{
    bytes((2 * entries.size() + 1) * sizeof(Value));
    std::size_t inner = 0;
    for (const auto& [key, value] : entries)
        inner = std::max({inner, key.depth(), value.depth()});
    return DictPtr(std::make_shared<const Dict>(Dict{std::move(entries), deeper(inner)}));
}

Value Work::bound(std::string name, const Value& receiver, std::function<Value(const Arguments&)> call)
{
    bytes(name.size() + sizeof(Callable));
    return CallablePtr(std::make_shared<const Callable>(Callable{std::move(name), std::move(call), deeper(receiver.depth())}));
}

void Work::append(std::string& text, std::string_view more)
{
    if (more.size() > m_limits.output - std::min(m_limits.output, text.size()))
        throw tooMuch("writes too much text");
    bytes(more.size());
    text += more;
}

}  // namespace halftone::chat
