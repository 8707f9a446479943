// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/distortion.h"
#include "core/quant/type.h"

#include <optional>
#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::write {

/// Whether a file is what quantizing its source gives, and how far its weights are from the source's.
struct Verification {
    struct Line {
        std::string name;
        quant::Type type;  ///< in the output
        bool same = true;  ///< bit for bit what the source gives
        std::optional<inspect::Distortion> distortion;  ///< empty where weights of one of the types cannot be read
    };
    std::vector<Line> tensors;  ///< those of the output that the source has too, in the output's order
    std::vector<std::string> differences;  ///< one sentence for each metadata key and tensor that is not as it should be
    bool ok() const { return differences.empty(); }
};

/// Makes every tensor of `output` again from `source`, in the type that it has there, and compares bit for bit; compares the
/// metadata but for what quantizing sets. `importance` is the matrix that was used, or null. Memory is bounded by a few
/// rows, whatever the model's size. Results do not depend on the number of threads. Progress counts bytes of the output.
/// Throws Error{Malformed} for a source weight that is no finite number, Error{Usage} for an importance matrix of another
/// model or none where the type needs one, Error{System | Cancelled}.
Verification verify(const model::Model& source, const model::Model& output, const plan::ImportanceMatrix* importance,
                    const Executor& executor, Progress& progress);

}  // namespace halftone::write
