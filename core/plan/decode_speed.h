// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"
#include "core/quant/type.h"

#include <string>
#include <string_view>
#include <vector>

namespace halftone::plan {

/// How fast packed weights of a type are read and multiplied with one token's activations.
struct TypeSpeed {
    quant::Type type;
    double bytesPerSecond = 0;  ///< above 0
};

/// What a machine was measured to do, and so how long a token takes: decoding reads the weights once for each token, one tensor
/// after the other, so the times of the tensors add up.
struct DecodeSpeeds {
    std::vector<TypeSpeed> types;
    double otherSeconds = 0;  ///< of a token: what takes time beside the matrices
    double memoryBytesPerSecond = 0;  ///< that the memory can be read at, which bounds all types; 0: not measured

    bool empty() const { return types.empty(); }
    /// A type that was not measured counts as the slowest. Only where anything was measured.
    double bytesPerSecond(quant::Type type) const;
};

/// What part of each tensor a token reads, 0 to 1: of a stack of experts those it is sent to, of an embedding one row, which
/// counts as nothing; all of an embedding that is the output matrix too.
std::vector<double> readShares(const model::Model& model);

/// Seconds for `bytes` of a type, of which the share is read.
double readSeconds(std::uint64_t bytes, quant::Type type, double share, const DecodeSpeeds& speeds);

/// How long a token should take, near the beginning of a text.
double secondsPerToken(const model::Model& model, const Plan& plan, const DecodeSpeeds& speeds);

/// Those of the measured types that can be made and whose fewer bits are worth it in time: a weight takes no longer than in Q8_0
/// unless it has more bits.
std::vector<quant::Type> fastTypes(const DecodeSpeeds& speeds);

/// The JSON document (format "halftone-speeds", version 1), and back. Throws Error{Malformed} with the key named.
std::string toJson(const DecodeSpeeds& speeds);
DecodeSpeeds decodeSpeedsFromJson(std::string_view json);

}  // namespace halftone::plan
