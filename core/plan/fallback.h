// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstdint>

namespace halftone::plan {

/// The type that stands in for `wanted` in rows of `columns` weights: `wanted` itself where its blocks fit, else
/// llama-quantize's substitute with blocks of 32, else F16.
quant::Type fittingType(quant::Type wanted, std::uint64_t columns);

}  // namespace halftone::plan
