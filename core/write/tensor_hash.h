// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/hash.h"
#include "core/quant/type.h"

#include <optional>
#include <string>
#include <string_view>

namespace halftone::model {
class Model;
struct Shape;
}  // namespace halftone::model

namespace halftone::write {

/// What the data of all tensors of a file come to, in one text that the file's metadata carry (plan::kTensorHashKey). It
/// holds whatever becomes of other metadata, alignment or a split, and does not depend on threads or instruction sets.
///
/// XXH3 (128 bits) of one line for each tensor in the file's order, "NAME TYPE E0xE1xE2xE3 DIGEST\n", where E0 is the length
/// of a row and DIGEST is the XXH3 of the tensor's data, 32 hexadecimal digits as `xxhsum -H2` prints them.
class TensorHash {
public:
    void add(std::string_view name, quant::Type type, const model::Shape& shape, std::string_view digest);
    /// "xxh3-128:" and 32 digits.
    std::string text() const;

private:
    Hasher m_lines;
};

/// What the file's metadata say of it. Empty where they say nothing.
std::optional<std::string> storedTensorHash(const model::Model& model);

}  // namespace halftone::write
