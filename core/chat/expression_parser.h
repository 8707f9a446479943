// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/lexer.h"
#include "core/chat/syntax.h"

#include <initializer_list>
#include <span>

namespace halftone::chat {

/// How deep a syntax tree may be, so that walking and freeing it fits any stack.
inline constexpr std::size_t kDeepestTree = 200;

/// Reads expressions by Jinja2's grammar, from the loosest operator ("if") to the tightest (subscripts). All functions throw
/// Error{Malformed} naming the line.
class ExpressionParser {
public:
    /// `tokens` ends with End and must outlive the parser.
    explicit ExpressionParser(std::span<const Token> tokens) : m_tokens(tokens) {}

    ExpressionPtr expression();
    /// The same without "a if b", which after "for x in" belongs to the loop.
    ExpressionPtr withoutCondition() { return disjunction(); }
    /// One expression, or a tuple without its brackets.
    ExpressionPtr tupleOrExpression(bool conditions);
    /// `value` and the filters and tests that follow.
    ExpressionPtr filtered(ExpressionPtr value);

    const Token& current() const { return m_tokens[m_at]; }
    const Token& next() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    bool atName(std::string_view name) const { return current().kind == TokenKind::Name && current().text == name; }
    bool atOperator(std::string_view symbol) const { return current().kind == TokenKind::Operator && current().text == symbol; }
    const Token& take();
    bool takeName(std::string_view name);
    bool takeOperator(std::string_view symbol);
    /// Takes it or throws.
    std::string name();
    void expectName(std::string_view name);
    void expectOperator(std::string_view symbol);
    void expect(TokenKind kind, std::string_view what);
    [[noreturn]] void fail(const std::string& problem) const;

    ExpressionPtr join(Expression node);

private:
    class Nesting;
    ExpressionPtr disjunction();
    ExpressionPtr conjunction();
    ExpressionPtr negation();
    ExpressionPtr comparison();
    std::string comparisonOperator();
    ExpressionPtr binary(std::size_t level);
    ExpressionPtr unary(bool filters);
    ExpressionPtr primary();
    ExpressionPtr named();
    ExpressionPtr constant(Value value);
    ExpressionPtr number();
    ExpressionPtr string();
    ExpressionPtr bracketed();
    ExpressionPtr list();
    ExpressionPtr dict();
    ExpressionPtr postfix(ExpressionPtr value);
    ExpressionPtr subscript(ExpressionPtr value);
    ExpressionPtr call(ExpressionPtr value);
    ExpressionPtr filter(ExpressionPtr value);
    ExpressionPtr test(ExpressionPtr value);
    std::vector<Argument> arguments();
    static std::vector<ExpressionPtr> several(ExpressionPtr first, ExpressionPtr second);

    std::span<const Token> m_tokens;
    std::size_t m_at = 0, m_nesting = 0;
};

}  // namespace halftone::chat
