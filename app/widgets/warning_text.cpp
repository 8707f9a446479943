// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/warning_text.h"

#include "app/widgets/format_text.h"

#include <QCoreApplication>

namespace halftone::app {
namespace {

struct WarningText {
    Q_DECLARE_TR_FUNCTIONS(WarningText)
};

QString notWritable(const QString& why)
{
    return WarningText::tr("%1, so the model can be looked at and measured, but not written as a GGUF that engines run").arg(why);
}

}  // namespace

QString warningText(const model::Warning& warning)
{
    using Kind = model::Warning::Kind;
    const QString subject = QString::fromStdString(warning.subject);
    switch (warning.kind) {
    case Kind::OtherPartsLeftOut: return WarningText::tr("Only the language model is opened; the parts for images and sound are left out");
    case Kind::ClassMissing:
        return notWritable(WarningText::tr("config.json has no \"architectures\", and the model's names in GGUF are not known"));
    case Kind::ClassUnknown: return notWritable(WarningText::tr("The names that a %1 has in GGUF are not known").arg(subject));
    case Kind::TensorUnknown: return notWritable(WarningText::tr("The tensor %1 has no name in GGUF").arg(subject));
    case Kind::SettingsLeftOut: return WarningText::tr("generation_config.json is left out: %1").arg(subject);
    case Kind::TokenizerMissing:
        return WarningText::tr("The folder has no tokenizer.json and no tokenizer.model, so the model has no tokenizer");
    case Kind::TokenizerKindUnknown:
        return WarningText::tr("Tokenizers of the kind %1 are not read from tokenizer.json, so the model has no tokenizer").arg(subject);
    case Kind::UnigramAsPairs:
        return WarningText::tr("tokenizer.model is a Unigram model, which engines treat as SentencePiece BPE: its tokens may differ from "
                               "the model's own");
    case Kind::PreTokenizerUnknown:
        return WarningText::tr("tokenizer.json declares a rule for cutting text that has no known name; \"default\" stands in, so tokens "
                               "may differ from the model's own");
    case Kind::TokensLeftOut:
        return WarningText::tr("%1 tokens of the tokenizer's files are left out: the model has no weights for them")
            .arg(countText(warning.count));
    }
    return {};
}

}  // namespace halftone::app
