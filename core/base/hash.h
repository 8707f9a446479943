// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace halftone {

/// Tells contents apart (XXH3, 128 bits): fast, and no protection against forgery.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    /// Forgets what was added.
    void reset();
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text) { add(std::as_bytes(std::span(text.data(), text.size()))); }
    /// 32 hexadecimal digits of all that was added so far.
    std::string digest() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace halftone
