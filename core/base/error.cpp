// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

namespace halftone {
namespace {

std::string oneLine(const Error::Parts& parts)
{
    std::string line;
    if (!parts.file.empty())
        line += parts.file + ": ";
    line += parts.problem;
    if (!parts.place.empty())
        line += ", " + parts.place;
    if (!parts.advice.empty())
        line += "; " + parts.advice;
    return line;
}

}  // namespace

Error::Error(ErrorCode code, Parts parts) : std::runtime_error(oneLine(parts)), m_code(code), m_parts(std::move(parts)) {}

Error Error::inFile(std::string_view file) const
{
    Parts parts = m_parts;
    if (parts.file.empty())
        parts.file = file;
    return Error(m_code, std::move(parts));
}

}  // namespace halftone
