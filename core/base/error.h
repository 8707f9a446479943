// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace halftone {

/// What kind of thing went wrong. Each code has one sentence and one next step for the user (see app/window/error_text.h).
enum class ErrorCode {
    Usage,        ///< the caller asked for something that makes no sense
    SameFile,     ///< the output is its own source
    Malformed,    ///< the input breaks a rule of its format
    Unsupported,  ///< the input is sound, but this program cannot do that with it
    System,       ///< the disk or the operating system said no
    DiskFull,     ///< there is not enough room for the output
    OutOfMemory,  ///< an allocation failed
    Cancelled,    ///< the user stopped the job
};

/// The one error type. Thrown by core and gpu, caught once at the border of a job or a command.
class Error : public std::runtime_error {
public:
    /// All parts are UTF-8 without a final full stop; `problem` alone is required.
    struct Parts {
        std::string problem;       ///< what is wrong: "tensor data past the end of the file"
        std::string file = {};     ///< the file concerned, if any
        std::string place = {};    ///< where in it: "tensor blk.0.attn_q.weight, offset 4096"
        std::string advice = {};   ///< what to do: "download the file again"
    };

    Error(ErrorCode code, Parts parts);
    /// A problem alone. A template, so that a braced list always means Parts.
    template <class Problem, class = std::enable_if_t<std::is_convertible_v<Problem, std::string>>>
    Error(ErrorCode code, Problem&& problem) : Error(code, Parts{.problem = std::forward<Problem>(problem)})
    {
    }

    ErrorCode code() const noexcept { return m_code; }
    const std::string& problem() const noexcept { return m_parts.problem; }
    const std::string& file() const noexcept { return m_parts.file; }
    const std::string& place() const noexcept { return m_parts.place; }
    const std::string& advice() const noexcept { return m_parts.advice; }

    /// The same error with `file` named, unless one was named already.
    Error inFile(std::string_view file) const;

    // what() is one line: "FILE: problem, place; advice".

private:
    ErrorCode m_code;
    Parts m_parts;
};

}  // namespace halftone
