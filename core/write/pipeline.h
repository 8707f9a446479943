// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/write/channel.h"
#include "core/write/convert.h"
#include "core/write/pieces.h"
#include "core/write/source_files.h"
#include "core/write/stage.h"
#include "core/write/target.h"

#include <string>
#include <vector>

namespace halftone::write {

/// Reading, converting and writing at the same time, the converting on the caller's thread and its executor; what a device made is measured
/// on the writer's. The source is read once for all targets.
class Pipeline {
public:
    /// Everything is kept by reference.
    Pipeline(const model::Model& model, const SourceFiles& sources, std::vector<Target>& targets, const Options& options,
             const Executor& executor, Progress& progress);

    /// Writes what the targets lack after their headers, each tensor at its offset, and notes each that is finished. Progress
    /// advances by source bytes.
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
            bool awaitsError = false;  ///< a device packed it; what that cost is found out while it packs the next
        };
        Piece piece;
        std::vector<std::byte> source;
        std::string sourceDigest;  ///< of the tensor, with its last piece
        std::vector<Result> results;
    };

    void read();
    void readPiece(Buffer& buffer);
    void compute();
    void measure(Buffer& buffer);
    void write();
    void stop();
    void convert(const Piece& piece, const std::vector<std::byte>& source, const Target& target, Buffer::Result& result);
    Conversion conversionOf(std::size_t tensor, const Target& target) const;
    void writePiece(const Buffer& buffer);
    void writeTo(Target& target, const Buffer& buffer, const Buffer::Result& result);
    void finishTensor(Target& target, const Buffer& buffer);
    void checkpoint();

    const model::Model& m_model;
    std::vector<Target>& m_targets;
    const Options& m_options;
    const Executor& m_executor;
    Progress& m_progress;
    const SourceFiles& m_sources;
    Hasher m_sourceHasher;  ///< of the tensor being read
    Channel<Buffer> m_free, m_read, m_computed;
    Stopwatch m_reading, m_computing, m_measuring, m_writing;
    std::uint64_t m_sinceCheckpoint = 0;  ///< bytes written
};

}  // namespace halftone::write
