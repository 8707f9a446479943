// SPDX-License-Identifier: Apache-2.0
#include "core/write/verify.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/output_header.h"
#include "core/quant/codec.h"
#include "core/write/check.h"
#include "core/write/convert.h"
#include "core/write/source_files.h"

#include <algorithm>

namespace halftone::write {

namespace {

using model::Tensor;

constexpr std::uint64_t kChunkWeights = 64 * 1024;

/// What one chunk of a tensor showed.
struct Finding {
    inspect::DistortionMeter meter;
    std::optional<std::uint64_t> firstDifference;  ///< byte of the tensor's data
};

/// A tensor of the output beside its source, read by position: a mapping would fault if another program shortened the file.
class Pair {
public:
    Pair(const Tensor& source, const Tensor& output, const Options& options)
        : m_source(source),
          m_output(output),
          m_choice{.type = output.type, .wanted = output.type, .reason = plan::Reason::Exact},
          m_importance(importanceOf(source, m_choice, options)),
          m_readable(quant::info(source.type).canDequantize && quant::info(output.type).canDequantize)
    {
        const std::uint64_t unit = unitOf(source, m_choice, !m_importance.empty());
        m_chunk = std::max(kChunkWeights / unit * unit, unit);
    }

    bool canCheck() const { return copied() || (quant::info(m_source.type).canDequantize && quant::info(m_output.type).canQuantize); }
    bool readable() const { return m_readable; }
    std::size_t chunks() const { return std::size_t((m_source.shape.elements() + m_chunk - 1) / m_chunk); }

    Finding look(std::size_t chunk, const SourceFiles& sourceFiles, const SourceFiles& outputFiles) const
    {
        const std::uint64_t first = chunk * m_chunk, weights = std::min(m_chunk, m_source.shape.elements() - first);
        const std::vector<std::byte> source = read(m_source, sourceFiles, first, weights),
                                     output = read(m_output, outputFiles, first, weights);
        Finding finding;
        const std::vector<std::byte> expected = canCheck() ? remake(first, weights, source) : output;
        if (const auto [a, b] = std::ranges::mismatch(expected, output); b != output.end())
            finding.firstDifference = quant::rowBytes(m_output.type, first) + std::uint64_t(b - output.begin());
        if (m_readable)
            measure(source, output, weights, finding.meter);
        return finding;
    }

private:
    bool copied() const { return m_source.type == m_output.type; }

    static std::vector<std::byte> read(const Tensor& tensor, const SourceFiles& files, std::uint64_t first, std::uint64_t weights)
    {
        std::vector<std::byte> bytes(quant::rowBytes(tensor.type, weights));
        files.read(tensor, quant::rowBytes(tensor.type, first), bytes);
        return bytes;
    }

    /// What the output should hold.
    std::vector<std::byte> remake(std::uint64_t first, std::uint64_t weights, const std::vector<std::byte>& source) const
    {
        if (copied())
            return source;
        std::vector<float> unpacked(weights);
        std::vector<std::byte> packed(quant::rowBytes(m_output.type, weights));
        repack({m_source, m_output.type, 0, m_importance}, first, source, unpacked, packed);
        return packed;
    }

    void measure(std::span<const std::byte> source, std::span<const std::byte> output, std::uint64_t weights,
                 inspect::DistortionMeter& meter) const
    {
        std::vector<float> before(weights), after(weights);
        quant::dequantize(m_source.type, source, before);
        quant::dequantize(m_output.type, output, after);
        meter.add(before, after);
    }

    const Tensor& m_source;
    const Tensor& m_output;
    plan::Choice m_choice;
    std::span<const float> m_importance;
    bool m_readable;
    std::uint64_t m_chunk = 0;
};

std::string differenceAt(const Tensor& tensor, std::uint64_t byte)
{
    const quant::TypeInfo& type = quant::info(tensor.type);
    const std::uint64_t block = byte / type.blockBytes, blocksPerRow = tensor.shape.columns() / type.blockSize;
    return "tensor " + tensor.name + " differs first in row " + std::to_string(block / blocksPerRow) + ", block "
        + std::to_string(block % blocksPerRow) + " (byte " + std::to_string(byte) + " of its data)";
}

std::string shapeText(const model::Shape& shape)
{
    std::string text;
    for (std::uint32_t i = 0; i < shape.rank; ++i)
        text += (i ? " x " : "") + std::to_string(shape.extent[i]);
    return text;
}

class Verifier {
public:
    Verifier(const model::Model& source, const model::Model& output, const Options& options, const Executor& executor, Progress& progress)
        : m_source(source),
          m_output(output),
          m_options(options),
          m_executor(executor),
          m_progress(progress),
          m_sourceFiles(source),
          m_outputFiles(output)
    {
    }

    Verification run()
    {
        compareMetadata();
        for (const Tensor& tensor : m_source.tensors())
            if (!m_output.find(tensor.name))
                differ("tensor " + tensor.name + " is missing");
        for (const Tensor& tensor : m_output.tensors()) {
            if (const Tensor* source = m_source.find(tensor.name))
                compare(*source, tensor);
            else
                differ("tensor " + tensor.name + " is not in the source");
        }
        return std::move(m_result);
    }

private:
    void differ(std::string sentence) { m_result.differences.push_back(std::move(sentence)); }

    void compareMetadata()
    {
        for (const auto& [key, value] : m_source.metadata().entries()) {
            if (plan::setByQuantizing(key))
                continue;
            const model::Value* other = m_output.metadata().find(key);
            if (!other)
                differ("metadata " + key + " is missing");
            else if (!model::sameBits(value, *other))
                differ("metadata " + key + " is not the source's");
        }
        for (const auto& [key, value] : m_output.metadata().entries())
            if (!plan::setByQuantizing(key) && !m_source.metadata().contains(key))
                differ("metadata " + key + " is not in the source");
    }

    void compare(const Tensor& source, const Tensor& output)
    {
        Verification::Line line{.name = output.name, .type = output.type, .same = false, .distortion = {}};
        if (source.shape != output.shape) {
            differ("tensor " + output.name + " has shape " + shapeText(output.shape) + " instead of " + shapeText(source.shape));
        } else if (source.data.empty() || output.data.empty()) {
            differ("tensor " + output.name + " has no data");
        } else {
            look(source, output, line);
        }
        m_result.tensors.push_back(std::move(line));
    }

    void look(const Tensor& source, const Tensor& output, Verification::Line& line)
    {
        const Pair pair(source, output, m_options);
        if (!pair.canCheck())
            differ("tensor " + output.name + " was not checked: this program cannot make " + std::string(quant::name(output.type))
                   + " from " + std::string(quant::name(source.type)));
        else if (source.type != output.type)
            checkImportance(source, {.type = output.type, .wanted = output.type, .reason = plan::Reason::Exact}, m_options);
        std::vector<Finding> findings(pair.chunks());
        m_executor.forEach(findings.size(), [&](std::size_t chunk) {
            m_progress.checkpoint();
            findings[chunk] = pair.look(chunk, m_sourceFiles, m_outputFiles);
            m_progress.advance(output.bytes() * (chunk + 1) / findings.size() - output.bytes() * chunk / findings.size());
        });
        inspect::DistortionMeter meter;
        for (const Finding& finding : findings)
            meter.merge(finding.meter);
        if (pair.readable())
            line.distortion = meter.result();
        const auto first = std::ranges::find_if(findings, [](const Finding& finding) { return finding.firstDifference.has_value(); });
        line.same = pair.canCheck() && first == findings.end();
        if (first != findings.end())
            differ(differenceAt(output, *first->firstDifference));
    }

    const model::Model& m_source;
    const model::Model& m_output;
    const Options& m_options;
    const Executor& m_executor;
    Progress& m_progress;
    SourceFiles m_sourceFiles, m_outputFiles;
    Verification m_result;
};

}  // namespace

Verification verify(const model::Model& source, const model::Model& output, const plan::ImportanceMatrix* importance,
                    const Executor& executor, Progress& progress)
{
    progress.begin("verifying", output.tensorBytes(), Unit::Bytes);
    const Options options{.importance = importance};
    return Verifier(source, output, options, executor, progress).run();
}

}  // namespace halftone::write
