// SPDX-License-Identifier: Apache-2.0
#include "core/token/word_piece.h"

#include "core/base/error.h"
#include "core/token/spaces.h"
#include "core/token/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <utility>

namespace halftone::token {

namespace {

using Code = utf8proc_int32_t;

/// Canonically decomposed code points.
std::vector<Code> decomposed(const std::string& text)
{
    const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto size = utf8proc_ssize_t(text.size());
    std::vector<Code> codes(text.size() + 16);
    for (;;) {
        const auto needed = utf8proc_decompose(bytes, size, codes.data(), utf8proc_ssize_t(codes.size()), UTF8PROC_DECOMPOSE);
        if (needed < 0)
            throw Error(ErrorCode::Unsupported, std::string("the text cannot be normalized: ") + utf8proc_errmsg(needed));
        const bool fits = std::size_t(needed) <= codes.size();
        codes.resize(std::size_t(needed));
        if (fits)
            return codes;
    }
}

/// Unicode's White_Space property.
bool isSpace(Code code)
{
    return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A)
        || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

/// Characters that are words of their own: the CJK ideographs that BERT lists.
bool isIdeograph(Code code)
{
    static constexpr std::array<std::pair<Code, Code>, 8> kRanges{{{0x4E00, 0x9FFF}, {0x3400, 0x4DBF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F},
                                                                  {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0xF900, 0xFAFF}, {0x2F800, 0x2FA1F}}};
    return std::any_of(kRanges.begin(), kRanges.end(), [&](const auto& range) { return code >= range.first && code <= range.second; });
}

bool isPunctuation(Code code, utf8proc_category_t category)
{
    return (category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO)
        || (code < 0x7F && category >= UTF8PROC_CATEGORY_SM && category <= UTF8PROC_CATEGORY_SO);
}

bool isDropped(Code code, utf8proc_category_t category)
{
    const bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
    return code == 0 || code == 0xFFFD || mark || (category >= UTF8PROC_CATEGORY_CC && category <= UTF8PROC_CATEGORY_CO);
}

void append(std::string& text, Code code)
{
    std::array<utf8proc_uint8_t, 4> bytes;
    const auto size = utf8proc_encode_char(code, bytes.data());
    text.append(reinterpret_cast<const char*>(bytes.data()), std::size_t(size));
}

/// The text's words in lower case; punctuation and ideographs stand alone.
std::vector<std::string> normalizedWords(std::string_view text)
{
    std::vector<std::string> words;
    bool inWord = false;
    for (const Code code : decomposed(repairedUtf8(text))) {
        const auto category = utf8proc_category(code);
        if (isSpace(code)) {
            inWord = false;
            continue;
        }
        if (isDropped(code, category))
            continue;
        const bool alone = isPunctuation(code, category) || isIdeograph(code);
        if (alone || !inWord)
            words.emplace_back();
        append(words.back(), utf8proc_tolower(code));
        inWord = !alone;
    }
    return words;
}

}  // namespace

VocabularyDefaults WordPiece::defaults()
{
    return {.bos = 101, .eos = {}, .unknown = 100, .separator = 102, .addBos = true, .addSeparator = true};
}

void WordPiece::encodeText(std::string_view text, bool, std::vector<Id>& ids) const
{
    for (const std::string& word : normalizedWords(text))
        encodeWord(std::string(kVisibleSpace) + word, ids);
}

void WordPiece::encodeWord(std::string_view word, std::vector<Id>& ids) const
{
    const std::size_t before = ids.size();
    while (!word.empty()) {
        std::size_t length = std::min(word.size(), vocabulary().longestSpelling());
        std::optional<Id> id;
        while (length > 0 && !(id = vocabulary().find(word.substr(0, length))))
            --length;
        if (!id) {
            ids.resize(before);
            break;
        }
        ids.push_back(*id);
        word.remove_prefix(length);
    }
    if (ids.size() == before && vocabulary().unknown)
        ids.push_back(*vocabulary().unknown);
}

std::string WordPiece::textBytes(Id id) const
{
    return unescapedSpaces(vocabulary().spelling(id));
}

}  // namespace halftone::token
