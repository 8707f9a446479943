// SPDX-License-Identifier: Apache-2.0
#include "core/write/pipeline.h"

#include "core/backend/backend.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/write/check.h"
#include "core/write/convert.h"
#include "core/write/resume.h"
#include "core/write/runs.h"

#include <algorithm>
#include <array>
#include <utility>

namespace halftone::write {
namespace {

constexpr int kBuffers = 4;  // one being read, one computed, one written, one waiting

/// Zeros up to `offset`: tensors start at aligned places.
void pad(AtomicFile& out, std::uint64_t offset)
{
    static constexpr std::array<std::byte, 4096> kZeros{};
    while (out.written() < offset)
        out.write(std::span(kZeros).first(std::size_t(std::min<std::uint64_t>(kZeros.size(), offset - out.written()))));
}

/// Where a piece goes in a target.
std::uint64_t placeOf(const Target& target, const Piece& piece)
{
    if (piece.tensor == Piece::kNoTensor)
        return piece.sourceOffset;
    return target.layout.offsets[piece.tensor] + quant::rowBytes(target.plan.choices[piece.tensor].type, piece.firstWeight);
}

/// A piece of a tensor that a dead run finished.
void takeFound(const Target& target, const Piece& piece, std::vector<std::byte>& out)
{
    const FinishedTensor& tensor = *target.found[piece.tensor];
    out.resize(quant::rowBytes(tensor.type, piece.weights));
    target.aside->readAt(tensor.offset + quant::rowBytes(tensor.type, piece.firstWeight), out);
}

/// Replaces the journal. The output's room is its own, but the journal has none before it is written: where another program took
/// the last of the disk, the journal before it still holds, and the run goes on.
void noteFinished(const Target& target)
{
    try {
        writeJournal(partOf(target.destination), {std::string(programVersion()), target.layoutDigest, target.finished});
    } catch (const Error& error) {
        if (error.code() != ErrorCode::DiskFull)
            throw;
    }
}

/// The smallest run of each tensor's weights that every target can quantize apart.
std::vector<std::uint64_t> unitsOf(const model::Model& model, const std::vector<Target>& targets)
{
    std::vector<std::uint64_t> units(model.tensors().size(), 1);
    for (std::size_t i = 0; i < units.size(); ++i)
        for (const Target& target : targets)
            units[i] = std::max(units[i], unitOf(model.tensors()[i], target.plan.choices[i], target.isWeighted(i)));
    return units;
}

}  // namespace

Pipeline::Pipeline(const model::Model& model, const SourceFiles& sources, std::vector<Target>& targets, const Options& options,
                   const Executor& executor, Progress& progress)
    : m_model(model),
      m_targets(targets),
      m_options(options),
      m_executor(executor),
      m_progress(progress),
      m_sources(sources)
{
}

void Pipeline::run()
{
    for (int i = 0; i < kBuffers; ++i)
        m_free.push({.piece = {}, .source = {}, .sourceDigest = {}, .results = std::vector<Buffer::Result>(m_targets.size())});
    const auto stopAll = [this] { stop(); };
    Stage reader([this] { read(); }, stopAll);
    Stage writer([this] { write(); }, stopAll);
    try {
        compute();
    } catch (...) {
        stop();
        throw;
    }
    reader.join();
    writer.join();
    for (Target& target : m_targets)
        pad(*target.out, target.plan.fileBytes);
}

std::string Pipeline::boundBy() const
{
    const auto reading = m_reading.nanoseconds(), writing = m_writing.nanoseconds();
    const auto computing = std::max(m_computing.nanoseconds(), m_measuring.nanoseconds());
    if (computing >= reading && computing >= writing)
        return "computing";
    return reading >= writing ? "reading" : "writing";
}

void Pipeline::stop()
{
    m_free.close();
    m_read.close();
    m_computed.close();
}

void Pipeline::read()
{
    const bool wholeFile = m_targets.front().copiesFile();
    Cutter cutter(m_model, wholeFile ? std::vector<std::uint64_t>() : unitsOf(m_model, m_targets));
    while (const std::optional<Piece> piece = cutter.next()) {
        if (std::ranges::all_of(m_targets, [&](const Target& target) { return target.isKept(piece->tensor); })) {
            m_progress.advance(piece->sourceBytes);
            continue;
        }
        std::optional<Buffer> buffer = m_free.pop();
        if (!buffer)
            return;
        buffer->piece = *piece;
        m_reading.time([&] { readPiece(*buffer); });
        m_read.push(std::move(*buffer));
    }
    m_read.finish();
}

void Pipeline::readPiece(Buffer& buffer)
{
    const Piece& piece = buffer.piece;
    if (std::ranges::none_of(m_targets, [&](const Target& target) { return target.isMade(piece.tensor); }))
        return;  // every target takes it from what was left
    buffer.source.resize(piece.sourceBytes);
    if (piece.tensor == Piece::kNoTensor)
        return m_sources.read(piece.file, piece.sourceOffset, buffer.source, m_progress);
    const model::Tensor& tensor = m_model.tensors()[piece.tensor];
    m_sources.read(tensor, quant::rowBytes(tensor.type, piece.firstWeight), buffer.source, m_progress);
    if (piece.firstWeight == 0)
        m_sourceHasher.reset();
    m_sourceHasher.add(buffer.source);
    if (piece.lastOfTensor)
        buffer.sourceDigest = m_sourceHasher.digest();
}

void Pipeline::compute()
{
    while (std::optional<Buffer> buffer = m_read.pop()) {
        m_progress.checkpoint();
        m_computing.time([&] {
            for (std::size_t i = 0; i < m_targets.size(); ++i)
                if (!m_targets[i].isKept(buffer->piece.tensor))
                    convert(buffer->piece, buffer->source, m_targets[i], buffer->results[i]);
        });
        m_progress.advance(buffer->piece.sourceBytes);
        m_progress.setNote(boundBy());
        m_computed.push(std::move(*buffer));
    }
    m_computed.finish();
}

void Pipeline::convert(const Piece& piece, const std::vector<std::byte>& source, const Target& target, Buffer::Result& result)
{
    result.packed.clear();
    result.squaredError = 0;
    result.awaitsError = false;
    if (piece.tensor == Piece::kNoTensor)
        return;
    if (target.isFound(piece.tensor))
        return takeFound(target, piece, result.packed);
    const model::Tensor& tensor = m_model.tensors()[piece.tensor];
    const plan::Choice& choice = target.plan.choices[piece.tensor];
    if (choice.type == tensor.type) {
        if (quant::info(tensor.type).canDequantize)
            requireFinite(tensor, piece, source, m_executor, m_progress);
        return;
    }
    const Conversion conversion = conversionOf(piece.tensor, target);
    result.packed.resize(quant::rowBytes(choice.type, piece.weights));
    backend::Backend* const backend = m_options.backend;
    result.awaitsError = backend && backend->canQuantize(choice.type, !conversion.importance.empty());
    if (result.awaitsError)
        packPiece(conversion, piece, source, result.packed, *backend, m_executor, m_progress);
    else
        result.squaredError = convertPiece(conversion, piece, source, result.packed, m_executor, m_progress);
}

Conversion Pipeline::conversionOf(std::size_t tensor, const Target& target) const
{
    const model::Tensor& source = m_model.tensors()[tensor];
    const plan::Choice& choice = target.plan.choices[tensor];
    return {source, choice.type, unitOf(source, choice, target.isWeighted(tensor)), importanceOf(source, choice, m_options)};
}

void Pipeline::measure(Buffer& buffer)
{
    for (std::size_t i = 0; i < m_targets.size(); ++i) {
        Buffer::Result& result = buffer.results[i];
        if (std::exchange(result.awaitsError, false))
            result.squaredError = errorOfPiece(conversionOf(buffer.piece.tensor, m_targets[i]), buffer.piece, buffer.source, result.packed,
                                               m_executor, m_progress);
    }
}

void Pipeline::write()
{
    while (std::optional<Buffer> buffer = m_computed.pop()) {
        m_measuring.time([&] { measure(*buffer); });
        m_writing.time([&] { writePiece(*buffer); });
        m_free.push(std::move(*buffer));
    }
}

void Pipeline::writePiece(const Buffer& buffer)
{
    for (std::size_t i = 0; i < m_targets.size(); ++i)
        if (!m_targets[i].isKept(buffer.piece.tensor))
            writeTo(m_targets[i], buffer, buffer.results[i]);
    if (buffer.piece.lastOfTensor && m_sinceCheckpoint >= m_options.checkpointBytes)
        checkpoint();
}

void Pipeline::writeTo(Target& target, const Buffer& buffer, const Buffer::Result& result)
{
    const std::vector<std::byte>& bytes = result.packed.empty() ? buffer.source : result.packed;
    pad(*target.out, placeOf(target, buffer.piece));
    inRuns(std::span(bytes), m_progress, [&](std::size_t, std::span<const std::byte> run) { target.out->write(run); });
    target.hasher->add(bytes);
    target.squaredError += result.squaredError;
    m_sinceCheckpoint += bytes.size();
    if (buffer.piece.lastOfTensor)
        finishTensor(target, buffer);
}

void Pipeline::finishTensor(Target& target, const Buffer& buffer)
{
    const std::size_t i = buffer.piece.tensor;
    const model::Tensor& tensor = m_model.tensors()[i];
    const plan::Choice& choice = target.plan.choices[i];
    const bool found = target.isFound(i);
    const std::string digest = target.hasher->digest();
    if (found && digest != target.found[i]->digest)
        throw Error(ErrorCode::System,
                    {.problem = "the unfinished file of an earlier run changed while it was read",
                     .file = toUtf8(setAsideOf(target.destination)),
                     .place = "tensor " + tensor.name,
                     .advice = "try again"});
    target.finished.push_back({.name = tensor.name,
                               .sourceType = tensor.type,
                               .type = choice.type,
                               .importance = target.importance[i],
                               .source = found ? target.found[i]->source : buffer.sourceDigest,
                               .digest = digest,
                               .offset = target.layout.offsets[i],
                               .bytes = choice.bytes,
                               .squaredError = found ? target.found[i]->squaredError : target.squaredError});
    target.hasher->reset();
    target.squaredError = 0;
}

void Pipeline::checkpoint()
{
    for (const Target& target : m_targets) {
        if (target.finished.size() <= target.kept)
            continue;  // the journal of the dead run still holds
        target.out->flush();
        noteFinished(target);
    }
    m_sinceCheckpoint = 0;
}

}  // namespace halftone::write
