// SPDX-License-Identifier: Apache-2.0
// std::strftime would follow the locale, and trusts its format.
#include "core/chat/date.h"

#include "core/chat/place.h"

namespace halftone::chat {
namespace {

constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::string padded(int number, std::size_t width, char fill)
{
    const std::string digits = std::to_string(number);
    return std::string(width > digits.size() ? width - digits.size() : 0, fill) + digits;
}

std::string directive(char letter, bool plain, const std::tm& time)
{
    const auto number = [&](int value, std::size_t width = 2) { return padded(value, plain ? 0 : width, '0'); };
    const std::string month(kMonths[std::size_t(time.tm_mon) % 12]), day(kDays[std::size_t(time.tm_wday) % 7]);
    switch (letter) {
    case 'd': return number(time.tm_mday);
    case 'e': return padded(time.tm_mday, 2, ' ');
    case 'm': return number(time.tm_mon + 1);
    case 'Y': return std::to_string(time.tm_year + 1900);
    case 'y': return number(time.tm_year % 100);
    case 'B': return month;
    case 'b': return month.substr(0, 3);
    case 'A': return day;
    case 'a': return day.substr(0, 3);
    case 'H': return number(time.tm_hour);
    case 'I': return number((time.tm_hour + 11) % 12 + 1);
    case 'M': return number(time.tm_min);
    case 'S': return number(time.tm_sec);
    case 'p': return time.tm_hour < 12 ? "AM" : "PM";
    case 'j': return number(time.tm_yday + 1, 3);
    case 'F': return formatDate("%Y-%m-%d", time);
    case 'T': return formatDate("%H:%M:%S", time);
    case '%': return "%";
    default: throw valueError("a date format that is not known here");
    }
}

}  // namespace

std::tm localTime()
{
    const std::time_t now = std::time(nullptr);
    std::tm local{};
#ifdef _WIN32
    localtime_s(&local, &now);
#else
    localtime_r(&now, &local);
#endif
    return local;
}

std::string formatDate(std::string_view format, const std::tm& time)
{
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            text += format[i];
            continue;
        }
        const bool plain = format.substr(i + 1, 1) == "-";
        i += plain ? 2 : 1;
        text += directive(i < format.size() ? format[i] : '\0', plain, time);
    }
    return text;
}

}  // namespace halftone::chat
