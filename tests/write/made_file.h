// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace halftone::test {

/// A tensor for a made model file, in F32.
struct MadeTensor {
    std::string name;
    model::Shape shape;
    std::vector<float> weights;
};

/// Weights between -1 and 1 from a seed, `count` of them.
std::vector<float> madeWeights(std::size_t count, unsigned seed);
model::Shape shapeOf(std::initializer_list<std::uint64_t> extents);
MadeTensor madeTensor(std::string name, std::initializer_list<std::uint64_t> extents, unsigned seed);

/// Writes a GGUF file of these tensors, stored as `type` (F32 or F16), and opens it.
std::shared_ptr<const model::Model> madeFile(const std::filesystem::path& path, const std::vector<MadeTensor>& tensors, quant::Type type = quant::Type::F32);

}  // namespace halftone::test
