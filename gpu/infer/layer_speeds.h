// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/infer/variant.h"
#include "gpu/infer/placement.h"

#include <cstdint>
#include <memory>

namespace halftone {
class Progress;
}

namespace halftone::gpu {

class NetworkKernels;

/// Measures them with the first layer of a network, whose kernels have been made: a token alone and a batch, here and there. Takes the time
/// of some batches of one layer. Throws as NetworkPass does.
Speeds measureSpeeds(NetworkKernels& kernels, const std::shared_ptr<const infer::Variant>& variant, infer::KvType kvType,
                     std::uint64_t chunkBytes, Progress& progress);

}  // namespace halftone::gpu
