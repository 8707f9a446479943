// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/chat/value.h"

namespace halftone::chat {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Argument {
    std::string name;  ///< empty: by position
    ExpressionPtr value;
};

struct Expression {
    enum class Kind {
        Constant,  ///< constant
        Variable,  ///< name
        Attribute,  ///< operands[0].name
        Subscript,  ///< operands[0][operands[1]]
        Slice,  ///< operands[0][operands[1] : operands[2] : operands[3]], each of the three may be null
        Call,  ///< operands[0](arguments)
        Filter,  ///< operands[0] | name(arguments)
        Test,  ///< operands[0] is name(arguments)
        Not,  ///< not operands[0]
        Negative,  ///< -operands[0]
        Positive,  ///< +operands[0]
        And,
        Or,  ///< operands[0], operands[1]
        Binary,  ///< operands[0] name operands[1], an arithmetic operator or "~"
        Comparison,  ///< operands[0] names[0] operands[1] names[1] operands[2] ..., "not in" is one operator
        Conditional,  ///< operands[0] if operands[1] else operands[2], which may be null
        List,
        Tuple,  ///< operands
        Dict,  ///< operands: key, value, key, value, ...
    };
    Kind kind = Kind::Constant;
    std::size_t line = 1;
    std::string name = {};
    Value constant = {};
    std::vector<ExpressionPtr> operands = {};
    std::vector<Argument> arguments = {};
    std::vector<std::string> names = {};
    std::size_t depth = 1;  ///< of the tree below, itself included
};

/// What an assignment writes to: a name, a member of a namespace, or several names that unpack a sequence.
struct Target {
    std::vector<std::string> names;
    std::string member;  ///< of the namespace names[0]
    bool unpacks = false;
};

struct Statement;
using Body = std::vector<std::unique_ptr<const Statement>>;

struct Parameter {
    std::string name;
    ExpressionPtr otherwise;  ///< null: undefined
};

struct Branch {
    ExpressionPtr condition;  ///< null: else
    Body body;
};

struct Statement {
    enum class Kind {
        Text,  ///< name
        Print,  ///< value
        If,  ///< branches
        For,  ///< target in value, only where condition; body; branches[0] is the else
        Set,  ///< target = value
        SetBlock,  ///< target = body, through the filters of value, whose innermost operand is the variable "" (null: none)
        Macro,  ///< name(parameters) body
        Group,  ///< body: {% generation %}
        Break,
        Continue,
    };
    Kind kind = Kind::Text;
    std::size_t line = 1;
    std::string name = {};
    Target target = {};
    ExpressionPtr value = {}, condition = {};
    std::vector<Branch> branches = {};
    std::vector<Parameter> parameters = {};
    Body body = {};
};

}  // namespace halftone::chat
