// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/format/gguf_writer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace halftone::test {

// The largest models that Halftone promises to handle, made in a moment: what is large is the count, not the weights.
inline constexpr int kMostTensors = 10'000, kMostLayers = 300, kMostExperts = 512, kMostTokens = 1'000'000, kMostShards = 100;
inline constexpr std::size_t kLongestText = 65'536;  ///< bytes of a name
inline constexpr std::uint64_t kLargestFile = std::uint64_t(100) << 30;  ///< bytes

/// Metadata of a llama with so many layers.
model::Metadata limitMetadata(int layers);
format::TensorHeader f16(std::string name, std::initializer_list<std::uint64_t> extents);

/// Weights of a made file: F16 numbers between 1/16 and 1/2 that follow from their place, or a hole that takes no room on the disk.
enum class Weights { Made, Hole };
void writeModel(const std::filesystem::path& path, const model::Metadata& metadata, const std::vector<format::TensorHeader>& tensors,
                Weights weights = Weights::Made);

/// kMostTensors tensors, most of them in kMostLayers layers.
void writeManyTensors(const std::filesystem::path& path);
/// One layer whose three feed-forward tensors hold kMostExperts experts each.
void writeManyExperts(const std::filesystem::path& path);
/// kLargestFile bytes of weights in a hole.
void writeLargeFile(const std::filesystem::path& path);
/// A model in kMostShards files "NAME-00001-of-00100.gguf" with a tensor each; returns their paths.
std::vector<std::filesystem::path> writeManyShards(const std::filesystem::path& folder);
/// A vocabulary of kMostTokens tokens for a tokenizer of this kind of GGUF ("gpt2", "llama", "t5", "bert").
void writeManyTokens(const std::filesystem::path& path, const std::string& kind);

}  // namespace halftone::test
