// SPDX-License-Identifier: Apache-2.0
#include "core/sense/weight_errors.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/vector_math.h"
#include "core/model/tensor.h"
#include "core/plan/fallback.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace halftone::sense {
namespace {

using quant::Type;

constexpr std::size_t kPieceWeights = 32768;  ///< about this many are tried in every type between two looks at the progress
constexpr std::size_t kFullRows = 512;  ///< rows on which the full second-moment matrix is used

/// sum over rows of r S r^T, for one kind of S.
class Form {
public:
    Form(const InputMoments& inputs, std::size_t columns)
        : m_columns(columns),
          m_stride((columns + infer::kProductLanes - 1) / infer::kProductLanes * infer::kProductLanes)
    {
        if (inputs.second.empty())
            return;
        m_second.assign(columns * m_stride, 0.0f);
        for (std::size_t i = 0; i < columns; ++i)
            std::ranges::copy(inputs.second.subspan(i * columns, columns), m_second.begin() + std::ptrdiff_t(i * m_stride));
    }

    bool full() const { return !m_second.empty(); }

    /// `squares`: the diagonal for these rows.
    double ofRows(std::span<const float> rows, std::span<const float> squares, std::vector<float>& scratch) const
    {
        if (full())
            return fullForm(rows, scratch);
        double sum = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            sum += double(rows[i]) * rows[i] * double(squares[i % m_columns]);
        return sum;
    }

private:
    double fullForm(std::span<const float> rows, std::vector<float>& product) const
    {
        const std::size_t count = rows.size() / m_columns;
        product.assign(count * m_stride, 0.0f);
        infer::addProduct({.a = rows.data(),
                           .b = m_second.data(),
                           .c = product.data(),
                           .rows = count,
                           .depth = m_columns,
                           .columns = m_stride,
                           .strideA = m_columns,
                           .strideB = m_stride,
                           .strideC = m_stride});
        double sum = 0;
        for (std::size_t r = 0; r < count; ++r)
            for (std::size_t c = 0; c < m_columns; ++c)
                sum += double(rows[r * m_columns + c]) * double(product[r * m_stride + c]);
        return std::max(0.0, sum);
    }

    std::size_t m_columns, m_stride;
    std::vector<float> m_second;
};

/// Sums for one type over some rows.
struct Sums {
    inspect::DistortionMeter meter;
    double error = 0, reference = 0;

    double share() const { return reference > 0 ? error / reference : 0; }
};

/// Some rows of one expert, source and trial.
class Piece {
public:
    Piece(const model::Tensor& tensor, const InputMoments& inputs, const Form& form)
        : m_tensor(tensor),
          m_inputs(inputs),
          m_form(form),
          m_columns(tensor.shape.columns()),
          m_rowBytes(quant::rowBytes(tensor.type, m_columns))
    {
    }

    void read(std::uint64_t first, std::uint64_t count)
    {
        m_source.resize(count * m_columns);
        quant::dequantize(m_tensor.type, m_tensor.data.subspan(first * m_rowBytes, count * m_rowBytes), m_source);
        std::ranges::replace_if(
            m_source, [](float w) { return !std::isfinite(w); }, 0.0f);
        const std::uint64_t expert = first / m_tensor.shape.extent[1];
        const auto ofExpert = [&](std::span<const float> all) { return all.empty() ? all : all.subspan(expert * m_columns, m_columns); };
        m_importance = ofExpert(m_inputs.importance);
        m_squares = ofExpert(m_inputs.squares.empty() ? m_inputs.importance : m_inputs.squares);
        m_result.resize(m_source.size());
        m_error.resize(m_source.size());
    }

    void tryType(Type type, bool withForm, double reference, Sums& sums)
    {
        m_packed.resize(m_source.size() / m_columns * quant::rowBytes(type, m_columns));
        quant::quantize(type, m_source, m_columns, m_importance, m_packed);
        quant::dequantize(type, m_packed, m_result);
        sums.meter.add(m_source, m_result);
        if (!withForm)
            return;
        std::ranges::transform(m_result, m_source, m_error.begin(), std::minus());
        sums.error += m_form.ofRows(m_error, m_squares, m_scratch);
        sums.reference += reference;
    }

    double reference() { return m_form.ofRows(m_source, m_squares, m_scratch); }

private:
    const model::Tensor& m_tensor;
    const InputMoments& m_inputs;
    const Form& m_form;
    std::size_t m_columns;
    std::uint64_t m_rowBytes;
    std::span<const float> m_importance, m_squares;
    std::vector<float> m_source, m_result, m_error, m_scratch;
    std::vector<std::byte> m_packed;
};

void check(const model::Tensor& tensor, const InputMoments& inputs)
{
    const std::uint64_t columns = tensor.shape.columns(), experts = tensor.shape.extent[2] * tensor.shape.extent[3];
    if (!inputs.importance.empty() && inputs.importance.size() != columns * experts)
        throw Error(ErrorCode::Malformed,
                    {.problem = "the importance matrix has " + std::to_string(inputs.importance.size()) + " values for "
                         + std::to_string(columns * experts) + " columns",
                     .place = "tensor " + tensor.name});
    const bool squaresFit = inputs.squares.empty() || inputs.squares.size() == columns * experts;
    if (!squaresFit || (!inputs.second.empty() && inputs.second.size() != columns * columns))
        throw Error(ErrorCode::Usage, "the second moments are those of another matrix");
}

/// The rows of a tensor cut so that no piece spans two experts.
struct Cut {
    Cut(const model::Shape& shape)
        : perExpert(shape.extent[1]),
          step(std::clamp<std::uint64_t>(kPieceWeights / shape.columns(), 1, perExpert)),
          piecesPerExpert((perExpert + step - 1) / step),
          pieces(piecesPerExpert * shape.extent[2] * shape.extent[3])
    {
    }
    std::uint64_t first(std::size_t piece) const { return piece / piecesPerExpert * perExpert + piece % piecesPerExpert * step; }
    std::uint64_t count(std::size_t piece) const { return std::min(step, perExpert - piece % piecesPerExpert * step); }

    std::uint64_t perExpert, step, piecesPerExpert, pieces;
};

}  // namespace

std::vector<TypeTrial> tryTypes(const model::Tensor& tensor, std::span<const Type> types, const InputMoments& inputs,
                                const Executor& executor, Progress& progress)
{
    check(tensor, inputs);
    const Form form(inputs, tensor.shape.columns());
    const Cut cut(tensor.shape);
    const std::size_t pieces = tensor.data.empty() ? 0 : std::size_t(cut.pieces);
    const bool weighted = form.full() || !inputs.squares.empty() || !inputs.importance.empty();
    const std::size_t every = form.full() ? std::max<std::size_t>(1, std::size_t(pieces * cut.step / kFullRows)) : 1;
    std::vector<Sums> sums(pieces * types.size());
    executor.forRanges(pieces, std::max<std::size_t>(1, pieces / (std::size_t(executor.threads()) * 8)),
                       [&](std::size_t begin, std::size_t end) {
                           Piece piece(tensor, inputs, form);
                           for (std::size_t i = begin; i < end; ++i) {
                               piece.read(cut.first(i), cut.count(i));
                               const bool withForm = weighted && i % every == 0;
                               const double reference = withForm ? piece.reference() : 0;
                               for (std::size_t t = 0; t < types.size(); ++t) {
                                   progress.checkpoint();
                                   piece.tryType(types[t], withForm, reference, sums[i * types.size() + t]);
                               }
                               progress.advance(cut.count(i) * quant::rowBytes(tensor.type, tensor.shape.columns()));
                           }
                       });

    std::vector<TypeTrial> trials;
    for (std::size_t t = 0; t < types.size(); ++t) {
        Sums total;
        for (std::size_t i = 0; i < pieces; ++i) {
            const Sums& part = sums[i * types.size() + t];
            total.meter.merge(part.meter);
            total.error += part.error;
            total.reference += part.reference;
        }
        const inspect::Distortion weights = total.meter.result();
        trials.push_back({types[t], weights, weighted ? total.share() : std::pow(10, -weights.snrDb / 10)});
    }
    return trials;
}

std::vector<Type> makeableTypes()
{
    std::vector<Type> types;
    for (const quant::TypeInfo& info : quant::allTypes())
        if (info.canQuantize && info.canDequantize && info.type != Type::F32)
            types.push_back(info.type);
    std::ranges::stable_sort(types, {}, [](Type type) { return quant::info(type).bitsPerWeight(); });
    return types;
}

std::vector<Type> candidatesFor(const model::Tensor& tensor, std::span<const Type> wanted, bool importance)
{
    std::vector<Type> types;
    for (const Type one : wanted) {
        const quant::TypeInfo& target = quant::info(plan::fittingType(one, tensor.shape.columns()));
        const bool smaller = target.bitsPerWeight() < quant::info(tensor.type).bitsPerWeight();
        if (smaller && target.canQuantize && (importance || !target.needsImportance)
            && std::ranges::find(types, target.type) == types.end())
            types.push_back(target.type);
    }
    return types;
}

}  // namespace halftone::sense
