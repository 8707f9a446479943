// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/plan/decode_speed.h"

#include <cmath>
#include <cstdlib>

/// Whatever the text: speeds above zero or an Error. What was accepted is written as text that reads as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const plan::DecodeSpeeds speeds = plan::decodeSpeedsFromJson({reinterpret_cast<const char*>(data), size});
        for (const plan::TypeSpeed& each : speeds.types)
            if (!std::isfinite(each.bytesPerSecond) || each.bytesPerSecond <= 0)
                std::abort();
        const std::string text = plan::toJson(speeds);
        if (plan::toJson(plan::decodeSpeedsFromJson(text)) != text)
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
