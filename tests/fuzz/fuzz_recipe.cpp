// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"

#include <cstdlib>

using namespace halftone;

namespace {

/// Names for patterns to run over, one of them long enough to make a bad one wander.
const model::Model& smallModel()
{
    static const model::Model model = [] {
        model::Model::Parts parts;
        for (const std::string& name : {std::string("token_embd.weight"), std::string("blk.0.ffn_up.weight"), std::string(200, 'a')}) {
            model::Tensor tensor;
            tensor.name = name;
            tensor.shape = {.extent = {256, 2, 1, 1}, .rank = 2};
            tensor.type = quant::Type::F16;
            parts.tensors.push_back(std::move(tensor));
        }
        return model::Model(std::move(parts));
    }();
    return model;
}

}  // namespace

/// Whatever the text: a recipe or an Error. What was accepted is written as text that reads as the same recipe, and makes a plan, or an
/// Error where a pattern is none or needs too many steps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    try {
        const plan::Recipe recipe = plan::recipeFromJson({reinterpret_cast<const char*>(data), size});
        const std::string text = plan::toJson(recipe);
        if (plan::toJson(plan::recipeFromJson(text)) != text)
            std::abort();
        if (plan::makePlan(smallModel(), recipe).choices.size() != smallModel().tensors().size())
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
