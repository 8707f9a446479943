// SPDX-License-Identifier: Apache-2.0
#include "core/model/warning.h"

namespace halftone::model {
namespace {

constexpr const char* kNotWritable = ", so the model can be looked at and measured, but not written as a GGUF that engines run";

}  // namespace

std::string textOf(const Warning& warning)
{
    const std::string& subject = warning.subject;
    switch (warning.kind) {
    case Warning::Kind::OtherPartsLeftOut: return "only the language model is opened; the parts for images and sound are left out";
    case Warning::Kind::ClassMissing:
        return std::string("config.json has no \"architectures\", and the model's names in GGUF are not known") + kNotWritable;
    case Warning::Kind::ClassUnknown: return "the names that a " + subject + " has in GGUF are not known" + kNotWritable;
    case Warning::Kind::TensorUnknown: return "the tensor " + subject + " has no name in GGUF" + kNotWritable;
    case Warning::Kind::SettingsLeftOut: return "generation_config.json is left out: " + subject;
    case Warning::Kind::TokenizerMissing: return "the folder has no tokenizer.json and no tokenizer.model, so the model has no tokenizer";
    case Warning::Kind::TokenizerKindUnknown:
        return "tokenizers of the kind " + subject + " are not read from tokenizer.json, so the model has no tokenizer";
    case Warning::Kind::UnigramAsPairs:
        return "tokenizer.model is a Unigram model, which engines treat as SentencePiece BPE: its tokens may differ from the model's own";
    case Warning::Kind::PreTokenizerUnknown:
        return "tokenizer.json declares a rule for cutting text that has no known name; \"default\" stands in, so tokens may differ from "
               "the "
               "model's own";
    case Warning::Kind::TokensLeftOut:
        return std::to_string(warning.count) + " tokens of the tokenizer's files are left out: the model has no weights for them";
    }
    return {};
}

}  // namespace halftone::model
