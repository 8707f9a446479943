// SPDX-License-Identifier: Apache-2.0
#include "core/backend/backend.h"

#include "core/base/error.h"
#include "core/quant/codec.h"

namespace halftone::backend {

std::size_t Rows::count() const
{
    const quant::TypeInfo& info = quant::info(packed.type);
    return packed.bytes.empty() ? weights.size() : packed.bytes.size() / info.blockBytes * info.blockSize;
}

std::span<const float> Rows::run(std::size_t first, std::size_t count, std::vector<float>& scratch) const
{
    if (packed.bytes.empty())
        return weights.subspan(first, count);
    const std::size_t block = quant::info(packed.type).blockSize;
    const std::size_t begin = first / block * block, end = (first + count + block - 1) / block * block;
    scratch.resize(end - begin);
    const std::uint64_t offset = quant::rowBytes(packed.type, begin);
    quant::dequantize(packed.type, packed.bytes.subspan(offset, quant::rowBytes(packed.type, end) - offset), scratch);
    const std::span<const float> wanted = std::span<const float>(scratch).subspan(first - begin, count);
    if (quant::findNonFinite(wanted) != wanted.size())
        throw Error(ErrorCode::Malformed, "a weight is no finite number");
    return wanted;
}

}  // namespace halftone::backend
