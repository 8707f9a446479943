// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/distortion.h"
#include "core/model/metadata.h"
#include "core/model/tensor.h"

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

namespace halftone::inspect {

/// Two models side by side. Pointers lead into the models, which must outlive it; null on the side that lacks the thing.
struct Difference {
    struct Entry {
        std::string key;
        const model::Value* a = nullptr;
        const model::Value* b = nullptr;
    };
    struct Line {
        std::string name;
        const model::Tensor* a = nullptr;
        const model::Tensor* b = nullptr;
        /// Of b against a. Empty where there is no other side, shapes differ or weights cannot be read.
        std::optional<Distortion> distortion;
    };
    std::vector<Entry> metadata;  ///< what differs, in a's order, then what b alone has
    std::vector<Line> tensors;  ///< all, in a's order, then those that b alone has
};

/// Reads every weight of both once. The same result for any number of threads. Progress counts bytes of both.
/// Throws Error{Cancelled}.
Difference compareModels(const model::Model& a, const model::Model& b, const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
