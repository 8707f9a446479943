// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"
#include "core/format/hf/shards.h"
#include "core/model/tensor.h"

#include <string>
#include <vector>

namespace halftone::format::hf {

struct MappedTensors {
    std::vector<model::Tensor> tensors;
    std::string firstUnknown;  ///< a tensor that has no GGUF name and keeps its own; "" if there is none
    bool otherParts = false;  ///< image and audio parts were left out
};

/// The folder's tensors under GGUF's names, in the order and the types of llama.cpp's converter: vectors, norms and routers
/// as F32, FP8 with its scales as BF16, the rest as it is. Without an architecture every tensor keeps its name. Tensors are
/// in place where nothing changes but the name; the others are made when touched. Throws Error{Malformed | Unsupported}
/// naming the tensor.
MappedTensors mapTensors(const std::vector<Shard>& shards, const Config& config, const Architecture* architecture);

}  // namespace halftone::format::hf
