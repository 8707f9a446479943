// SPDX-License-Identifier: Apache-2.0
#include "core/write/convert.h"

#include "core/backend/backend.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

namespace halftone::write {
namespace {

/// About this many weights are converted by one thread between two looks at the progress. Their floats stay in the cache.
constexpr std::uint64_t kChunkWeights = 16 * 1024;

/// Weights of a piece, converted by one thread at a time.
struct Chunk {
    std::uint64_t first;  ///< in the piece
    std::uint64_t weights;
};

/// Floats that are written before they are read, so filling them with zeros would be waste.
class Floats {
public:
    explicit Floats(std::size_t count) : m_values(std::make_unique_for_overwrite<float[]>(count)), m_count(count) {}
    std::span<float> span() { return {m_values.get(), m_count}; }

private:
    std::unique_ptr<float[]> m_values;
    std::size_t m_count;
};

std::uint64_t chunkWeights(std::uint64_t unit)
{
    return std::max(kChunkWeights / unit * unit, unit);
}

Chunk chunkAt(const Piece& piece, std::uint64_t size, std::size_t index)
{
    const std::uint64_t first = index * size;
    return {first, std::min(size, piece.weights - first)};
}

template <class Byte>
std::span<Byte> bytesOf(std::span<Byte> bytes, quant::Type type, const Chunk& chunk)
{
    return bytes.subspan(quant::rowBytes(type, chunk.first), quant::rowBytes(type, chunk.weights));
}

/// Unpacks a chunk and looks for weights that are no numbers.
void readFinite(const model::Tensor& tensor, std::uint64_t firstWeight, std::span<const std::byte> source, std::span<float> weights)
{
    quant::dequantize(tensor.type, source, weights);
    const std::size_t wrong = quant::findNonFinite(weights);
    if (wrong == weights.size())
        return;
    const std::uint64_t weight = firstWeight + wrong;
    const std::uint64_t columns = tensor.shape.columns();
    throw Error(
        ErrorCode::Malformed,
        {.problem = std::isnan(weights[wrong]) ? "a weight is NaN" : "a weight is infinite",
         .place = "tensor " + tensor.name + ", row " + std::to_string(weight / columns) + ", column " + std::to_string(weight % columns),
         .advice = "download or convert the model again"});
}

/// Calls body(first, weights, importance) for the runs of whole rows that belong to one expert each, or for all at once without importance.
/// `first` counts from `firstWeight`.
template <class Body>
void forExperts(const Conversion& conversion, std::uint64_t firstWeight, std::uint64_t weights, const Body& body)
{
    if (conversion.importance.empty())
        return body(0, weights, conversion.importance);
    const model::Shape& shape = conversion.tensor.shape;
    const std::uint64_t columns = shape.columns(), expertWeights = columns * shape.extent[1];
    for (std::uint64_t done = 0; done < weights;) {
        const std::uint64_t expert = (firstWeight + done) / expertWeights;
        const std::uint64_t count = std::min(weights - done, (expert + 1) * expertWeights - firstWeight - done);
        body(done, count, conversion.importance.subspan(expert * columns, columns));
        done += count;
    }
}

/// Sum of squared differences: single precision within short runs, which the compiler turns into SIMD, double across them.
double squaredError(std::span<const float> a, std::span<const float> b)
{
    constexpr std::size_t kLanes = 16, kRun = 256;
    double sum = 0;
    for (std::size_t start = 0; start < a.size(); start += kRun) {
        const std::size_t end = std::min(start + kRun, a.size());
        std::array<float, kLanes> lanes{};
        std::size_t i = start;
        for (; i + kLanes <= end; i += kLanes) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                const float difference = a[i + lane] - b[i + lane];
                lanes[lane] += difference * difference;
            }
        }
        for (; i < end; ++i)
            lanes[0] += (a[i] - b[i]) * (a[i] - b[i]);
        sum += std::accumulate(lanes.begin(), lanes.end(), 0.0);
    }
    return sum;
}

/// Squared error of what was packed. `scratch` takes the weights that it stands for.
double errorOf(const Conversion& conversion, std::span<const float> weights, std::span<const std::byte> packed, std::span<float> scratch)
{
    quant::dequantize(conversion.type, packed, scratch);
    const double error = squaredError(weights, scratch);
    if (!std::isfinite(error) && quant::findNonFinite(scratch) != scratch.size()) {
        throw Error(ErrorCode::Usage,
                    {.problem = "a weight is too large for " + std::string(quant::name(conversion.type)),
                     .place = "tensor " + conversion.tensor.name,
                     .advice = "keep this tensor as BF16 or F32"});
    }
    return error;
}

double convertChunk(const Conversion& conversion, const Piece& piece, const Chunk& chunk, std::span<const std::byte> source,
                    std::span<std::byte> packed)
{
    Floats weightsMemory(chunk.weights), resultMemory(chunk.weights);
    const std::span<float> weights = weightsMemory.span();
    const std::span<std::byte> out = bytesOf(packed, conversion.type, chunk);
    repack(conversion, piece.firstWeight + chunk.first, bytesOf(source, conversion.tensor.type, chunk), weights, out);
    return errorOf(conversion, weights, out, resultMemory.span());
}

/// Calls body(index, chunk) for each chunk of the piece on all threads.
template <class Body>
void forChunks(const Piece& piece, std::uint64_t size, const Executor& executor, Progress& progress, const Body& body)
{
    executor.forEach(std::size_t((piece.weights + size - 1) / size), [&](std::size_t index) {
        if (progress.cancelled())
            progress.checkpoint();
        body(index, chunkAt(piece, size, index));
    });
}

}  // namespace

void repack(const Conversion& conversion, std::uint64_t firstWeight, std::span<const std::byte> source, std::span<float> weights,
            std::span<std::byte> packed)
{
    readFinite(conversion.tensor, firstWeight, source, weights);
    forExperts(conversion, firstWeight, weights.size(), [&](std::uint64_t first, std::uint64_t count, std::span<const float> importance) {
        quant::quantize(conversion.type, weights.subspan(first, count), importance.empty() ? count : importance.size(), importance,
                        bytesOf(packed, conversion.type, {first, count}));
    });
}

double convertPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<std::byte> packed,
                    const Executor& executor, Progress& progress)
{
    const std::uint64_t size = chunkWeights(conversion.unit);
    std::vector<double> errors(std::size_t((piece.weights + size - 1) / size));
    forChunks(piece, size, executor, progress,
              [&](std::size_t index, const Chunk& chunk) { errors[index] = convertChunk(conversion, piece, chunk, source, packed); });
    return std::accumulate(errors.begin(), errors.end(), 0.0);
}

double squaredErrorOf(const model::Tensor& source, const model::Tensor& output, const Piece& piece, std::span<const std::byte> sourceBytes,
                      std::span<const std::byte> outputBytes, const Executor& executor, Progress& progress)
{
    const std::uint64_t size = chunkWeights(std::max(quant::info(source.type).blockSize, quant::info(output.type).blockSize));
    std::vector<double> errors(std::size_t((piece.weights + size - 1) / size));
    forChunks(piece, size, executor, progress, [&](std::size_t index, const Chunk& chunk) {
        Floats before(chunk.weights), after(chunk.weights);
        quant::dequantize(source.type, bytesOf(sourceBytes, source.type, chunk), before.span());
        readFinite(output, piece.firstWeight + chunk.first, bytesOf(outputBytes, output.type, chunk), after.span());
        errors[index] = squaredError(before.span(), after.span());
    });
    return std::accumulate(errors.begin(), errors.end(), 0.0);
}

void packPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<std::byte> packed,
               backend::Backend& backend, const Executor& executor, Progress& progress)
{
    const quant::Type from = conversion.tensor.type;
    try {
        forExperts(conversion, piece.firstWeight, piece.weights,
                   [&](std::uint64_t first, std::uint64_t count, std::span<const float> importance) {
                       const backend::Packed weights{from, bytesOf(source, from, {first, count})};
                       backend.quantize({conversion.type, {}, importance.empty() ? count : importance.size(), importance, weights},
                                        bytesOf(packed, conversion.type, {first, count}), progress);
                   });
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Malformed)  // by a weight, whose place it does not know
            requireFinite(conversion.tensor, piece, source, executor, progress);
        throw;
    }
}

double errorOfPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<const std::byte> packed,
                    const Executor& executor, Progress& progress)
{
    const std::uint64_t size = chunkWeights(conversion.unit);
    std::vector<double> errors(std::size_t((piece.weights + size - 1) / size));
    forChunks(piece, size, executor, progress, [&](std::size_t index, const Chunk& chunk) {
        Floats weights(chunk.weights), scratch(chunk.weights);
        readFinite(conversion.tensor, piece.firstWeight + chunk.first, bytesOf(source, conversion.tensor.type, chunk), weights.span());
        errors[index] = errorOf(conversion, weights.span(), bytesOf(packed, conversion.type, chunk), scratch.span());
    });
    return std::accumulate(errors.begin(), errors.end(), 0.0);
}

void requireFinite(const model::Tensor& tensor, const Piece& piece, std::span<const std::byte> source, const Executor& executor,
                   Progress& progress)
{
    forChunks(piece, chunkWeights(quant::info(tensor.type).blockSize), executor, progress, [&](std::size_t, const Chunk& chunk) {
        Floats weights(chunk.weights);
        readFinite(tensor, piece.firstWeight + chunk.first, bytesOf(source, tensor.type, chunk), weights.span());
    });
}

}  // namespace halftone::write
