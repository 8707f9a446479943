// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstdio>

namespace halftone {

struct alignas(64) Hasher::State {
    XXH3_state_t xxh3;
};

Hasher::Hasher() : m_state(std::make_unique<State>())
{
    reset();
}

Hasher::~Hasher() = default;

void Hasher::reset()
{
    XXH3_128bits_reset(&m_state->xxh3);
}

void Hasher::add(std::span<const std::byte> bytes)
{
    XXH3_128bits_update(&m_state->xxh3, bytes.data(), bytes.size());
}

std::string Hasher::digest() const
{
    const XXH128_hash_t hash = XXH3_128bits_digest(&m_state->xxh3);
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return text.data();
}

}  // namespace halftone
