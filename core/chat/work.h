// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/value.h"

namespace halftone::chat {

/// What a template from a stranger may take.
struct Limits {
    std::size_t steps = 20'000'000;  ///< nodes evaluated, values compared, ...
    std::size_t bytes = std::size_t(128) << 20;  ///< of all values ever made
    std::size_t output = std::size_t(16) << 20;  ///< bytes of the rendered text, of any text on the way to it
    std::size_t depth = 300;  ///< of nested evaluation: expressions, blocks, macros
};

/// How deep lists and dicts may nest.
inline constexpr std::size_t kDeepestValue = 64;

/// Counts what a rendering has used. Whatever grows is made here, so that nothing grows unseen. Every function throws
/// Error{Malformed} when a limit is passed.
class Work {
public:
    explicit Work(const Limits& limits) : m_limits(limits) {}
    const Limits& limits() const { return m_limits; }

    void step(std::size_t count = 1);
    void bytes(std::size_t count);
    /// The cost of looking for one text in another, which may be the product of their sizes.
    void search(std::size_t haystack, std::size_t needle);

    Value text(std::string text);
    Value list(std::vector<Value> items, bool tuple = false);
    Value dict(std::vector<std::pair<Value, Value>> entries);
    Value bound(std::string name, const Value& receiver, std::function<Value(const Arguments&)> call);

    /// Appends while counting; `text` stays below limits().output.
    void append(std::string& text, std::string_view more);

private:
    Limits m_limits;
    std::size_t m_steps = 0, m_bytes = 0;
};

}  // namespace halftone::chat
