// SPDX-License-Identifier: Apache-2.0
#include "core/infer/weights.h"

#include "core/quant/codec.h"

namespace halftone::infer {

PackedMatrix Linear::ofExpert(std::size_t expert) const
{
    PackedMatrix matrix = weight;
    matrix.data += expert * weight.rows * quant::rowBytes(weight.type, weight.columns);
    return matrix;
}

std::span<const float> Linear::biasOfExpert(std::size_t expert) const
{
    return bias.empty() ? std::span<const float>{} : std::span(bias).subspan(expert * weight.rows, weight.rows);
}

}  // namespace halftone::infer
