// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace halftone::token {

/// GPT-2 writes every byte as one visible character: printable Latin-1 stays itself, the other bytes become U+0100
/// onwards in order. So a space is "Ġ" and a newline "Ċ".
std::string_view byteCharacter(unsigned char byte);
/// Bytes as their characters.
std::string toByteCharacters(std::string_view bytes);
/// And back. What is no byte's character stays as it is.
std::string fromByteCharacters(std::string_view characters);

}  // namespace halftone::token
