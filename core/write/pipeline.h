// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"
#include "core/format/gguf_writer.h"
#include "core/write/channel.h"
#include "core/write/pieces.h"
#include "core/write/quantize_file.h"
#include "core/write/source_files.h"
#include "core/write/stage.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace halftone::write {

/// One of the files that a pass over the source writes.
struct Target {
    const plan::Plan& plan;
    std::filesystem::path destination;
    format::GgufLayout layout;         ///< empty where the source file is copied as it is
    std::vector<bool> weighted;        ///< which tensors have importance weights
    std::vector<double> errors;        ///< sum of squared errors of each tensor, of what is written
    std::uint64_t kept = 0;            ///< bytes that a dead run left and that are not written again
    std::unique_ptr<AtomicFile> out;
};

/// Reading, converting and writing at the same time, the converting on the caller's thread and its executor. The source is
/// read once for all targets.
class Pipeline {
public:
    /// Everything is kept by reference. `fingerprint` is what the targets' journals say, see Journal.
    Pipeline(const model::Model& model, std::vector<Target>& targets, std::string fingerprint, const Options& options, const Executor& executor,
             Progress& progress);

    /// Writes everything after the headers, each tensor at its offset. Progress advances by source bytes.
    void run();

    /// "reading", "computing" or "writing": the slowest so far.
    std::string boundBy() const;

private:
    /// A piece with its bytes. Buffers go round: reader, caller, writer, reader.
    struct Buffer {
        /// Of one target. Without packed bytes the source's are written.
        struct Result {
            std::vector<std::byte> packed;
            double squaredError = 0;
        };
        Piece piece;
        std::vector<std::byte> source;
        std::vector<Result> results;
    };

    void read();
    void readPiece(const Piece& piece, std::span<std::byte> out) const;
    void compute();
    void write();
    void stop();
    void convert(const Piece& piece, const std::vector<std::byte>& source, const Target& target, Buffer::Result& result);
    void writePiece(const Buffer& buffer);
    void checkpoint();
    bool isKept(const Target& target, const Piece& piece) const;

    const model::Model& m_model;
    std::vector<Target>& m_targets;
    const std::string m_fingerprint;
    const Options& m_options;
    const Executor& m_executor;
    Progress& m_progress;
    SourceFiles m_files;
    Channel<Buffer> m_free, m_read, m_computed;
    Stopwatch m_reading, m_computing, m_writing;
    std::uint64_t m_sinceCheckpoint = 0;   ///< bytes written
};

}  // namespace halftone::write
