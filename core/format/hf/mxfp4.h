// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/byte_sources.h"

namespace halftone::format::hf {

/// GGUF's MXFP4 of what gpt-oss keeps as two tensors: `blocks` with 16 bytes for 32 weights, neighbours in one byte, the
/// first of them low; `scales` with a byte for each block. GGUF has the scale first and then the weights i and i + 16 in a
/// byte. `blocks` is 16 times as long as `scales`.
Source mxfp4(Source blocks, Source scales);

}  // namespace halftone::format::hf
