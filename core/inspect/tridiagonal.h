// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::inspect {

/// A symmetric matrix with nothing but its diagonal and the values beside it.
struct Tridiagonal {
    std::vector<double> diagonal;
    std::vector<double> below;  ///< one fewer
};

/// Ascending. Implicit QR steps with Wilkinson's shift (Golub, Van Loan: Matrix Computations, section 8.3); the time grows with the
/// square of the size. Throws Error{Unsupported} for values that are not finite, Error{Cancelled}.
std::vector<double> eigenvalues(Tridiagonal matrix, Progress& progress);

}  // namespace halftone::inspect
