// SPDX-License-Identifier: Apache-2.0
#include "core/chat/evaluator.h"

#include "core/chat/operators.h"
#include "core/chat/write.h"

namespace halftone::chat {

using Kind = Statement::Kind;

Evaluator::Evaluator(const Variables& variables, const RenderOptions& options)
    : m_options(options),
      m_work(options.limits),
      m_top{.parent = &m_globals}
{
    addGlobals();
    for (const auto& [name, value] : variables)
        m_globals.names[name] = value;
}

Evaluator::~Evaluator()
{
    for (const auto& each : m_namespaces)
        each->members.clear();
}

std::string Evaluator::run(const Body& body)
{
    std::string out;
    execute(body, m_top, out);
    return out;
}

Evaluator::Flow Evaluator::execute(const Body& body, Scope& scope, std::string& out)
{
    const Depth depth(*this);
    for (const auto& statement : body)
        if (const Flow flow = located(*statement, scope, out); flow != Flow::Next)
            return flow;
    return Flow::Next;
}

Evaluator::Flow Evaluator::located(const Statement& statement, Scope& scope, std::string& out)
{
    try {
        return execute(statement, scope, out);
    } catch (const Error& error) {
        throw atLine(error, statement.line);
    }
}

Evaluator::Flow Evaluator::execute(const Statement& statement, Scope& scope, std::string& out)
{
    m_work.step();
    switch (statement.kind) {
    case Kind::Text: m_work.append(out, statement.name); break;
    case Kind::Print: writeText(out, evaluate(*statement.value, scope), m_work); break;
    case Kind::If: return branch(statement, scope, out);
    case Kind::For: return loop(statement, scope, out);
    case Kind::Set: assign(statement.target, evaluate(*statement.value, scope), scope); break;
    case Kind::SetBlock: assignBlock(statement, scope); break;
    case Kind::Macro: scope.names[statement.name] = macro(statement); break;
    case Kind::Group: return execute(statement.body, scope, out);
    case Kind::Break: return Flow::Break;
    case Kind::Continue: return Flow::Continue;
    }
    return Flow::Next;
}

Evaluator::Flow Evaluator::branch(const Statement& statement, Scope& scope, std::string& out)
{
    for (const Branch& each : statement.branches)
        if (!each.condition || evaluate(*each.condition, scope).truth())
            return execute(each.body, scope, out);
    return Flow::Next;
}

std::vector<Value> Evaluator::loopItems(const Statement& statement, Scope& scope)
{
    auto items = iterate(evaluate(*statement.value, scope), m_work);
    if (!statement.condition)
        return items;
    std::vector<Value> chosen;
    for (Value& item : items) {
        Scope inner{.parent = &scope};
        assign(statement.target, item, inner);
        if (evaluate(*statement.condition, inner).truth())
            chosen.push_back(std::move(item));
    }
    return chosen;
}

Evaluator::Flow Evaluator::loop(const Statement& statement, Scope& scope, std::string& out)
{
    const auto items = loopItems(statement, scope);
    Loop state{.items = items};
    for (; state.index < items.size(); ++state.index) {
        Scope inner{.parent = &scope, .loop = &state};
        assign(statement.target, items[state.index], inner);
        if (execute(statement.body, inner, out) == Flow::Break)
            break;
    }
    if (items.empty() && !statement.branches.empty())
        return execute(statement.branches.front().body, scope, out);
    return Flow::Next;
}

void Evaluator::assign(const Target& target, const Value& value, Scope& scope)
{
    if (!target.member.empty()) {
        const Value owner = lookUp(target.names.front(), scope);
        const auto* space = owner.as<NamespacePtr>();
        if (!space)
            throw valueError("'" + target.names.front() + "' is no namespace, so '" + target.member + "' cannot be set");
        for (auto& [name, member] : (*space)->members)
            if (name == target.member) {
                member = value;
                return;
            }
        m_work.bytes(sizeof(Value) + target.member.size());
        (*space)->members.emplace_back(target.member, value);
        return;
    }
    if (!target.unpacks) {
        scope.names[target.names.front()] = value;
        return;
    }
    const auto parts = iterate(value, m_work);
    if (parts.size() != target.names.size())
        throw valueError(std::to_string(parts.size()) + " values for " + std::to_string(target.names.size()) + " names");
    for (std::size_t i = 0; i < parts.size(); ++i)
        scope.names[target.names[i]] = parts[i];
}

void Evaluator::assignBlock(const Statement& statement, Scope& scope)
{
    std::string text;
    Scope inner{.parent = &scope};
    execute(statement.body, inner, text);
    Value value = m_work.text(std::move(text));
    if (statement.value) {
        inner.names[""] = std::move(value);
        value = evaluate(*statement.value, inner);
    }
    assign(statement.target, value, scope);
}

Value Evaluator::macro(const Statement& statement)
{
    return m_work.bound(statement.name, Value(), [this, &statement](const Arguments& given) { return callMacro(statement, given); });
}

Value Evaluator::callMacro(const Statement& statement, const Arguments& given)
{
    if (given.positional.size() > statement.parameters.size())
        throw valueError("too many arguments for the macro '" + statement.name + "'");
    Scope scope{.parent = &m_top};
    for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
        const Parameter& parameter = statement.parameters[i];
        if (const Value* value = given.find(i, parameter.name))
            scope.names[parameter.name] = *value;
        else
            scope.names[parameter.name] = parameter.otherwise ? evaluate(*parameter.otherwise, scope) : Value::undefined(parameter.name);
    }
    std::string text;
    execute(statement.body, scope, text);
    return m_work.text(std::move(text));
}

}  // namespace halftone::chat
