// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace halftone::plan {

/// A regular expression (PCRE2) that is searched anywhere in a tensor's name, letter case ignored. Compiling and matching
/// are bounded: a pattern that would take very long is refused.
class NamePattern {
public:
    /// Throws Error{Usage} that says where the pattern is wrong.
    explicit NamePattern(std::string pattern);
    ~NamePattern();
    NamePattern(NamePattern&&) noexcept;
    NamePattern& operator=(NamePattern&&) noexcept;

    /// Throws Error{Usage} when matching takes too many steps.
    bool matches(std::string_view name) const;

private:
    struct Compiled;
    std::string m_pattern;
    std::unique_ptr<Compiled> m_compiled;
};

}  // namespace halftone::plan
