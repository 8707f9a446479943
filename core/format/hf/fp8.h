// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/byte_sources.h"
#include "core/format/hf/config.h"
#include "core/format/hf/shards.h"

#include <map>
#include <string>
#include <string_view>

namespace halftone::format::hf {

/// The scales that lie beside FP8 matrices: "NAME.weight_scale_inv" (one per block, as quantization_config's
/// weight_block_size says) or "NAME.weight_scale" (one for all or one per row). Despite its name the former is a factor too.
class Fp8Scales {
public:
    Fp8Scales(const std::vector<Shard>& shards, const Config& config);

    /// A tensor that serves FP8 matrices and is none of the model's own.
    bool isScale(std::string_view name) const;
    /// The scales of a matrix, 1 where it has none. Throws Error{Malformed} for scales that do not fit the matrix.
    BlockScales of(const SafeTensor& matrix) const;

private:
    struct Place {
        const Shard* shard;
        const SafeTensor* tensor;
    };
    std::vector<float> read(const Place& place) const;

    bool m_active = false;  ///< the model has FP8 tensors
    std::map<std::string_view, Place, std::less<>> m_places;
    std::uint64_t m_blockRows = 0, m_blockColumns = 0;  ///< 0 where the configuration says nothing
};

}  // namespace halftone::format::hf
