// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/plan/recipe.h"

#include <cstdlib>

/// Whatever the text: a recipe or an Error. What was accepted is written as text that reads as the same recipe.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const plan::Recipe recipe = plan::recipeFromJson({reinterpret_cast<const char*>(data), size});
        const std::string text = plan::toJson(recipe);
        if (plan::toJson(plan::recipeFromJson(text)) != text)
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
