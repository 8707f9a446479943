// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/spectrum.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/distortion.h"
#include "core/inspect/row_reader.h"
#include "core/inspect/tridiagonal.h"

#define EIGEN_MPL2_ONLY
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <random>

namespace halftone::inspect {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::uint64_t kPanel = 256;  // vectors read at once; a multiple of every block size
constexpr Index kTile = 128;  // of the Gram matrix: a few milliseconds of work
constexpr Index kChunk = 64;  // rows of a product with the subspace
constexpr Index kSpare = 16;  // directions beyond those asked for, which make the last of these converge
constexpr int kPasses = 4;  // over the matrix, each an iteration

/// The matrix as vectors as long as its smaller side, a panel of them at a time: its rows where it is tall, its columns where
/// it is wide.
class Panels {
public:
    explicit Panels(const model::Tensor& tensor) : m_reader(tensor), m_tall(m_reader.rows() >= m_reader.columns()) {}

    Index side() const { return Index(std::min(m_reader.rows(), m_reader.columns())); }
    std::size_t count() const { return std::size_t((vectors() + kPanel - 1) / kPanel); }
    std::uint64_t bytes() const { return m_reader.rows() * m_reader.rowBytes(); }

    /// side() x number of vectors.
    void read(std::size_t index, MatrixXd& panel, const Executor& executor, Progress& progress) const
    {
        const std::uint64_t first = index * kPanel, length = std::min(kPanel, vectors() - first);
        panel.resize(side(), Index(length));
        executor.forRanges(std::size_t(m_tall ? length : m_reader.rows()), 16, [&](std::size_t begin, std::size_t end) {
            progress.checkpoint();
            RowReader reader = m_reader;
            Eigen::VectorXf row(Index(m_tall ? m_reader.columns() : length));
            for (std::size_t i = begin; i < end; ++i) {
                reader.read(m_tall ? first + i : i, m_tall ? 0 : first, {row.data(), std::size_t(row.size())});
                const auto finite = row.array().isFinite().select(row, 0.0f).cast<double>();
                if (m_tall)
                    panel.col(Index(i)) = finite;
                else
                    panel.row(Index(i)) = finite.transpose();
            }
        });
        progress.advance(m_reader.rows() * m_reader.rowBytes() * length / vectors());
    }

private:
    std::uint64_t vectors() const { return std::max(m_reader.rows(), m_reader.columns()); }

    RowReader m_reader;
    bool m_tall;
};

/// Calls body(first, count) for consecutive pieces of [0, size).
template <class Body>
void forPieces(Index size, Index piece, const Executor& executor, Progress& progress, const Body& body)
{
    executor.forEach(std::size_t((size + piece - 1) / piece), [&](std::size_t i) {
        progress.checkpoint();
        const Index first = Index(i) * piece;
        body(first, std::min(piece, size - first));
    });
}

/// Sum of v v^T over all vectors v; the lower half, then both.
MatrixXd gramMatrix(const Panels& panels, const Executor& executor, Progress& progress)
{
    const Index side = panels.side(), tiles = (side + kTile - 1) / kTile;
    MatrixXd gram = MatrixXd::Zero(side, side), panel;
    for (std::size_t i = 0; i < panels.count(); ++i) {
        panels.read(i, panel, executor, progress);
        executor.forEach(std::size_t(tiles * tiles), [&](std::size_t tile) {
            const Index y = Index(tile) / tiles * kTile, x = Index(tile) % tiles * kTile;
            if (x > y)
                return;
            progress.checkpoint();
            const Index height = std::min(kTile, side - y), width = std::min(kTile, side - x);
            gram.block(y, x, height, width).noalias() += panel.middleRows(y, height) * panel.middleRows(x, width).transpose();
        });
    }
    gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
    return gram;
}

/// Householder's reduction of a symmetric matrix, which is used up. Each step makes one pass over what is left: it subtracts the
/// last step's v w^T + w v^T and multiplies the outcome by the new reflector's vector.
Tridiagonal tridiagonalized(MatrixXd& matrix, const Executor& executor, Progress& progress)
{
    const Index n = matrix.rows();
    Tridiagonal result{std::vector<double>(std::size_t(n)), std::vector<double>(std::size_t(n - 1))};
    VectorXd v = VectorXd::Zero(n), w = v, next = v, product = v;
    for (Index k = 0; k < n; ++k) {
        progress.checkpoint();
        const Index left = n - k - 1;
        matrix.col(k).tail(left + 1) -= v.tail(left + 1) * w[k] + w.tail(left + 1) * v[k];
        result.diagonal[std::size_t(k)] = matrix(k, k);
        if (left == 0)
            break;
        VectorXd essential(left - 1);
        double tau = 0;
        matrix.col(k).tail(left).makeHouseholder(essential, tau, result.below[std::size_t(k)]);
        next[k + 1] = 1;
        next.tail(left - 1) = essential;
        executor.forRanges(std::size_t(left), std::max<std::size_t>(1, 65536 / std::size_t(left)), [&](std::size_t begin, std::size_t end) {
            for (Index j = k + 1 + Index(begin); j < k + 1 + Index(end); ++j) {
                auto column = matrix.col(j).tail(left);
                column -= v.tail(left) * w[j] + w.tail(left) * v[j];
                product[j] = column.dot(next.tail(left));
            }
        });
        v.tail(left) = next.tail(left);
        w.tail(left) = tau * (product.tail(left) - tau / 2 * product.tail(left).dot(v.tail(left)) * v.tail(left));
        progress.advance(std::uint64_t(left));
    }
    return result;
}

/// Square roots of the eigenvalues, descending. Rounding may have made the smallest negative.
std::vector<double> rootsOf(std::span<const double> ascending)
{
    std::vector<double> roots(ascending.rbegin(), ascending.rend());
    for (double& value : roots)
        value = std::sqrt(std::max(value, 0.0));
    return roots;
}

Spectrum exactSpectrum(const Panels& panels, const Executor& executor, Progress& progress)
{
    progress.begin("reading", panels.bytes(), Unit::Bytes);
    MatrixXd gram = gramMatrix(panels, executor, progress);
    Spectrum spectrum{.values = {}, .count = std::uint64_t(panels.side()), .energy = gram.trace(), .exact = true};
    progress.begin("finding singular values", std::uint64_t(panels.side() * (panels.side() - 1) / 2), Unit::Weights);
    spectrum.values = rootsOf(eigenvalues(tridiagonalized(gram, executor, progress), progress));
    return spectrum;
}

/// Columns from a seed, the same on every machine.
MatrixXd randomMatrix(Index rows, Index columns)
{
    std::mt19937 random(1);
    return MatrixXd::NullaryExpr(rows, columns, [&] { return double(random()) / 2147483648.0 - 1; });
}

MatrixXd transposedProduct(const MatrixXd& a, const MatrixXd& b, const Executor& executor, Progress& progress)
{
    MatrixXd product(a.cols(), b.cols());
    forPieces(b.cols(), 8, executor, progress,
              [&](Index first, Index count) { product.middleCols(first, count).noalias() = a.transpose() * b.middleCols(first, count); });
    return product;
}

/// An orthonormal basis of the columns, by way of their Gram matrix; twice, as the first round's basis is only nearly orthogonal
/// where the columns are. Directions that are nothing but rounding become zero.
void orthonormalize(MatrixXd& columns, const Executor& executor, Progress& progress)
{
    for (int round = 0; round < 2; ++round) {
        const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(transposedProduct(columns, columns, executor, progress));
        const VectorXd& squares = solver.eigenvalues();
        const double least = squares.maxCoeff() * 1e-14;
        const VectorXd scales = squares.unaryExpr([least](double square) { return square > least ? 1 / std::sqrt(square) : 0.0; });
        const MatrixXd turn = solver.eigenvectors() * scales.asDiagonal();
        forPieces(columns.rows(), kChunk, executor, progress, [&](Index first, Index count) {
            const MatrixXd turned = columns.middleRows(first, count) * turn;
            columns.middleRows(first, count) = turned;
        });
    }
}

/// The Gram matrix times `basis`, and the trace of the former.
MatrixXd gramTimes(const Panels& panels, const MatrixXd& basis, double& energy, const Executor& executor, Progress& progress)
{
    MatrixXd product = MatrixXd::Zero(basis.rows(), basis.cols()), panel, seen;
    energy = 0;
    for (std::size_t i = 0; i < panels.count(); ++i) {
        panels.read(i, panel, executor, progress);
        energy += panel.squaredNorm();
        seen.resize(panel.cols(), basis.cols());
        forPieces(panel.cols(), kChunk / 4, executor, progress, [&](Index first, Index count) {
            seen.middleRows(first, count).noalias() = panel.middleCols(first, count).transpose() * basis;
        });
        forPieces(product.rows(), kChunk, executor, progress,
                  [&](Index first, Index count) { product.middleRows(first, count).noalias() += panel.middleRows(first, count) * seen; });
    }
    return product;
}

/// Each pass turns the subspace towards the strongest directions; the last one measures what it holds.
Spectrum estimatedSpectrum(const Panels& panels, std::size_t values, const Executor& executor, Progress& progress)
{
    progress.begin("finding singular values", panels.bytes() * kPasses, Unit::Bytes);
    Spectrum spectrum{.values = {}, .count = std::uint64_t(panels.side()), .energy = 0, .exact = false};
    MatrixXd basis = randomMatrix(panels.side(), std::min(panels.side(), Index(values) + kSpare)), product;
    for (int pass = 0; pass < kPasses; ++pass) {
        orthonormalize(basis, executor, progress);
        product = gramTimes(panels, basis, spectrum.energy, executor, progress);
        if (pass + 1 < kPasses)
            basis = product;
    }
    const MatrixXd held = transposedProduct(basis, product, executor, progress);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver((held + held.transpose()) / 2, Eigen::EigenvaluesOnly);
    spectrum.values = rootsOf({solver.eigenvalues().data(), std::size_t(solver.eigenvalues().size())});
    spectrum.values.resize(std::min(values, spectrum.values.size()));
    return spectrum;
}

}  // namespace

std::vector<double> Spectrum::shares() const
{
    std::vector<double> shares;
    double sum = 0;
    for (const double value : values) {
        sum += value * value;
        shares.push_back(energy > 0 ? std::min(sum / energy, 1.0) : 1.0);
    }
    return shares;
}

std::optional<std::size_t> Spectrum::countFor(double share) const
{
    const auto held = shares();
    // All values hold everything, whatever rounding says.
    const auto found = std::ranges::lower_bound(held, share);
    if (found == held.end())
        return exact && !values.empty() ? std::optional(values.size()) : std::nullopt;
    return std::size_t(found - held.begin()) + 1;
}

Spectrum spectrum(const model::Tensor& tensor, const Executor& executor, Progress& progress, const SpectrumOptions& options)
{
    const Panels panels(tensor);
    if (std::uint64_t(panels.side()) <= options.exactSide)
        return exactSpectrum(panels, executor, progress);
    return estimatedSpectrum(panels, options.estimatedValues, executor, progress);
}

Spectrum errorSpectrum(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, const Executor& executor,
                       Progress& progress)
{
    progress.begin("quantizing", tensor.bytes(), Unit::Bytes);
    const std::vector<float> errors = typeErrors(tensor, type, importance, executor, progress);
    model::Tensor matrix = tensor;
    matrix.type = quant::Type::F32;
    matrix.data = std::as_bytes(std::span(errors));
    return spectrum(matrix, executor, progress);
}

}  // namespace halftone::inspect
