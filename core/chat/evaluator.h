// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/place.h"
#include "core/chat/template.h"

#include <unordered_map>

namespace halftone::chat {

/// Walks a syntax tree once. Use one per rendering.
class Evaluator {
public:
    Evaluator(const Variables& variables, const RenderOptions& options);
    ~Evaluator();
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;

    std::string run(const Body& body);

private:
    struct Loop {
        const std::vector<Value>& items;
        std::size_t index = 0;
    };
    /// Names set inside a loop or macro are gone after it; "if" opens no scope.
    struct Scope {
        const Scope* parent = nullptr;
        const Loop* loop = nullptr;
        std::unordered_map<std::string, Value> names = {};
    };
    enum class Flow { Next, Break, Continue };
    class Depth;

    // Statements: evaluator.cpp
    Flow execute(const Body& body, Scope& scope, std::string& out);
    Flow execute(const Statement& statement, Scope& scope, std::string& out);
    Flow located(const Statement& statement, Scope& scope, std::string& out);
    Flow branch(const Statement& statement, Scope& scope, std::string& out);
    Flow loop(const Statement& statement, Scope& scope, std::string& out);
    std::vector<Value> loopItems(const Statement& statement, Scope& scope);
    void assign(const Target& target, const Value& value, Scope& scope);
    void assignBlock(const Statement& statement, Scope& scope);
    Value macro(const Statement& statement);
    Value callMacro(const Statement& statement, const Arguments& given);

    // Expressions: evaluate_expression.cpp
    Value evaluate(const Expression& expression, const Scope& scope);
    Value compute(const Expression& expression, const Scope& scope);
    Value lookUp(const std::string& name, const Scope& scope);
    Value loopValue(const Loop& loop);
    Value attribute(const Expression& expression, const Value& value);
    Value subscripted(const Expression& expression, const Scope& scope);
    Value sliced(const Expression& expression, const Scope& scope);
    Value call(const Expression& expression, const Scope& scope);
    Value comparison(const Expression& expression, const Scope& scope);
    Value dictOf(const Expression& expression, const Scope& scope);
    std::vector<Value> all(const Expression& expression, const Scope& scope);
    Arguments arguments(const Expression& expression, const Scope& scope);

    // Functions a template can call: globals.cpp
    void addGlobals();
    void addGlobal(const std::string& name, std::function<Value(const Arguments&)> call);
    Value range(const Arguments& arguments);
    Value makeNamespace(const Arguments& arguments);
    Value makeDict(const Arguments& arguments);

    const RenderOptions& m_options;
    Work m_work;
    Scope m_globals, m_top;
    std::vector<NamespacePtr> m_namespaces;  ///< emptied at the end: they are what could hold each other for ever
    std::size_t m_depth = 0;
};

/// One level of nested evaluation. Throws Error{Malformed} beyond the limit.
class Evaluator::Depth {
public:
    explicit Depth(Evaluator& evaluator) : m_depth(evaluator.m_depth)
    {
        if (m_depth >= evaluator.m_options.limits.depth)
            throw valueError("the chat template calls itself too deeply");
        ++m_depth;
        evaluator.m_work.step();
    }
    ~Depth() { --m_depth; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

private:
    std::size_t& m_depth;
};

}  // namespace halftone::chat
