// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/write/target.h"

#include <span>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::write {

class SourceFiles;

/// What the program notes in journals as its version.
std::string_view programVersion();

/// Of each tensor's importance weights, as journals keep it; empty where it has none.
std::vector<std::string> importanceDigests(const model::Model& model, const plan::Plan& plan, const Options& options);

/// Bytes of tensors that a run to `destination` need not make again, going by what dead runs' journals say: the run itself
/// compares the bytes too.
std::uint64_t reusableBytes(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination,
                            const Options& options);

/// Opens the outputs after what dead runs left of them. Tensors that are what these targets need stay in place where the
/// whole file is of the same layout; otherwise the unfinished file is put aside and its tensors are taken from there. Each
/// was compared, byte for byte by digest, with what its journal says of it and of its source. Everything else starts over.
/// Throws Error{System | DiskFull | Cancelled}.
void openTargets(const model::Model& model, const SourceFiles& sources, std::span<Target> targets, const Options& options,
                 const Executor& executor, Progress& progress);

/// After the output is complete, or given up for good: removes what dead runs left beside it.
void removeRemains(const std::filesystem::path& destination);

}  // namespace halftone::write
