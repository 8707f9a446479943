// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/sense/sensitivity.h"

#include <cstdlib>

/// Whatever the text: a sensitivity or an Error. What was accepted is written as text that reads as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const sense::Sensitivity found = sense::sensitivityFromJson({reinterpret_cast<const char*>(data), size});
        const std::string text = sense::toJson(found);
        if (sense::toJson(sense::sensitivityFromJson(text)) != text)
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
