// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
class Model;
}

namespace halftone::write {

class SourceFiles;
struct Target;

/// What reading one tensor of a file showed. Digests are those of Hasher.
struct TensorProof {
    std::string digest;  ///< of its bytes
    std::string source;  ///< of the source's bytes of the same tensor; only beside a source
    double squaredError = 0;  ///< against the source, summed over its weights
};

/// Reads every tensor of `output` once and decodes each block, in bounded memory, reading and decoding at the same time.
/// Progress counts its bytes. Throws Error{Malformed} naming tensor, row and column of a weight that is no finite number,
/// Error{System | Cancelled}.
std::vector<TensorProof> proofread(const model::Model& output, const Executor& executor, Progress& progress);

/// What a file's tensors come to (tensor_hash.h), by what proofread() showed of it.
std::string tensorHash(const model::Model& model, const std::vector<TensorProof>& proofs);

/// Reads a target's complete, unnamed output again beside its source and compares it with what was noted while it was
/// written: header, digests and errors. Progress counts its bytes. Throws Error{System} naming the tensor that differs, or
/// as proofread().
void requireAsWritten(const model::Model& source, const SourceFiles& sources, const Target& target, const Executor& executor,
                      Progress& progress);

}  // namespace halftone::write
