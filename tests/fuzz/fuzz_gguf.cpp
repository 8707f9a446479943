// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/gguf_reader.h"
#include "core/format/gguf_writer.h"

#include <cstdlib>

/// Whatever the bytes: a model or an Error. What was accepted must lie within the bytes, be written without complaint
/// and read again as the same header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const auto bytes = std::as_bytes(std::span(data, size));
        const format::GgufFile file = format::readGguf(bytes);
        std::vector<format::TensorHeader> headers;
        unsigned sum = 0;
        for (const model::Tensor& tensor : file.tensors) {
            headers.push_back({tensor.name, tensor.shape, tensor.type});
            sum += unsigned(tensor.data.bytes().front()) + unsigned(tensor.data.bytes().back());
        }
        format::GgufLayout layout = format::layoutGguf(file.metadata, headers, file.version);
        if (layout.fileBytes > (std::uint64_t(1) << 24))
            return sum == 1;
        layout.header.resize(layout.fileBytes);
        const format::GgufFile again = format::readGguf(layout.header);
        if (again.tensors.size() != file.tensors.size() || again.metadata.entries().size() != file.metadata.entries().size())
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
