// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
struct Tensor;
}

namespace halftone::inspect {

/// The singular values of a matrix: how few directions hold how much of it. Its energy is the sum of its squared weights, which
/// is also that of its squared singular values; the best matrix of rank k leaves out the values behind the k-th.
struct Spectrum {
    std::vector<double> values;  ///< descending; all, or only the first
    std::uint64_t count = 0;  ///< of all: the smaller side of the matrix
    double energy = 0;  ///< of all
    /// Otherwise `values` are estimates from below, which are close where the spectrum falls off and lag where it is flat.
    bool exact = true;

    /// Share of the energy in the first k values, for k = 1, 2, ... values.size(); ascending, at most 1.
    std::vector<double> shares() const;
    /// How many values hold this share of the energy; empty where more than the known ones do.
    std::optional<std::size_t> countFor(double share) const;
};

/// Matrices up to this smaller side are decomposed exactly; of larger ones the first kEstimatedValues are estimated.
inline constexpr std::uint64_t kExactSide = 4096;
inline constexpr std::size_t kEstimatedValues = 128;

struct SpectrumOptions {
    std::uint64_t exactSide = kExactSide;
    std::size_t estimatedValues = kEstimatedValues;
};

/// Exact: the Gram matrix of the smaller side, in double precision, and its eigenvalues; values below about 1e-8 of the largest
/// drown in rounding. Otherwise: randomized subspace iteration (Halko, Martinsson, Tropp: Finding structure with randomness, 2011).
/// Dimensions above the second are stacked as rows. Weights that are not finite count as 0. The result does not depend on the
/// number of threads. Holds a square of the smaller side in memory, or a panel and a subspace. Throws Error{Unsupported} for a type that
/// cannot be read here, Error{Malformed} for a tensor without data, Error{Cancelled} within 100 ms.
Spectrum spectrum(const model::Tensor& tensor, const Executor& executor, Progress& progress, const SpectrumOptions& options = {});

/// Of what a type changes: of w' - w. `importance` is empty or has one weight per column. Holds all of w' - w in memory.
Spectrum errorSpectrum(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, const Executor& executor,
                       Progress& progress);

}  // namespace halftone::inspect
