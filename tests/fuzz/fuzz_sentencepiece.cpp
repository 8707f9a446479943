// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/hf/sentencepiece_model.h"

#include <cmath>
#include <cstdlib>

/// Whatever the bytes of a tokenizer.model: pieces with scores that are numbers, no more than bytes, or an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const auto model = format::hf::readSentencePiece(std::as_bytes(std::span(data, size)));
        std::size_t text = 0;
        for (const auto& piece : model.pieces) {
            text += piece.text.size();
            if (std::isnan(piece.score))
                std::abort();
        }
        if (text > size || model.pieces.size() > size)
            std::abort();
    } catch (const Error&) {
    }
    return 0;
}
