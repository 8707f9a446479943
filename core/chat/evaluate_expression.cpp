// SPDX-License-Identifier: Apache-2.0
#include "core/chat/evaluator.h"
#include "core/chat/filters.h"
#include "core/chat/methods.h"
#include "core/chat/operators.h"

#include <algorithm>

namespace halftone::chat {

using Kind = Expression::Kind;

/// The innermost expression an error comes from names its line.
Value Evaluator::evaluate(const Expression& expression, const Scope& scope)
{
    const Depth depth(*this);
    try {
        return compute(expression, scope);
    } catch (const Error& error) {
        throw atLine(error, expression.line);
    }
}

Value Evaluator::compute(const Expression& expression, const Scope& scope)
{
    const auto operand = [&](std::size_t i) { return evaluate(*expression.operands[i], scope); };
    switch (expression.kind) {
    case Kind::Constant: return expression.constant;
    case Kind::Variable: return lookUp(expression.name, scope);
    case Kind::Attribute: return attribute(expression, operand(0));
    case Kind::Subscript: return subscripted(expression, scope);
    case Kind::Slice: return sliced(expression, scope);
    case Kind::Call: return call(expression, scope);
    case Kind::Filter: return filterNamed(expression.name)(operand(0), arguments(expression, scope), m_work);
    case Kind::Test: return testNamed(expression.name)(operand(0), arguments(expression, scope), m_work);
    case Kind::Not: return !operand(0).truth();
    case Kind::Negative: return negative(operand(0));
    case Kind::Positive: return negative(negative(operand(0)));
    case Kind::And: {
        Value left = operand(0);
        return left.truth() ? operand(1) : left;
    }
    case Kind::Or: {
        Value left = operand(0);
        return left.truth() ? left : operand(1);
    }
    case Kind::Binary: {
        const Value left = operand(0);
        return arithmetic(expression.name, left, operand(1), m_work);
    }
    case Kind::Comparison: return comparison(expression, scope);
    case Kind::Conditional:
        return operand(1).truth() ? operand(0) : expression.operands[2] ? operand(2) : Value::undefined("an if without else");
    case Kind::List: return m_work.list(all(expression, scope));
    case Kind::Tuple: return m_work.list(all(expression, scope), true);
    case Kind::Dict: return dictOf(expression, scope);
    }
    return {};
}

Value Evaluator::lookUp(const std::string& name, const Scope& scope)
{
    for (const Scope* each = &scope; each; each = each->parent) {
        if (const auto found = each->names.find(name); found != each->names.end())
            return found->second;
        if (each->loop && name == "loop")
            return loopValue(*each->loop);
    }
    return Value::undefined(name);
}

Value Evaluator::loopValue(const Loop& loop)
{
    const std::size_t count = loop.items.size(), index = loop.index;
    const auto item = [&](bool there, std::size_t at, std::string_view name) { return there ? loop.items[at] : Value::undefined(name); };
    const Value cycle = m_work.bound("cycle", Value(), [index](const Arguments& arguments) {
        return arguments.positional.empty() ? Value() : arguments.positional[index % arguments.positional.size()];
    });
    const auto key = [](std::string_view name) { return Value::text(name); };
    return m_work.dict({{key("index"), Value::integer(index + 1)},
                        {key("index0"), Value::integer(index)},
                        {key("first"), index == 0},
                        {key("last"), index + 1 == count},
                        {key("length"), Value::integer(count)},
                        {key("revindex"), Value::integer(count - index)},
                        {key("revindex0"), Value::integer(count - index - 1)},
                        {key("previtem"), item(index > 0, index - 1, "previtem")},
                        {key("nextitem"), item(index + 1 < count, index + 1, "nextitem")},
                        {key("cycle"), cycle}});
}

/// In Jinja2 "value.name" looks for a method first and for an entry then.
Value Evaluator::attribute(const Expression& expression, const Value& value)
{
    if (const auto* missing = value.as<Undefined>())
        throw valueError("'" + missing->name + "' is undefined");
    if (const auto* space = value.as<NamespacePtr>()) {
        for (const auto& [name, member] : (*space)->members)
            if (name == expression.name)
                return member;
        return Value::undefined(expression.name);
    }
    Value method = boundMethod(value, expression.name, m_work);
    if (!method.isUndefined() || !value.dict())
        return method;
    const Value* found = value.dict()->find(expression.name);
    return found ? *found : method;
}

Value Evaluator::subscripted(const Expression& expression, const Scope& scope)
{
    const Value value = evaluate(*expression.operands[0], scope), key = evaluate(*expression.operands[1], scope);
    if (const auto* missing = value.as<Undefined>())
        throw valueError("'" + missing->name + "' is undefined");
    return subscript(value, key, m_work);
}

Value Evaluator::sliced(const Expression& expression, const Scope& scope)
{
    const auto bound = [&](std::size_t i) { return expression.operands[i] ? evaluate(*expression.operands[i], scope) : Value(None{}); };
    const Value value = bound(0), from = bound(1), to = bound(2), step = bound(3);
    return slice(value, from, to, step, m_work);
}

Value Evaluator::call(const Expression& expression, const Scope& scope)
{
    const Value callee = evaluate(*expression.operands[0], scope);
    if (const auto* missing = callee.as<Undefined>())
        throw valueError("'" + missing->name + "' is undefined or not known here");
    const auto* function = callee.as<CallablePtr>();
    if (!function)
        throw valueError("a value of kind " + std::string(callee.kind()) + " cannot be called");
    return (*function)->call(arguments(expression, scope));
}

Value Evaluator::comparison(const Expression& expression, const Scope& scope)
{
    Value left = evaluate(*expression.operands[0], scope);
    for (std::size_t i = 0; i < expression.names.size(); ++i) {
        Value right = evaluate(*expression.operands[i + 1], scope);
        if (!compare(expression.names[i], left, right, m_work))
            return false;
        left = std::move(right);
    }
    return true;
}

Value Evaluator::dictOf(const Expression& expression, const Scope& scope)
{
    auto parts = all(expression, scope);
    std::vector<std::pair<Value, Value>> entries;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        const auto same = [&](const auto& entry) { return equals(entry.first, parts[i], m_work); };
        if (const auto found = std::find_if(entries.begin(), entries.end(), same); found != entries.end())
            found->second = std::move(parts[i + 1]);
        else
            entries.emplace_back(std::move(parts[i]), std::move(parts[i + 1]));
    }
    return m_work.dict(std::move(entries));
}

std::vector<Value> Evaluator::all(const Expression& expression, const Scope& scope)
{
    std::vector<Value> values;
    for (const auto& operand : expression.operands)
        values.push_back(evaluate(*operand, scope));
    return values;
}

Arguments Evaluator::arguments(const Expression& expression, const Scope& scope)
{
    Arguments result;
    for (const auto& [name, value] : expression.arguments) {
        if (name.empty())
            result.positional.push_back(evaluate(*value, scope));
        else
            result.named.emplace_back(name, evaluate(*value, scope));
    }
    return result;
}

}  // namespace halftone::chat
