// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace halftone::chat {

/// Now, where this machine stands.
std::tm localTime();

/// A point in time in Python's strftime format, with English names. Throws Error{Malformed} for a directive other than
/// %d %e %m %Y %y %B %b %A %a %H %I %M %S %p %j %F %T %% and %-d, %-m, %-H, %-I.
std::string formatDate(std::string_view format, const std::tm& time);

}  // namespace halftone::chat
