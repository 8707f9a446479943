// SPDX-License-Identifier: Apache-2.0
#include "core/write/tensor_hash.h"

#include "core/model/model.h"
#include "core/plan/output_header.h"

namespace halftone::write {
namespace {

constexpr std::string_view kScheme = "xxh3-128:";
static_assert(kScheme.size() + 32 == plan::kNoTensorHash.size(), "the value takes the place of the one that held it");

}  // namespace

void TensorHash::add(std::string_view name, quant::Type type, const model::Shape& shape, std::string_view digest)
{
    m_lines.add(name);
    m_lines.add(" ");
    m_lines.add(quant::name(type));
    std::string_view before = " ";
    for (const std::uint64_t extent : shape.extent) {
        m_lines.add(before);
        m_lines.add(std::to_string(extent));
        before = "x";
    }
    m_lines.add(" ");
    m_lines.add(digest);
    m_lines.add("\n");
}

std::string TensorHash::text() const
{
    return std::string(kScheme) + m_lines.digest();
}

std::optional<std::string> storedTensorHash(const model::Model& model)
{
    const auto stored = model.metadata().string(plan::kTensorHashKey);
    return stored ? std::optional(std::string(*stored)) : std::nullopt;
}

}  // namespace halftone::write
