// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace halftone::model {

/// What a reader is not sure of, or left out. A value, so that a window says it in its own language.
struct Warning {
    enum class Kind {
        OtherPartsLeftOut,  ///< only the language model is opened
        ClassMissing,  ///< config.json names no class, so the names in GGUF are not known
        ClassUnknown,  ///< `subject`: the class whose names in GGUF are not known
        TensorUnknown,  ///< `subject`: the first tensor without a name in GGUF
        SettingsLeftOut,  ///< `subject`: what is wrong with generation_config.json, in English
        TokenizerMissing,
        TokenizerKindUnknown,  ///< `subject`: the kind
        UnigramAsPairs,  ///< engines merge pairs where the tokenizer is a Unigram model
        PreTokenizerUnknown,  ///< "default" stands in for a rule without a name
        TokensLeftOut,  ///< `count` tokens for which there are no weights
    };
    Kind kind = Kind::OtherPartsLeftOut;
    std::string subject = {};
    std::uint64_t count = 0;
    friend bool operator==(const Warning&, const Warning&) = default;
};

/// One English sentence without a full stop.
std::string textOf(const Warning& warning);

}  // namespace halftone::model
