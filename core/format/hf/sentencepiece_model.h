// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace halftone::format::hf {

/// The parts of SentencePiece's tokenizer.model that engines need.
struct SentencePieceModel {
    enum class Kind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };
    struct Piece {
        std::string text;
        float score = 0;
        Kind kind = Kind::Normal;
    };
    std::vector<Piece> pieces;
    bool unigram = true;  ///< trainer_spec.model_type; the other kind that matters is BPE
    bool addDummyPrefix = true;  ///< normalizer_spec.add_dummy_prefix
};

/// Reads the protocol-buffer message ModelProto (google/sentencepiece, src/sentencepiece_model.proto). Throws
/// Error{Malformed} naming the byte (without the file's name).
SentencePieceModel readSentencePiece(std::span<const std::byte> bytes);

}  // namespace halftone::format::hf
