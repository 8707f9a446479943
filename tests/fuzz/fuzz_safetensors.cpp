// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/safetensors.h"

#include <cstdint>
#include <cstdlib>

/// Whatever the bytes: a list of tensors that covers the data from end to end, or an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const auto bytes = std::as_bytes(std::span(data, size));
        std::uint64_t covered = 0;
        for (const format::SafeTensor& tensor : format::readSafetensors(bytes)) {
            if (tensor.offset > size || tensor.bytes > size - tensor.offset)
                std::abort();
            covered += tensor.bytes;
        }
        std::uint64_t header = 0;
        for (unsigned i = 0; i < 8; ++i)
            header |= std::uint64_t(data[i]) << (8 * i);
        if (covered != size - 8 - header)
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
