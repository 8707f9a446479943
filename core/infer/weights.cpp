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

}  // namespace halftone::infer
