// SPDX-License-Identifier: Apache-2.0
#include "core/token/byte_alphabet.h"

#include "core/token/utf8.h"

#include <array>

namespace halftone::token {

namespace {

/// Highest code point in use: U+0100 plus 68 bytes that are not printable.
constexpr unsigned kCharacters = 0x144;

struct Alphabet {
    std::array<std::array<char, 2>, 256> characters{};
    std::array<unsigned char, 256> sizes{};
    std::array<short, kCharacters> bytes{};

    constexpr Alphabet()
    {
        bytes.fill(-1);
        unsigned next = 0x100;
        for (unsigned byte = 0; byte < 256; ++byte) {
            const bool visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            const unsigned code = visible ? byte : next++;
            bytes[code] = short(byte);
            sizes[byte] = code < 0x80 ? 1 : 2;
            characters[byte] = code < 0x80 ? std::array{char(code), '\0'} : std::array{char(0xC0 | code >> 6), char(0x80 | (code & 0x3F))};
        }
    }
};
constexpr Alphabet kAlphabet;

}  // namespace

std::string_view byteCharacter(unsigned char byte)
{
    return {kAlphabet.characters[byte].data(), kAlphabet.sizes[byte]};
}

std::string toByteCharacters(std::string_view bytes)
{
    std::string characters;
    characters.reserve(bytes.size() * 2);
    for (const char byte : bytes)
        characters += byteCharacter(static_cast<unsigned char>(byte));
    return characters;
}

std::string fromByteCharacters(std::string_view characters)
{
    std::string bytes;
    while (!characters.empty()) {
        const std::size_t size = stepUtf8(characters).size;
        const auto first = static_cast<unsigned char>(characters.front());
        unsigned code = size == 1 ? first : kCharacters;
        if (size == 2)
            code = (first & 0x1Fu) << 6 | (static_cast<unsigned char>(characters[1]) & 0x3Fu);
        if (code < kCharacters && kAlphabet.bytes[code] >= 0)
            bytes += char(kAlphabet.bytes[code]);
        else
            bytes += characters.substr(0, size);
        characters.remove_prefix(size);
    }
    return bytes;
}

}  // namespace halftone::token
