// SPDX-License-Identifier: Apache-2.0
#include "core/sense/content_hash.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/importance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

namespace halftone::sense {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::size_t kLanes = 4;  // independent multiplications keep up with the memory

// Odd constants with bits well spread: the fractional parts of the golden ratio and of the square roots of 2 and 3.
constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15, kStep = 0x6a09e667f3bcc909, kFinish = 0xbb67ae8584caa73b;

std::uint64_t step(std::uint64_t hash, std::uint64_t word)
{
    return std::rotl(hash ^ (word * kMix), 31) * kStep;
}

std::uint64_t wordAt(const std::byte* bytes)
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

std::uint64_t hashText(std::string_view text)
{
    return hashBytes(std::as_bytes(std::span(text)));
}

std::string hex(std::uint64_t hash)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4)
        text += kDigits[(hash >> shift) & 15];
    return text;
}

}  // namespace

std::uint64_t hashBytes(std::span<const std::byte> bytes)
{
    std::array<std::uint64_t, kLanes> lanes{1, 2, 3, 4};
    std::size_t at = 0;
    for (; at + 8 * kLanes <= bytes.size(); at += 8 * kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] = step(lanes[lane], wordAt(bytes.data() + at + 8 * lane));
    std::uint64_t hash = bytes.size();
    for (const std::uint64_t lane : lanes)
        hash = step(hash, lane);
    for (; at < bytes.size(); ++at)
        hash = step(hash, std::uint64_t(bytes[at]));
    hash = (hash ^ (hash >> 32)) * kFinish;
    return hash ^ (hash >> 29);
}

std::string contentHash(const model::Model& model, const Executor& executor, Progress& progress)
{
    std::uint64_t hash = 0;
    for (const model::Tensor& tensor : model.tensors()) {
        hash = step(hash, hashText(tensor.name));
        hash = step(hash, std::uint64_t(tensor.type));
        for (const std::uint64_t extent : tensor.shape.extent)
            hash = step(hash, extent);
        std::vector<std::uint64_t> pieces((tensor.data.size() + kPieceBytes - 1) / kPieceBytes);
        executor.forEach(pieces.size(), [&](std::size_t i) {
            progress.checkpoint();
            const auto piece = tensor.data.subspan(i * kPieceBytes, std::min(kPieceBytes, tensor.data.size() - i * kPieceBytes));
            pieces[i] = hashBytes(piece);
            progress.advance(piece.size());
        });
        for (const std::uint64_t piece : pieces)
            hash = step(hash, piece);
    }
    return hex(hash);
}

std::string contentHash(const plan::ImportanceMatrix& importance)
{
    std::uint64_t hash = 0;
    for (const auto& [name, columns] : importance.columns) {
        hash = step(hash, hashText(name));
        hash = step(hash, hashBytes(std::as_bytes(std::span(columns))));
    }
    return hex(hash);
}

std::string contentHash(std::string_view text)
{
    return hex(hashText(text));
}

}  // namespace halftone::sense
