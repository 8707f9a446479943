// SPDX-License-Identifier: Apache-2.0
#include "core/plan/packed_tensors.h"

#include "core/model/model.h"

namespace halftone::plan {

std::uint64_t addPacked(const model::Model& model, const Plan& plan, PackedTensors& held)
{
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (plan.choices[i].type != model.tensors()[i].type && held.emplace(i, plan.choices[i].type).second)
            bytes += plan.choices[i].bytes;
    return bytes;
}

}  // namespace halftone::plan
