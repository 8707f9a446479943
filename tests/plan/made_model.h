// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace halftone::test {

inline model::Shape shapeOf(std::initializer_list<std::uint64_t> extents)
{
    model::Shape shape;
    shape.rank = std::uint32_t(extents.size());
    std::copy(extents.begin(), extents.end(), shape.extent.begin());
    return shape;
}

inline model::Tensor tensorOf(std::string name, quant::Type type, const model::Shape& shape)
{
    model::Tensor tensor;
    tensor.layer = model::layerOf(name);
    tensor.role = model::roleOf(name, shape);
    tensor.name = std::move(name);
    tensor.type = type;
    tensor.shape = shape;
    return tensor;
}

/// A model without data: enough for planning.
inline model::Model modelOf(model::Metadata metadata, std::vector<model::Tensor> tensors)
{
    model::Model::Parts parts;
    parts.metadata = std::move(metadata);
    parts.tensors = std::move(tensors);
    return model::Model(std::move(parts));
}

}  // namespace halftone::test
