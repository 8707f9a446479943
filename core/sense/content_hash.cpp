// SPDX-License-Identifier: Apache-2.0
#include "core/sense/content_hash.h"

#include "core/base/executor.h"
#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/importance.h"

#include <algorithm>
#include <string>
#include <vector>

namespace halftone::sense {
namespace {

constexpr std::uint64_t kPieceBytes = 1 << 20;

/// Of each piece of a tensor, on all threads.
std::vector<std::string> pieceHashes(const model::Tensor& tensor, const Executor& executor, Progress& progress)
{
    const std::uint64_t bytes = tensor.data.size();
    std::vector<std::string> hashes(std::size_t((bytes + kPieceBytes - 1) / kPieceBytes));
    executor.forEach(hashes.size(), [&](std::size_t i) {
        progress.checkpoint();
        std::vector<std::byte> scratch;
        const auto piece = tensor.data.view(i * kPieceBytes, std::min(kPieceBytes, bytes - i * kPieceBytes), scratch);
        Hasher hasher;
        hasher.add(piece);
        hashes[i] = hasher.digest();
        progress.advance(piece.size());
    });
    return hashes;
}

}  // namespace

std::string contentHash(const model::Model& model, const Executor& executor, Progress& progress)
{
    Hasher hasher;
    for (const model::Tensor& tensor : model.tensors()) {
        hasher.add(tensor.name + '\n' + std::string(quant::name(tensor.type)));
        hasher.add(std::as_bytes(std::span(tensor.shape.extent)));
        for (const std::string& piece : pieceHashes(tensor, executor, progress))
            hasher.add(piece);
    }
    return hasher.digest();
}

std::string contentHash(const plan::ImportanceMatrix& importance)
{
    Hasher hasher;
    for (const auto& [name, columns] : importance.columns) {
        hasher.add(name + '\n');
        hasher.add(std::as_bytes(std::span(columns)));
    }
    return hasher.digest();
}

std::string contentHash(std::string_view text)
{
    Hasher hasher;
    hasher.add(text);
    return hasher.digest();
}

}  // namespace halftone::sense
