// SPDX-License-Identifier: Apache-2.0
#include "core/chat/expression_parser.h"

#include "core/chat/place.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace halftone::chat {

using Kind = Expression::Kind;

/// One level of the parser's own recursion.
class ExpressionParser::Nesting {
public:
    explicit Nesting(ExpressionParser& parser) : m_parser(parser)
    {
        if (++m_parser.m_nesting > kDeepestTree)
            m_parser.fail("expressions are nested too deeply");
    }
    ~Nesting() { --m_parser.m_nesting; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

private:
    ExpressionParser& m_parser;
};

void ExpressionParser::fail(const std::string& problem) const
{
    throw templateError(current().line, problem);
}

const Token& ExpressionParser::take()
{
    const Token& token = current();
    m_at = std::min(m_at + 1, m_tokens.size() - 1);
    return token;
}

bool ExpressionParser::takeName(std::string_view name)
{
    return atName(name) ? (take(), true) : false;
}

bool ExpressionParser::takeOperator(std::string_view symbol)
{
    return atOperator(symbol) ? (take(), true) : false;
}

std::string ExpressionParser::name()
{
    if (current().kind != TokenKind::Name)
        fail("a name is missing");
    return take().text;
}

void ExpressionParser::expectName(std::string_view name)
{
    if (!takeName(name))
        fail("'" + std::string(name) + "' is missing");
}

void ExpressionParser::expectOperator(std::string_view symbol)
{
    if (!takeOperator(symbol))
        fail("'" + std::string(symbol) + "' is missing");
}

void ExpressionParser::expect(TokenKind kind, std::string_view what)
{
    if (current().kind != kind)
        fail(std::string(what) + " is missing");
    take();
}

ExpressionPtr ExpressionParser::join(Expression node)
{
    std::size_t inner = 0;
    for (const auto& operand : node.operands)
        inner = std::max(inner, operand ? operand->depth : 0);
    for (const auto& argument : node.arguments)
        inner = std::max(inner, argument.value->depth);
    node.depth = inner + 1;
    if (node.depth > kDeepestTree)
        fail("expressions are nested too deeply");
    return std::make_unique<const Expression>(std::move(node));
}

std::vector<ExpressionPtr> ExpressionParser::several(ExpressionPtr first, ExpressionPtr second)
{
    std::vector<ExpressionPtr> operands;
    operands.push_back(std::move(first));
    if (second)
        operands.push_back(std::move(second));
    return operands;
}

ExpressionPtr ExpressionParser::expression()
{
    const Nesting nesting(*this);
    auto value = disjunction();
    while (atName("if")) {
        const auto line = take().line;
        auto operands = several(std::move(value), disjunction());
        operands.push_back(takeName("else") ? expression() : nullptr);
        value = join({.kind = Kind::Conditional, .line = line, .operands = std::move(operands)});
    }
    return value;
}

ExpressionPtr ExpressionParser::tupleOrExpression(bool conditions)
{
    const auto line = current().line;
    auto value = conditions ? expression() : withoutCondition();
    if (!atOperator(","))
        return value;
    auto items = several(std::move(value), nullptr);
    while (takeOperator(",") && current().kind != TokenKind::BlockEnd && current().kind != TokenKind::PrintEnd && !atOperator(")"))
        items.push_back(conditions ? expression() : withoutCondition());
    return join({.kind = Kind::Tuple, .line = line, .operands = std::move(items)});
}

ExpressionPtr ExpressionParser::disjunction()
{
    auto value = conjunction();
    while (atName("or")) {
        const auto line = take().line;
        value = join({.kind = Kind::Or, .line = line, .operands = several(std::move(value), conjunction())});
    }
    return value;
}

ExpressionPtr ExpressionParser::conjunction()
{
    auto value = negation();
    while (atName("and")) {
        const auto line = take().line;
        value = join({.kind = Kind::And, .line = line, .operands = several(std::move(value), negation())});
    }
    return value;
}

ExpressionPtr ExpressionParser::negation()
{
    const Nesting nesting(*this);
    if (!atName("not"))
        return comparison();
    const auto line = take().line;
    return join({.kind = Kind::Not, .line = line, .operands = several(negation(), nullptr)});
}

/// Takes it; empty if there is none.
std::string ExpressionParser::comparisonOperator()
{
    for (const std::string_view symbol : {"==", "!=", "<=", ">=", "<", ">"})
        if (takeOperator(symbol))
            return std::string(symbol);
    if (takeName("in"))
        return "in";
    if (atName("not") && next().kind == TokenKind::Name && next().text == "in") {
        take();
        take();
        return "not in";
    }
    return {};
}

ExpressionPtr ExpressionParser::comparison()
{
    const auto line = current().line;
    auto first = binary(0);
    std::vector<ExpressionPtr> operands;
    std::vector<std::string> names;
    for (std::string symbol; !(symbol = comparisonOperator()).empty(); names.push_back(std::move(symbol)))
        operands.push_back(binary(0));
    if (operands.empty())
        return first;
    operands.insert(operands.begin(), std::move(first));
    return join({.kind = Kind::Comparison, .line = line, .operands = std::move(operands), .names = std::move(names)});
}

/// Operators of one level group from the left, "**" too, as in Jinja2.
ExpressionPtr ExpressionParser::binary(std::size_t level)
{
    static const std::array<std::vector<std::string_view>, 4> kLevels = {{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}, {"**"}}};
    if (level == kLevels.size())
        return unary(true);
    auto value = binary(level + 1);
    const auto& symbols = kLevels[level];
    while (current().kind == TokenKind::Operator && std::find(symbols.begin(), symbols.end(), current().text) != symbols.end()) {
        const Token& symbol = take();
        value = join(
            {.kind = Kind::Binary, .line = symbol.line, .name = symbol.text, .operands = several(std::move(value), binary(level + 1))});
    }
    return value;
}

ExpressionPtr ExpressionParser::unary(bool filters)
{
    const Nesting nesting(*this);
    ExpressionPtr value;
    if (atOperator("-") || atOperator("+")) {
        const Token& sign = take();
        value = join(
            {.kind = sign.text == "-" ? Kind::Negative : Kind::Positive, .line = sign.line, .operands = several(unary(false), nullptr)});
    } else {
        value = primary();
    }
    value = postfix(std::move(value));
    return filters ? filtered(std::move(value)) : std::move(value);
}

ExpressionPtr ExpressionParser::primary()
{
    switch (current().kind) {
    case TokenKind::Name: return named();
    case TokenKind::String: return string();
    case TokenKind::Integer:
    case TokenKind::Float: return number();
    default: break;
    }
    if (takeOperator("("))
        return bracketed();
    if (takeOperator("["))
        return list();
    if (takeOperator("{"))
        return dict();
    fail("an expression is missing");
}

ExpressionPtr ExpressionParser::constant(Value value)
{
    return join({.kind = Kind::Constant, .line = current().line, .constant = std::move(value)});
}

ExpressionPtr ExpressionParser::named()
{
    const Token& token = take();
    if (token.text == "true" || token.text == "True")
        return constant(true);
    if (token.text == "false" || token.text == "False")
        return constant(false);
    if (token.text == "none" || token.text == "None")
        return constant(None{});
    return join({.kind = Kind::Variable, .line = token.line, .name = token.text});
}

ExpressionPtr ExpressionParser::number()
{
    const Token& token = take();
    const char *begin = token.text.data(), *end = begin + token.text.size();
    std::int64_t whole = 0;
    double number = 0;
    const auto result = token.kind == TokenKind::Integer ? std::from_chars(begin, end, whole) : std::from_chars(begin, end, number);
    if (result.ec != std::errc() || result.ptr != end)
        fail("a number is too large");
    return token.kind == TokenKind::Integer ? constant(whole) : constant(number);
}

/// Neighbouring strings are one.
ExpressionPtr ExpressionParser::string()
{
    std::string text;
    while (current().kind == TokenKind::String)
        text += take().text;
    return constant(Value::text(text));
}

ExpressionPtr ExpressionParser::bracketed()
{
    const auto line = current().line;
    if (takeOperator(")"))
        return join({.kind = Kind::Tuple, .line = line});
    auto value = tupleOrExpression(true);
    expectOperator(")");
    return value;
}

ExpressionPtr ExpressionParser::list()
{
    const auto line = current().line;
    std::vector<ExpressionPtr> items;
    while (!atOperator("]")) {
        items.push_back(expression());
        if (!takeOperator(","))
            break;
    }
    expectOperator("]");
    return join({.kind = Kind::List, .line = line, .operands = std::move(items)});
}

ExpressionPtr ExpressionParser::dict()
{
    const auto line = current().line;
    std::vector<ExpressionPtr> items;
    while (!atOperator("}")) {
        items.push_back(expression());
        expectOperator(":");
        items.push_back(expression());
        if (!takeOperator(","))
            break;
    }
    expectOperator("}");
    return join({.kind = Kind::Dict, .line = line, .operands = std::move(items)});
}

ExpressionPtr ExpressionParser::postfix(ExpressionPtr value)
{
    for (;;) {
        const auto line = current().line;
        if (takeOperator("."))
            value = join({.kind = Kind::Attribute, .line = line, .name = name(), .operands = several(std::move(value), nullptr)});
        else if (takeOperator("["))
            value = subscript(std::move(value));
        else if (atOperator("("))
            value = call(std::move(value));
        else
            return value;
    }
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr value)
{
    const auto line = current().line;
    std::vector<ExpressionPtr> parts = several(std::move(value), nullptr);
    bool slice = false;
    for (;;) {
        parts.push_back(atOperator(":") || atOperator("]") ? nullptr : expression());
        if (!takeOperator(":"))
            break;
        slice = true;
    }
    expectOperator("]");
    if (parts.size() > 4 || (!slice && !parts[1]))
        fail("a subscript that makes no sense");
    if (slice)
        parts.resize(4);
    return join({.kind = slice ? Kind::Slice : Kind::Subscript, .line = line, .operands = std::move(parts)});
}

ExpressionPtr ExpressionParser::call(ExpressionPtr value)
{
    const auto line = current().line;
    return join({.kind = Kind::Call, .line = line, .operands = several(std::move(value), nullptr), .arguments = arguments()});
}

std::vector<Argument> ExpressionParser::arguments()
{
    std::vector<Argument> all;
    expectOperator("(");
    while (!atOperator(")")) {
        Argument argument;
        if (current().kind == TokenKind::Name && next().kind == TokenKind::Operator && next().text == "=") {
            argument.name = take().text;
            take();
        }
        argument.value = expression();
        if (argument.name.empty() && !all.empty() && !all.back().name.empty())
            fail("an argument without a name after one with");
        all.push_back(std::move(argument));
        if (!takeOperator(","))
            break;
    }
    expectOperator(")");
    return all;
}

ExpressionPtr ExpressionParser::filtered(ExpressionPtr value)
{
    for (;;) {
        if (takeOperator("|"))
            value = filter(std::move(value));
        else if (takeName("is"))
            value = test(std::move(value));
        else if (atOperator("("))
            value = call(std::move(value));
        else
            return value;
    }
}

ExpressionPtr ExpressionParser::filter(ExpressionPtr value)
{
    const auto line = current().line;
    std::string filterName = name();
    std::vector<Argument> given;
    if (atOperator("("))
        given = arguments();
    return join({.kind = Kind::Filter,
                 .line = line,
                 .name = std::move(filterName),
                 .operands = several(std::move(value), nullptr),
                 .arguments = std::move(given)});
}

/// "is divisibleby 3" is "is divisibleby(3)".
ExpressionPtr ExpressionParser::test(ExpressionPtr value)
{
    const auto line = current().line;
    const bool negated = takeName("not");
    std::string testName = name();
    std::vector<Argument> given;
    if (atOperator("(")) {
        given = arguments();
    } else if (const auto kind = current().kind; kind == TokenKind::String || kind == TokenKind::Integer || kind == TokenKind::Float
               || atOperator("[") || atOperator("{")
               || (kind == TokenKind::Name && !atName("else") && !atName("or") && !atName("and") && !atName("is") && !atName("if")
                   && !atName("not") && !atName("in"))) {
        given.push_back({{}, postfix(primary())});
    }
    auto node = join({.kind = Kind::Test,
                      .line = line,
                      .name = std::move(testName),
                      .operands = several(std::move(value), nullptr),
                      .arguments = std::move(given)});
    return negated ? join({.kind = Kind::Not, .line = line, .operands = several(std::move(node), nullptr)}) : std::move(node);
}

}  // namespace halftone::chat
