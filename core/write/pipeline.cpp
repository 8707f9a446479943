// SPDX-License-Identifier: Apache-2.0
#include "core/write/pipeline.h"

#include "core/backend/backend.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/write/check.h"
#include "core/write/convert.h"
#include "core/write/journal.h"

#include <algorithm>
#include <array>

namespace halftone::write {
namespace {

constexpr int kBuffers = 4;   // one being read, one computed, one written, one waiting

/// Zeros up to `offset`: tensors start at aligned places.
void pad(AtomicFile& out, std::uint64_t offset)
{
    static constexpr std::array<std::byte, 4096> kZeros{};
    while (out.written() < offset)
        out.write(std::span(kZeros).first(std::size_t(std::min<std::uint64_t>(kZeros.size(), offset - out.written()))));
}

/// Where a piece goes in a target.
struct Place {
    std::uint64_t offset, bytes;
};

Place placeOf(const Target& target, const Piece& piece)
{
    if (piece.tensor == Piece::kNoTensor)
        return {piece.sourceOffset, piece.sourceBytes};
    const quant::Type type = target.plan.choices[piece.tensor].type;
    return {target.layout.offsets[piece.tensor] + quant::rowBytes(type, piece.firstWeight), quant::rowBytes(type, piece.weights)};
}

/// The smallest run of each tensor's weights that every target can quantize apart.
std::vector<std::uint64_t> unitsOf(const model::Model& model, const std::vector<Target>& targets)
{
    std::vector<std::uint64_t> units(model.tensors().size(), 1);
    for (std::size_t i = 0; i < units.size(); ++i)
        for (const Target& target : targets)
            units[i] = std::max(units[i], unitOf(model.tensors()[i], target.plan.choices[i], target.weighted[i]));
    return units;
}

}  // namespace

Pipeline::Pipeline(const model::Model& model, std::vector<Target>& targets, std::string fingerprint, const Options& options, const Executor& executor,
                   Progress& progress)
    : m_model(model), m_targets(targets), m_fingerprint(std::move(fingerprint)), m_options(options), m_executor(executor), m_progress(progress), m_files(model)
{
}

void Pipeline::run()
{
    for (int i = 0; i < kBuffers; ++i)
        m_free.push({.piece = {}, .source = {}, .results = std::vector<Buffer::Result>(m_targets.size())});
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
    const auto reading = m_reading.nanoseconds(), computing = m_computing.nanoseconds(), writing = m_writing.nanoseconds();
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

bool Pipeline::isKept(const Target& target, const Piece& piece) const
{
    const Place place = placeOf(target, piece);
    return place.offset + place.bytes <= target.kept;
}

void Pipeline::read()
{
    const bool wholeFile = m_targets.front().layout.header.empty();
    Cutter cutter(m_model, wholeFile ? std::vector<std::uint64_t>() : unitsOf(m_model, m_targets));
    while (const std::optional<Piece> piece = cutter.next()) {
        if (std::ranges::all_of(m_targets, [&](const Target& target) { return isKept(target, *piece); })) {
            m_progress.advance(piece->sourceBytes);
            continue;
        }
        std::optional<Buffer> buffer = m_free.pop();
        if (!buffer)
            return;
        buffer->piece = *piece;
        buffer->source.resize(piece->sourceBytes);
        m_reading.time([&] { readPiece(*piece, buffer->source); });
        m_read.push(std::move(*buffer));
    }
    m_read.finish();
}

void Pipeline::readPiece(const Piece& piece, std::span<std::byte> out) const
{
    if (piece.tensor == Piece::kNoTensor)
        return m_files.read(piece.file, piece.sourceOffset, out);
    const model::Tensor& tensor = m_model.tensors()[piece.tensor];
    m_files.read(tensor, quant::rowBytes(tensor.type, piece.firstWeight), out);
}

void Pipeline::compute()
{
    while (std::optional<Buffer> buffer = m_read.pop()) {
        m_progress.checkpoint();
        m_computing.time([&] {
            for (std::size_t i = 0; i < m_targets.size(); ++i)
                if (!isKept(m_targets[i], buffer->piece))
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
    if (piece.tensor == Piece::kNoTensor)
        return;
    const model::Tensor& tensor = m_model.tensors()[piece.tensor];
    const plan::Choice& choice = target.plan.choices[piece.tensor];
    if (choice.type == tensor.type) {
        if (quant::info(tensor.type).isFloat() && quant::info(tensor.type).canDequantize)
            requireFinite(tensor, piece, source, m_executor, m_progress);
        return;
    }
    const Conversion conversion{tensor, choice.type, unitOf(tensor, choice, target.weighted[piece.tensor]), importanceOf(tensor, choice, m_options)};
    result.packed.resize(quant::rowBytes(choice.type, piece.weights));
    backend::Backend* const backend = m_options.backend;
    if (backend && backend->canQuantize(choice.type, !conversion.importance.empty()))
        result.squaredError = convertPiece(conversion, piece, source, result.packed, *backend, m_executor, m_progress);
    else
        result.squaredError = convertPiece(conversion, piece, source, result.packed, m_executor, m_progress);
}

void Pipeline::write()
{
    while (std::optional<Buffer> buffer = m_computed.pop()) {
        m_writing.time([&] { writePiece(*buffer); });
        m_free.push(std::move(*buffer));
    }
}

void Pipeline::writePiece(const Buffer& buffer)
{
    for (std::size_t i = 0; i < m_targets.size(); ++i) {
        Target& target = m_targets[i];
        if (isKept(target, buffer.piece))
            continue;
        const Buffer::Result& result = buffer.results[i];
        pad(*target.out, placeOf(target, buffer.piece).offset);
        const std::vector<std::byte>& bytes = result.packed.empty() ? buffer.source : result.packed;
        target.out->write(bytes);
        m_sinceCheckpoint += bytes.size();
        if (buffer.piece.tensor != Piece::kNoTensor)
            target.errors[buffer.piece.tensor] += result.squaredError;
    }
    if (m_sinceCheckpoint >= m_options.checkpointBytes)
        checkpoint();
}

void Pipeline::checkpoint()
{
    for (const Target& target : m_targets) {
        if (target.out->written() <= target.kept)
            continue;   // the journal of the dead run still holds
        target.out->flush();
        writeJournal(target.destination, {m_fingerprint, target.out->written(), target.errors});
    }
    m_sinceCheckpoint = 0;
}

}  // namespace halftone::write
