// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

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

/// Keys of measured results: equal contents have equal hashes on every machine, unequal ones almost never. Not for security.
namespace halftone::sense {

/// As Hasher::digest(), over the names, shapes, types and data of all tensors; the speed of reading the file. Progress
/// counts bytes.
std::string contentHash(const model::Model& model, const Executor& executor, Progress& progress);
std::string contentHash(const plan::ImportanceMatrix& importance);
std::string contentHash(std::string_view text);

}  // namespace halftone::sense
