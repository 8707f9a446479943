// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/gguf_reader.h"
#include "core/token/tokenizer.h"

#include <cstdlib>

/// Whatever the metadata: a tokenizer or an Error. It cuts any text into ids of its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const format::GgufFile file = format::readGguf(std::as_bytes(std::span(data, size)));
        const auto tokenizer = token::Tokenizer::fromMetadata(file.metadata);
        // The end of the file is a text as good as any.
        const std::string_view tail(reinterpret_cast<const char*>(data) + size - std::min<std::size_t>(size, 200),
                                    std::min<std::size_t>(size, 200));
        for (const std::string_view text : {std::string_view("Once upon a time, 3.14 <s>\n\n  \xc3\xa9"), tail})
            for (const token::Id id : tokenizer->encode(text, {.parseSpecial = true})) {
                if (id < 0 || std::size_t(id) >= tokenizer->size())
                    std::abort();
                tokenizer->bytes(id);
            }
    } catch (const Error&) {
    }
    return 0;
}
