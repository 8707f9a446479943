// SPDX-License-Identifier: Apache-2.0
#include "core/chat/parser.h"

#include "core/chat/expression_parser.h"

#include <algorithm>

namespace halftone::chat {
namespace {

using Kind = Statement::Kind;
using Names = std::initializer_list<std::string_view>;

class StatementParser {
public:
    explicit StatementParser(std::span<const Token> tokens) : m_tokens(tokens) {}

    Body all() { return body({}); }

private:
    static constexpr std::size_t kDeepestBlock = 50;

    /// Up to the block whose tag is one of `ends`, which is left with its tag ahead; without ends up to the end of the template.
    Body body(Names ends)
    {
        Body statements;
        for (;;) {
            const Token& token = m_tokens.take();
            if (token.kind == TokenKind::Text)
                statements.push_back(make({.kind = Kind::Text, .line = token.line, .name = token.text}));
            else if (token.kind == TokenKind::PrintBegin)
                statements.push_back(print(token.line));
            else if (token.kind == TokenKind::BlockBegin && atAny(ends))
                return statements;
            else if (token.kind == TokenKind::BlockBegin)
                statements.push_back(block());
            else if (ends.size() == 0)
                return statements;
            else
                m_tokens.fail("'" + std::string(*(ends.end() - 1)) + "' is missing");
        }
    }

    bool atAny(Names names) const
    {
        return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return m_tokens.atName(name); });
    }

    static std::unique_ptr<const Statement> make(Statement statement) { return std::make_unique<const Statement>(std::move(statement)); }

    void endTag() { m_tokens.expect(TokenKind::BlockEnd, "'%}'"); }

    Body bodyOf(Names ends)
    {
        endTag();
        if (++m_blocks > kDeepestBlock)
            m_tokens.fail("blocks are nested too deeply");
        Body inner = body(ends);
        --m_blocks;
        return inner;
    }

    std::unique_ptr<const Statement> print(std::size_t line)
    {
        Statement statement{.kind = Kind::Print, .line = line, .value = m_tokens.tupleOrExpression(true)};
        m_tokens.expect(TokenKind::PrintEnd, "'}}'");
        return make(std::move(statement));
    }

    std::unique_ptr<const Statement> block()
    {
        const Token& tag = m_tokens.current();
        Statement statement{.line = tag.line};
        if (m_tokens.takeName("if"))
            readIf(statement);
        else if (m_tokens.takeName("for"))
            readFor(statement);
        else if (m_tokens.takeName("set"))
            readSet(statement);
        else if (m_tokens.takeName("macro"))
            readMacro(statement);
        else if (m_tokens.takeName("generation"))
            readGroup(statement);
        else if (m_tokens.takeName("break"))
            readJump(statement, Kind::Break);
        else if (m_tokens.takeName("continue"))
            readJump(statement, Kind::Continue);
        else
            m_tokens.fail("the tag '" + tag.text.substr(0, 40) + "' is not known here");
        endTag();
        return make(std::move(statement));
    }

    void readIf(Statement& statement)
    {
        statement.kind = Kind::If;
        do {
            auto condition = m_tokens.tupleOrExpression(true);
            statement.branches.push_back({std::move(condition), bodyOf({"elif", "else", "endif"})});
        } while (m_tokens.takeName("elif"));
        if (m_tokens.takeName("else"))
            statement.branches.push_back({nullptr, bodyOf({"endif"})});
        m_tokens.expectName("endif");
    }

    void readFor(Statement& statement)
    {
        statement.kind = Kind::For;
        statement.target = target();
        m_tokens.expectName("in");
        statement.value = m_tokens.tupleOrExpression(false);
        if (m_tokens.takeName("if"))
            statement.condition = m_tokens.expression();
        ++m_loops;
        statement.body = bodyOf({"else", "endfor"});
        --m_loops;
        if (m_tokens.takeName("else"))
            statement.branches.push_back({nullptr, bodyOf({"endfor"})});
        m_tokens.expectName("endfor");
    }

    void readSet(Statement& statement)
    {
        statement.target = target();
        if (m_tokens.takeOperator("=")) {
            statement.kind = Kind::Set;
            statement.value = m_tokens.tupleOrExpression(true);
            return;
        }
        statement.kind = Kind::SetBlock;
        if (m_tokens.atOperator("|"))
            statement.value = m_tokens.filtered(m_tokens.join({.kind = Expression::Kind::Variable, .line = statement.line}));
        statement.body = bodyOf({"endset"});
        m_tokens.expectName("endset");
    }

    Target target()
    {
        const bool bracketed = m_tokens.takeOperator("(");
        Target result{.names = {m_tokens.name()}, .member = {}};
        if (!bracketed && m_tokens.takeOperator("."))
            result.member = m_tokens.name();
        while (result.member.empty() && m_tokens.takeOperator(",")) {
            result.unpacks = true;
            if (m_tokens.current().kind == TokenKind::Name && !m_tokens.atName("in"))
                result.names.push_back(m_tokens.name());
        }
        if (bracketed)
            m_tokens.expectOperator(")");
        return result;
    }

    void readMacro(Statement& statement)
    {
        statement.kind = Kind::Macro;
        statement.name = m_tokens.name();
        m_tokens.expectOperator("(");
        while (!m_tokens.atOperator(")")) {
            Parameter parameter{m_tokens.name(), nullptr};
            if (m_tokens.takeOperator("="))
                parameter.otherwise = m_tokens.expression();
            statement.parameters.push_back(std::move(parameter));
            if (!m_tokens.takeOperator(","))
                break;
        }
        m_tokens.expectOperator(")");
        const auto loops = std::exchange(m_loops, 0);
        statement.body = bodyOf({"endmacro"});
        m_loops = loops;
        m_tokens.expectName("endmacro");
        if (m_tokens.current().kind == TokenKind::Name)
            m_tokens.take();
    }

    /// Hugging Face's mark of what the assistant said: it shows in training, not in the text.
    void readGroup(Statement& statement)
    {
        statement.kind = Kind::Group;
        statement.body = bodyOf({"endgeneration"});
        m_tokens.expectName("endgeneration");
    }

    void readJump(Statement& statement, Kind kind)
    {
        if (m_loops == 0)
            m_tokens.fail("break or continue outside a loop");
        statement.kind = kind;
    }

    ExpressionParser m_tokens;
    std::size_t m_blocks = 0, m_loops = 0;
};

}  // namespace

Body parse(std::string_view source)
{
    const auto tokens = tokenize(source);
    return StatementParser(tokens).all();
}

}  // namespace halftone::chat
