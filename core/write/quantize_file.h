// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::backend {
class Backend;
}
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::write {

struct Options {
    const plan::ImportanceMatrix* importance = nullptr;  ///< not owned
    backend::Backend* backend = nullptr;  ///< quantizes what it can; not owned, used by the calling thread. Null: the CPU
    bool requantize = false;  ///< allow an already quantized tensor as a source of another type
    bool strict = false;  ///< refuse fall-backs
    bool resume = true;  ///< use what dead runs finished of the same source's tensors
    bool verify = true;  ///< read each file again before it gets its name, and compare
    std::uint64_t checkpointBytes = 512u << 20;  ///< after so many written bytes the work so far survives a death of the process
};

/// What was written, for the log, the job view and the command line.
struct Report {
    struct Line {
        std::string name;
        quant::Type type;
        std::uint64_t bytes = 0;
        double rmse = 0;  ///< against the source, 0 for copied tensors
    };
    std::vector<Line> tensors;
    std::uint64_t bytes = 0;  ///< size of the file; equals Plan::fileBytes
    double bitsPerWeight = 0;
    double seconds = 0;
    std::uint64_t resumedBytes = 0;  ///< of its tensors a dead run had finished
    bool verified = false;  ///< it was read again from the disk and is what was computed
    std::string tensorHash;  ///< as its metadata say it, see tensor_hash.h; empty where the model is written unchanged
    std::string boundBy;  ///< "reading", "computing" or "writing": the slowest of the three
};

/// One of the files that a pass over the source writes.
struct Output {
    const plan::Plan& plan;  ///< not owned
    std::filesystem::path destination;
};

/// Writes `model` seen through `plan` to `destination`. Reading, quantizing and writing overlap; memory stays bounded by a
/// few row blocks. Space is checked first; the destination is either untouched or the complete new file; the source is
/// refused as destination by identity, and a source that changes meanwhile is an Error. Same bytes for any number of threads and any
/// backend. Progress counts source bytes and notes the slowest of the three. A process that dies leaves "NAME.part" and its journal,
/// see journal.h, and so does a disk that fills up after the first checkpoint; the next run to the same destination uses
/// every tensor there that it needs (a model that is written unchanged, its file copied, starts over). With `verify` the complete file is read again from the disk before it gets its name:
/// it must open, every block must decode to finite weights, and digest and error of every tensor must be those computed.
/// Throws Error{SameFile | DiskFull | System | Malformed (NaN, with tensor, row and column) | Usage | Cancelled}.
Report quantizeFile(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options,
                    const Executor& executor, Progress& progress);

/// The same for several outputs: the source is read once. They appear one after the other once all are complete. One report
/// for each.
std::vector<Report> quantizeFiles(const model::Model& model, std::span<const Output> outputs, const Options& options,
                                  const Executor& executor, Progress& progress);

}  // namespace halftone::write
