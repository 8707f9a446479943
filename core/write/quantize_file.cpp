// SPDX-License-Identifier: Apache-2.0
#include "core/write/quantize_file.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/base/progress.h"
#include "core/format/gguf_writer.h"
#include "core/model/model.h"
#include "core/plan/output_header.h"
#include "core/write/channel.h"
#include "core/write/check.h"
#include "core/write/convert.h"
#include "core/write/pieces.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <exception>
#include <functional>
#include <thread>

namespace halftone::write {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBuffers = 4;   // one being read, one computed, one written, one waiting

/// A piece with its bytes. Buffers go round: reader, caller, writer, reader.
struct Buffer {
    Piece piece;
    std::vector<std::byte> source;
    std::vector<std::byte> packed;
};

/// Adds up how long a stage works, without its waiting.
class Stopwatch {
public:
    template <class Work>
    auto time(const Work& work)
    {
        const Clock::time_point start = Clock::now();
        struct Stop {
            Stopwatch& watch;
            Clock::time_point start;
            ~Stop() { watch.m_busy += Clock::now() - start; }
        } const stop{*this, start};
        return work();
    }
    Clock::duration busy() const { return m_busy; }

private:
    Clock::duration m_busy{};
};

/// A stage on its own thread. An exception in it stops the whole pipeline and comes out of join().
class Stage {
public:
    Stage(std::function<void()> work, std::function<void()> stopAll)
        : m_thread([this, work = std::move(work), stopAll = std::move(stopAll)] {
              try {
                  work();
              } catch (...) {
                  m_failure = std::current_exception();
                  stopAll();
              }
          })
    {
    }
    ~Stage() { wait(); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void wait()
    {
        if (m_thread.joinable())
            m_thread.join();
    }
    void join()
    {
        wait();
        if (m_failure)
            std::rethrow_exception(m_failure);
    }

private:
    std::exception_ptr m_failure;
    std::thread m_thread;   // last: the others exist when it starts
};

/// Zeros up to `offset`: tensors start at aligned places.
void pad(AtomicFile& out, std::uint64_t offset)
{
    static constexpr std::array<std::byte, 4096> kZeros{};
    while (out.written() < offset)
        out.write(std::span(kZeros).first(std::size_t(std::min<std::uint64_t>(kZeros.size(), offset - out.written()))));
}

/// Reading, converting and writing at the same time, the converting on the caller's thread and its executor.
class Pipeline {
public:
    Pipeline(const model::Model& model, const plan::Plan& plan, const Options& options, const Executor& executor, Progress& progress)
        : m_model(model), m_plan(plan), m_options(options), m_executor(executor), m_progress(progress), m_errors(model.tensors().size(), 0.0)
    {
        for (const auto& file : model.files())
            m_files.emplace_back(file->path());
        for (std::size_t i = 0; i < model.tensors().size(); ++i)
            m_weighted.push_back(!importanceOf(model.tensors()[i], plan.choices[i], options).empty());
    }

    /// Writes everything after the header, each tensor at its offset.
    void run(const std::vector<std::uint64_t>& offsets, AtomicFile& out)
    {
        for (int i = 0; i < kBuffers; ++i)
            m_free.push({});
        const auto stopAll = [this] { stop(); };
        Stage reader([&] { read(offsets); }, stopAll);
        Stage writer([&] { write(out); }, stopAll);
        try {
            compute();
        } catch (...) {
            stop();
            throw;
        }
        reader.join();
        writer.join();
    }

    double rmse(std::size_t tensor) const { return std::sqrt(m_errors[tensor] / double(m_model.tensors()[tensor].shape.elements())); }

    std::string boundBy() const
    {
        if (m_computing.busy() >= m_reading.busy() && m_computing.busy() >= m_writing.busy())
            return "computing";
        return m_reading.busy() >= m_writing.busy() ? "reading" : "writing";
    }

private:
    void stop()
    {
        m_free.close();
        m_read.close();
        m_computed.close();
    }

    void read(const std::vector<std::uint64_t>& offsets)
    {
        Cutter cutter(m_model, m_plan, offsets, m_weighted);
        while (const std::optional<Piece> piece = cutter.next()) {
            std::optional<Buffer> buffer = m_free.pop();
            if (!buffer)
                return;
            buffer->piece = *piece;
            buffer->source.resize(piece->sourceBytes);
            m_reading.time([&] { readPiece(*buffer); });
            m_read.push(std::move(*buffer));
        }
        m_read.finish();
    }

    void readPiece(Buffer& buffer) const
    {
        const Piece& piece = buffer.piece;
        const model::Tensor* tensor = piece.tensor == Piece::kNoTensor ? nullptr : &m_model.tensors()[piece.tensor];
        if (tensor && !tensor->data.inPlace())
            tensor->data.read(quant::rowBytes(tensor->type, piece.firstWeight), buffer.source);
        else
            m_files[piece.file].readAt(piece.sourceOffset, buffer.source);
    }

    void compute()
    {
        while (std::optional<Buffer> buffer = m_read.pop()) {
            m_progress.checkpoint();
            m_computing.time([&] { convert(*buffer); });
            m_progress.advance(buffer->piece.sourceBytes);
            m_computed.push(std::move(*buffer));
        }
        m_computed.finish();
    }

    void convert(Buffer& buffer)
    {
        const Piece& piece = buffer.piece;
        if (piece.tensor == Piece::kNoTensor) {
            buffer.packed.swap(buffer.source);
            return;
        }
        const model::Tensor& tensor = m_model.tensors()[piece.tensor];
        const plan::Choice& choice = m_plan.choices[piece.tensor];
        if (choice.type == tensor.type) {
            if (quant::info(tensor.type).isFloat() && quant::info(tensor.type).canDequantize)
                requireFinite(tensor, piece, buffer.source, m_executor, m_progress);
            buffer.packed.swap(buffer.source);
            return;
        }
        const Conversion conversion{tensor, choice.type, unitOf(tensor, choice, m_weighted[piece.tensor]), importanceOf(tensor, choice, m_options)};
        buffer.packed.resize(quant::rowBytes(choice.type, piece.weights));
        m_errors[piece.tensor] += convertPiece(conversion, piece, buffer.source, buffer.packed, m_executor, m_progress);
    }

    void write(AtomicFile& out)
    {
        while (std::optional<Buffer> buffer = m_computed.pop()) {
            m_writing.time([&] {
                pad(out, buffer->piece.outputOffset);
                out.write(buffer->packed);
            });
            m_free.push(std::move(*buffer));
        }
    }

    const model::Model& m_model;
    const plan::Plan& m_plan;
    const Options& m_options;
    const Executor& m_executor;
    Progress& m_progress;
    std::vector<InputFile> m_files;
    std::vector<bool> m_weighted;
    std::vector<double> m_errors;          ///< sum of squared errors of each tensor
    Channel<Buffer> m_free, m_read, m_computed;
    Stopwatch m_reading, m_computing, m_writing;
};

Report reportOf(const model::Model& model, const plan::Plan& plan, const Pipeline& pipeline)
{
    Report report;
    report.tensors.reserve(plan.choices.size());
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        report.tensors.push_back({model.tensors()[i].name, plan.choices[i].type, plan.choices[i].bytes, pipeline.rmse(i)});
    report.bytes = plan.fileBytes;
    report.bitsPerWeight = plan.bitsPerWeight;
    report.boundBy = pipeline.boundBy();
    return report;
}

}  // namespace

Report quantizeFile(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options,
                    const Executor& executor, Progress& progress)
{
    const Clock::time_point start = Clock::now();
    checkQuantize(model, plan, destination, options);
    const bool copy = plan::copiesFile(model, plan);
    progress.begin("quantizing", copy ? model.fileBytes() : model.tensorBytes(), Unit::Bytes);
    progress.checkpoint();

    format::GgufLayout layout;
    if (!copy)
        layout = format::layoutGguf(plan::outputMetadata(model, plan), plan::outputHeaders(model, plan));
    AtomicFile out(destination, plan.fileBytes);
    out.write(layout.header);
    Pipeline pipeline(model, plan, options, executor, progress);
    pipeline.run(layout.offsets, out);
    pad(out, plan.fileBytes);
    progress.checkpoint();
    out.commit();

    Report report = reportOf(model, plan, pipeline);
    report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return report;
}

}  // namespace halftone::write
