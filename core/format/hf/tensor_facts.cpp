// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/tensor_facts.h"

#include "core/base/error.h"
#include "core/format/bounded_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace halftone::format::hf {

using quant::Type;

namespace {

/// Parts of a multimodal model that are not the language model.
constexpr std::array<std::string_view, 9> kOtherParts{"vision_tower.", "vision_model.",    "visual.",
                                                      "audio_tower.",  "audio.",           "multi_modal_projector.",
                                                      "mm_projector.", "model.connector.", "image_newline"};

}  // namespace

std::string languageName(std::string name)
{
    for (const std::string_view part : kOtherParts)
        if (name.find(part) != std::string::npos)
            return {};
    for (const std::string_view wrapper : {std::string_view("language_model."), std::string_view("text_model.")})
        if (const std::size_t at = name.find(wrapper); at != std::string::npos)
            name.erase(at, wrapper.size());
    return name;
}

model::Shape shapeOf(const SafeTensor& tensor)
{
    model::Shape shape;
    shape.rank = std::clamp<std::uint32_t>(std::uint32_t(tensor.shape.size()), 1, std::uint32_t(shape.extent.size()));
    for (std::size_t i = 0; i < tensor.shape.size(); ++i)
        shape.extent[std::min<std::size_t>(i, 3)] *= tensor.shape[tensor.shape.size() - 1 - i];
    if (shape.elements() == 0)
        throw Error(
            ErrorCode::Malformed,
            {.problem = "a dimension is 0", .place = "tensor " + printable(tensor.name), .advice = "take another file of the model"});
    return shape;
}

Type typeOf(Dtype dtype)
{
    switch (dtype) {
    case Dtype::F64: return Type::F64;
    case Dtype::F32: return Type::F32;
    case Dtype::F16: return Type::F16;
    case Dtype::BF16:
    case Dtype::F8E4M3: return Type::BF16;
    case Dtype::I64: return Type::I64;
    case Dtype::I32: return Type::I32;
    case Dtype::I16: return Type::I16;
    case Dtype::I8:
    case Dtype::U8:
    case Dtype::Bool: return Type::I8;
    }
    return Type::F32;
}

bool staysFloat(const std::string& name, std::uint32_t rank)
{
    return rank <= 1 || name.ends_with("_norm.weight") || name.ends_with("ffn_gate_inp.weight")
        || name.ends_with("ffn_gate_inp_shexp.weight") || name == "position_embd.weight" || !name.ends_with(".weight");
}

}  // namespace halftone::format::hf
