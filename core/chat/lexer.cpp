// SPDX-License-Identifier: Apache-2.0
#include "core/chat/lexer.h"

#include "core/base/error.h"
#include "core/chat/characters.h"
#include "core/chat/place.h"

#include <algorithm>
#include <array>
#include <optional>

namespace halftone::chat {
namespace {

constexpr std::string_view kSpaces = " \t\n\r\v\f";

bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Windows' and old Macs' line ends become "\n"; one at the very end goes, as Jinja2 does by default.
std::string normalized(std::string_view source)
{
    std::string text;
    text.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        text += source[i] == '\r' ? '\n' : source[i];
        if (source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n')
            ++i;
    }
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

std::string_view withoutRightSpaces(std::string_view text)
{
    const auto last = text.find_last_not_of(kSpaces);
    return text.substr(0, last == text.npos ? 0 : last + 1);
}

/// The text without the spaces after its last newline, if there is nothing but spaces.
std::string_view withoutIndent(std::string_view text, bool startsLine)
{
    const auto newline = text.rfind('\n');
    const std::size_t begin = newline == text.npos ? 0 : newline + 1;
    const bool blank = text.find_first_not_of(kSpaces, begin) == text.npos;
    return blank && (begin > 0 || startsLine) ? text.substr(0, begin) : text;
}

class Lexer {
public:
    explicit Lexer(std::string_view source) : m_text(source) {}

    std::vector<Token> run()
    {
        while (m_at < m_text.size())
            textAndTag();
        add(TokenKind::End, {});
        return std::move(m_tokens);
    }

private:
    void add(TokenKind kind, std::string text) { m_tokens.push_back({kind, std::move(text), m_line}); }
    bool ahead(std::string_view what) const { return m_text.substr(m_at, what.size()) == what; }

    void advance(std::size_t count)
    {
        m_line += std::size_t(std::count(m_text.begin() + std::ptrdiff_t(m_at), m_text.begin() + std::ptrdiff_t(m_at + count), '\n'));
        m_at += count;
        m_startsLine = m_at > 0 && m_text[m_at - 1] == '\n';
    }

    void skipSpaces() { advance(std::min(m_text.find_first_not_of(kSpaces, m_at), m_text.size()) - m_at); }

    /// Where the next "{{", "{%" or "{#" begins.
    std::size_t nextTag() const
    {
        for (std::size_t at = m_at; (at = m_text.find('{', at)) != m_text.npos; ++at)
            if (at + 1 < m_text.size() && std::string_view("{%#").find(m_text[at + 1]) != std::string_view::npos)
                return at;
        return m_text.size();
    }

    void textAndTag()
    {
        const std::size_t tag = nextTag();
        const char kind = tag < m_text.size() ? m_text[tag + 1] : '\0';
        const char sign = kind && tag + 2 < m_text.size() ? m_text[tag + 2] : '\0';
        auto text = m_text.substr(m_at, tag - m_at);
        if (kind && sign == '-')
            text = withoutRightSpaces(text);
        else if (kind && kind != '{' && sign != '+')
            text = withoutIndent(text, m_startsLine);
        if (!text.empty())
            add(TokenKind::Text, std::string(text));
        advance(tag - m_at);
        if (kind)
            readTag(kind, sign == '-' || (sign == '+' && kind != '#') ? 3 : 2);
    }

    void readTag(char kind, std::size_t size)
    {
        const std::size_t line = m_line;
        advance(size);
        if (kind == '#')
            return readComment(line);
        add(kind == '%' ? TokenKind::BlockBegin : TokenKind::PrintBegin, {});
        while (!readTagEnd(kind)) {
            if (m_at >= m_text.size())
                throw templateError(line, kind == '%' ? "a block without %}" : "an expression without }}");
            readToken();
        }
        if (isRaw())
            readRaw(line);
    }

    void readComment(std::size_t line)
    {
        const auto end = m_text.find("#}", m_at);
        if (end == m_text.npos)
            throw templateError(line, "a comment without #}");
        const char sign = end > m_at ? m_text[end - 1] : '\0';
        advance(end + 2 - m_at);
        afterTag(sign == '-', sign != '+');
    }

    void afterTag(bool strips, bool trims)
    {
        if (strips)
            skipSpaces();
        else if (trims && ahead("\n"))
            advance(1);
    }

    /// Inside brackets "}}" are two brackets.
    bool readTagEnd(char kind)
    {
        skipSpaces();
        if (m_brackets > 0)
            return false;
        const std::string_view end = kind == '%' ? "%}" : "}}";
        const bool strips = ahead("-"), keeps = ahead("+") && kind == '%';
        if (m_text.substr(std::min(m_at + (strips || keeps), m_text.size()), 2) != end)
            return false;
        advance(2 + (strips || keeps));
        add(kind == '%' ? TokenKind::BlockEnd : TokenKind::PrintEnd, {});
        afterTag(strips, kind == '%' && !keeps);
        return true;
    }

    bool isRaw() const
    {
        const auto count = m_tokens.size();
        return count >= 3 && m_tokens[count - 3].kind == TokenKind::BlockBegin && m_tokens[count - 2].kind == TokenKind::Name
            && m_tokens[count - 2].text == "raw";
    }

    /// Everything up to {% endraw %} is text.
    void readRaw(std::size_t line)
    {
        m_tokens.resize(m_tokens.size() - 3);
        for (std::size_t at = m_at; (at = m_text.find("{%", at)) != m_text.npos; ++at) {
            const auto name = std::min(m_text.find_first_not_of(kSpaces, at + 2 + (m_text.substr(at + 2, 1) == "-")), m_text.size());
            if (m_text.substr(name, 6) != "endraw")
                continue;
            const auto end = m_text.find("%}", name);
            if (end == m_text.npos)
                break;
            const auto text = m_text.substr(m_at, at - m_at);
            add(TokenKind::Text, std::string(m_text[at + 2] == '-' ? withoutRightSpaces(text) : withoutIndent(text, m_startsLine)));
            advance(end + 2 - m_at);
            return afterTag(m_text[end - 1] == '-', true);
        }
        throw templateError(line, "raw without endraw");
    }

    void readToken()
    {
        const char c = m_text[m_at];
        if (isNameStart(c))
            return readName();
        if (isDigit(c))
            return readNumber();
        if (c == '"' || c == '\'')
            return readString(c);
        readOperator();
    }

    void readName()
    {
        std::size_t end = m_at;
        while (end < m_text.size() && (isNameStart(m_text[end]) || isDigit(m_text[end])))
            ++end;
        add(TokenKind::Name, std::string(m_text.substr(m_at, end - m_at)));
        advance(end - m_at);
    }

    std::size_t digitsFrom(std::size_t at) const
    {
        while (at < m_text.size() && (isDigit(m_text[at]) || m_text[at] == '_'))
            ++at;
        return at;
    }

    void readNumber()
    {
        std::size_t end = digitsFrom(m_at);
        bool whole = true;
        if (end + 1 < m_text.size() && m_text[end] == '.' && isDigit(m_text[end + 1])) {
            end = digitsFrom(end + 1);
            whole = false;
        }
        if (end < m_text.size() && (m_text[end] == 'e' || m_text[end] == 'E')) {
            const std::size_t digits = end + 1 + (end + 1 < m_text.size() && (m_text[end + 1] == '+' || m_text[end + 1] == '-'));
            if (digits < m_text.size() && isDigit(m_text[digits])) {
                end = digitsFrom(digits);
                whole = false;
            }
        }
        std::string number(m_text.substr(m_at, end - m_at));
        std::erase(number, '_');
        add(whole ? TokenKind::Integer : TokenKind::Float, std::move(number));
        advance(end - m_at);
    }

    void readString(char quote)
    {
        std::string text;
        std::size_t at = m_at + 1;
        while (at < m_text.size() && m_text[at] != quote) {
            if (m_text[at] == '\\')
                at = readEscape(at + 1, text);
            else
                text += m_text[at++];
        }
        if (at >= m_text.size())
            throw templateError(m_line, "a string without its closing quote");
        add(TokenKind::String, std::move(text));
        advance(at + 1 - m_at);
    }

    /// Python's escapes; an unknown one stays with its backslash. Returns the position after it.
    std::size_t readEscape(std::size_t at, std::string& text) const
    {
        static constexpr std::string_view kLetters = "nrtabfv\\'\"\n", kMeant = "\n\r\t\a\b\f\v\\'\"";
        const char letter = at < m_text.size() ? m_text[at] : '\0';
        if (const auto known = kLetters.find(letter); letter && known != kLetters.npos) {
            if (known < kMeant.size())
                text += kMeant[known];
            return at + 1;
        }
        const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        const auto code = digits ? hexadecimal(m_text.substr(at + 1, digits), digits) : std::nullopt;
        if (!code) {
            text += '\\';
            return at;
        }
        appendCharacter(text, *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000) ? U'\uFFFD' : *code);
        return at + 1 + digits;
    }

    static std::optional<char32_t> hexadecimal(std::string_view text, std::size_t digits)
    {
        if (text.size() != digits || text.find_first_not_of("0123456789abcdefABCDEF") != text.npos)
            return {};
        return char32_t(std::stoul(std::string(text), nullptr, 16));
    }

    void readOperator()
    {
        static constexpr std::array<std::string_view, 25> kOperators = {"**", "//", "==", "!=", "<=", ">=", "+", "-", "*",
                                                                        "/",  "%",  "~",  "<",  ">",  "=",  "(", ")", "[",
                                                                        "]",  "{",  "}",  ",",  ":",  ".",  "|"};
        const auto found = std::find_if(kOperators.begin(), kOperators.end(), [&](std::string_view symbol) { return ahead(symbol); });
        if (found == kOperators.end())
            throw templateError(m_line, "an unexpected character in an expression");
        if (std::string_view("([{").find((*found)[0]) != std::string_view::npos)
            ++m_brackets;
        if (std::string_view(")]}").find((*found)[0]) != std::string_view::npos && m_brackets-- == 0)
            throw templateError(m_line, "a closing bracket without its opening one");
        add(TokenKind::Operator, std::string(*found));
        advance(found->size());
    }

    std::string_view m_text;
    std::size_t m_at = 0, m_line = 1, m_brackets = 0;
    bool m_startsLine = true;
    std::vector<Token> m_tokens;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source)
{
    const std::string text = normalized(source);
    return Lexer(text).run();
}

}  // namespace halftone::chat
