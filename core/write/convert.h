// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"
#include "core/write/pieces.h"

#include <span>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::backend {
class Backend;
}

namespace halftone::write {

/// A tensor on its way into another type.
struct Conversion {
    const model::Tensor& tensor;
    quant::Type type;
    std::uint64_t unit;  ///< see unitOf()
    std::span<const float> importance;  ///< one value per column and expert, or empty
};

/// Packs a piece of the tensor into `packed`, which has exactly the bytes. Returns the sum of squared errors. The result is
/// the same for any number of threads. Throws Error{Malformed} naming tensor, row and column of a weight that is no finite
/// number, Error{Usage} for one too large for the type, Error{Cancelled}.
double convertPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<std::byte> packed,
                    const Executor& executor, Progress& progress);

/// The same bytes made by `backend`, whose canQuantize() says that it can: it gets the piece as it is and unpacks it itself. The two
/// functions together are convertPiece(); errorOfPiece() may run while the next piece is packed.
void packPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<std::byte> packed,
               backend::Backend& backend, const Executor& executor, Progress& progress);
double errorOfPiece(const Conversion& conversion, const Piece& piece, std::span<const std::byte> source, std::span<const std::byte> packed,
                    const Executor& executor, Progress& progress);

/// As convertPiece() for a run of weights from `firstWeight` on (whole units), on this thread alone: `source` into `weights` into
/// `packed`.
void repack(const Conversion& conversion, std::uint64_t firstWeight, std::span<const std::byte> source, std::span<float> weights,
            std::span<std::byte> packed);

/// The sum of squared differences between a piece of a tensor and the same one of another file, both decoded. Throws
/// Error{Malformed} where a weight of the other file is no finite number.
double squaredErrorOf(const model::Tensor& source, const model::Tensor& output, const Piece& piece, std::span<const std::byte> sourceBytes,
                      std::span<const std::byte> outputBytes, const Executor& executor, Progress& progress);

/// Throws Error{Malformed} like convertPiece() when the piece holds a weight that is no finite number.
void requireFinite(const model::Tensor& tensor, const Piece& piece, std::span<const std::byte> source, const Executor& executor,
                   Progress& progress);

}  // namespace halftone::write
