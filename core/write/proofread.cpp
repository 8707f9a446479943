// SPDX-License-Identifier: Apache-2.0
#include "core/write/proofread.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/mapped_file.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/quant/type.h"
#include "core/write/channel.h"
#include "core/write/convert.h"
#include "core/write/source_files.h"
#include "core/write/stage.h"
#include "core/write/target.h"
#include "core/write/tensor_hash.h"

#include <algorithm>
#include <cmath>

namespace halftone::write {
namespace {

constexpr int kBuffers = 3;  // one being read, one decoded, one waiting

/// The original of the file that is read.
struct Source {
    const model::Model& model;
    const SourceFiles& files;
};

/// Units of a tensor that both types can be cut at.
std::vector<std::uint64_t> unitsOf(const model::Model& output, const Source* source)
{
    std::vector<std::uint64_t> units;
    for (std::size_t i = 0; i < output.tensors().size(); ++i) {
        const std::uint32_t own = quant::info(output.tensors()[i].type).blockSize;
        units.push_back(source ? std::max(own, quant::info(source->model.tensors()[i].type).blockSize) : own);
    }
    return units;
}

class Proofreader {
public:
    /// A source has the same tensors in the same order.
    Proofreader(const model::Model& output, const Source* source, const Executor& executor, Progress& progress)
        : m_output(output),
          m_source(source),
          m_executor(executor),
          m_progress(progress),
          m_files(output),
          m_proofs(output.tensors().size())
    {
    }

    std::vector<TensorProof> run()
    {
        for (int i = 0; i < kBuffers; ++i)
            m_free.push({});
        Stage reader([this] { read(); }, [this] { stop(); });
        try {
            look();
        } catch (...) {
            stop();
            throw;
        }
        reader.join();
        return std::move(m_proofs);
    }

private:
    struct Buffer {
        Piece piece;  ///< of the output
        std::vector<std::byte> bytes, source;
    };

    void stop()
    {
        m_free.close();
        m_read.close();
    }

    void read()
    {
        Cutter cutter(m_output, unitsOf(m_output, m_source));
        while (const std::optional<Piece> piece = cutter.next()) {
            std::optional<Buffer> buffer = m_free.pop();
            if (!buffer)
                return;
            buffer->piece = *piece;
            readTensor(m_output.tensors()[piece->tensor], m_files, *piece, buffer->bytes);
            if (m_source)
                readTensor(m_source->model.tensors()[piece->tensor], m_source->files, *piece, buffer->source);
            m_read.push(std::move(*buffer));
        }
        m_read.finish();
    }

    void readTensor(const model::Tensor& tensor, const SourceFiles& files, const Piece& piece, std::vector<std::byte>& out) const
    {
        out.resize(quant::rowBytes(tensor.type, piece.weights));
        files.read(tensor, quant::rowBytes(tensor.type, piece.firstWeight), out, m_progress);
    }

    void look()
    {
        while (std::optional<Buffer> buffer = m_read.pop()) {
            m_progress.checkpoint();
            lookAt(*buffer);
            m_progress.advance(buffer->bytes.size());
            m_free.push(std::move(*buffer));
        }
    }

    void lookAt(const Buffer& buffer)
    {
        const Piece& piece = buffer.piece;
        TensorProof& proof = m_proofs[piece.tensor];
        if (piece.firstWeight == 0) {
            m_hasher.reset();
            m_sourceHasher.reset();
        }
        m_hasher.add(buffer.bytes);
        m_sourceHasher.add(buffer.source);
        decode(buffer, proof);
        if (!piece.lastOfTensor)
            return;
        proof.digest = m_hasher.digest();
        if (m_source)
            proof.source = m_sourceHasher.digest();
    }

    void decode(const Buffer& buffer, TensorProof& proof) const
    {
        const model::Tensor& tensor = m_output.tensors()[buffer.piece.tensor];
        const model::Tensor* source = m_source ? &m_source->model.tensors()[buffer.piece.tensor] : nullptr;
        if (!quant::info(tensor.type).canDequantize)
            return;
        if (source && source->type != tensor.type)
            proof.squaredError += squaredErrorOf(*source, tensor, buffer.piece, buffer.source, buffer.bytes, m_executor, m_progress);
        else
            requireFinite(tensor, buffer.piece, buffer.bytes, m_executor, m_progress);
    }

    const model::Model& m_output;
    const Source* m_source;
    const Executor& m_executor;
    Progress& m_progress;
    SourceFiles m_files;
    Channel<Buffer> m_free, m_read;
    Hasher m_hasher, m_sourceHasher;  ///< of the tensor being looked at
    std::vector<TensorProof> m_proofs;
};

[[noreturn]] void refuse(const Target& target, std::string place)
{
    throw Error(ErrorCode::System,
                {.problem = "what the disk holds is not what was written",
                 .file = toUtf8(target.destination),
                 .place = std::move(place),
                 .advice = "check the disk and the memory, then try again"});
}

std::string placeOf(const model::Tensor& tensor)
{
    return "tensor " + tensor.name;
}

/// Sums of the same squares in another order differ by rounding, partly in single precision.
bool alike(double a, double b)
{
    return a == b || std::abs(a - b) <= 1e-5 * std::max(a, b);  // infinite where single precision cannot hold a square
}

void requireHeader(const Target& target)
{
    const std::vector<std::byte>& expected = target.layout.header;
    std::vector<std::byte> header(expected.size());
    InputFile(partOf(target.destination)).readAt(0, header);
    if (header != expected)
        refuse(target, "header");
}

/// Between and after the tensors are zeros.
void requirePadding(const Target& target)
{
    const InputFile file(partOf(target.destination));
    std::vector<std::byte> gap;
    for (std::size_t i = 0; i < target.finished.size(); ++i) {
        const std::uint64_t end = target.finished[i].offset + target.finished[i].bytes;
        const std::uint64_t next = i + 1 < target.finished.size() ? target.finished[i + 1].offset : target.plan.fileBytes;
        gap.resize(std::size_t(next - end));
        file.readAt(end, gap);
        if (std::ranges::any_of(gap, [](std::byte byte) { return byte != std::byte{0}; }))
            refuse(target, "after tensor " + target.finished[i].name);
    }
}

void requireProofs(const model::Model& source, const Target& target, const std::vector<TensorProof>& proofs)
{
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        const FinishedTensor& tensor = target.finished[i];
        if (proofs[i].source != tensor.source)
            throw Error(ErrorCode::System,
                        {.problem = "the source changed while it was read",
                         .file = toUtf8(source.files()[source.tensors()[i].file]->path()),
                         .place = placeOf(source.tensors()[i]),
                         .advice = "wait until other programs are done with it"});
        if (proofs[i].digest != tensor.digest || !alike(proofs[i].squaredError, tensor.squaredError))
            refuse(target, placeOf(source.tensors()[i]));
    }
}

/// A copy's bytes outside its tensors count too.
void requireCopy(const model::Model& source, const Target& target, const std::vector<TensorProof>& proofs)
{
    for (std::size_t i = 0; i < proofs.size(); ++i)
        if (proofs[i].digest != proofs[i].source)
            refuse(target, placeOf(source.tensors()[i]));
    const InputFile file(partOf(target.destination));
    Hasher hasher;
    std::vector<std::byte> buffer;
    for (std::uint64_t done = 0, size = file.size(); done < size; done += buffer.size()) {
        buffer.resize(std::size_t(std::min<std::uint64_t>(4u << 20, size - done)));
        file.readAt(done, buffer);
        hasher.add(buffer);
    }
    if (hasher.digest() != target.hasher->digest())
        refuse(target, {});
}

}  // namespace

std::vector<TensorProof> proofread(const model::Model& output, const Executor& executor, Progress& progress)
{
    progress.begin("verifying", output.tensorBytes(), Unit::Bytes);
    return Proofreader(output, nullptr, executor, progress).run();
}

std::string tensorHash(const model::Model& model, const std::vector<TensorProof>& proofs)
{
    TensorHash hash;
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        hash.add(tensor.name, tensor.type, tensor.shape, proofs[i].digest);
    }
    return hash.text();
}

void requireAsWritten(const model::Model& source, const SourceFiles& sources, const Target& target, const Executor& executor,
                      Progress& progress)
{
    const auto written = format::openModel(partOf(target.destination));
    if (!target.copiesFile()) {
        requireHeader(target);
        requirePadding(target);
    }
    if (written->tensors().size() != source.tensors().size())
        refuse(target, "number of tensors");
    const Source original{source, sources};
    const std::vector<TensorProof> proofs = Proofreader(*written, &original, executor, progress).run();
    target.copiesFile() ? requireCopy(source, target, proofs) : requireProofs(source, target, proofs);
}

}  // namespace halftone::write
