// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

namespace halftone::chat {

/// An error at a line of the template.
inline Error templateError(std::size_t line, std::string problem)
{
    return Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = "line " + std::to_string(line) + " of the chat template"});
}

/// An error at no line yet; the evaluator adds the line of the expression or block it comes from.
inline Error valueError(std::string problem)
{
    return Error(ErrorCode::Malformed, std::move(problem));
}

/// The error with its line, unless it has one already.
inline Error atLine(const Error& error, std::size_t line)
{
    if (!error.place().empty())
        return error;
    return Error(error.code(), {.problem = error.problem(), .place = templateError(line, {}).place(), .advice = error.advice()});
}

}  // namespace halftone::chat
