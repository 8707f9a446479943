// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/format_text.h"

#include "core/base/error.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace halftone::app {
namespace {

struct FormatText {
    Q_DECLARE_TR_FUNCTIONS(FormatText)
};

/// What a user reads first of an error, by its code; the particulars follow.
QString sentence(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage: return FormatText::tr("This cannot be done as asked.");
    case ErrorCode::SameFile: return FormatText::tr("The output would overwrite its own source.");
    case ErrorCode::Malformed: return FormatText::tr("The file is damaged or not what its name says.");
    case ErrorCode::Unsupported: return FormatText::tr("The file is sound, but this cannot be done with it yet.");
    case ErrorCode::System: return FormatText::tr("The disk or the system refused.");
    case ErrorCode::DiskFull: return FormatText::tr("There is not enough room on the disk.");
    case ErrorCode::OutOfMemory: return FormatText::tr("There is not enough memory.");
    case ErrorCode::Cancelled: return FormatText::tr("Cancelled.");
    }
    return {};
}

QString nextStep(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Malformed: return FormatText::tr("Download or copy it again.");
    case ErrorCode::SameFile: return FormatText::tr("Choose another name.");
    case ErrorCode::DiskFull: return FormatText::tr("Free some space or choose another disk.");
    case ErrorCode::OutOfMemory: return FormatText::tr("Close other programs or use a smaller model.");
    case ErrorCode::System: return FormatText::tr("Check the folder and its permissions.");
    default: return {};
    }
}

}  // namespace

QString bytesText(quint64 bytes)
{
    // Three digits at least, from megabytes on: models differ in the second one after the point.
    double shown = double(bytes);
    while (shown >= 999.5)
        shown /= 1000;
    const int digits = bytes < 1000 ? 0 : bytes >= 1'000'000 && shown < 9.995 ? 2 : 1;
    return QLocale().formattedDataSize(qint64(bytes), digits, QLocale::DataSizeSIFormat);
}

QString exactBytesText(quint64 bytes)
{
    return FormatText::tr("%1 bytes").arg(QLocale().toString(bytes));
}

QString countText(quint64 count)
{
    return QLocale().toString(count);
}

QString bitsPerWeightText(double bpw)
{
    return FormatText::tr("%1 bits / weight").arg(QLocale().toString(bpw, 'f', 2));
}

QString speedText(double tokensPerSecond)
{
    const int digits = tokensPerSecond < 9.995 ? 2 : tokensPerSecond < 99.95 ? 1 : 0;
    return FormatText::tr("%1 tokens / s").arg(QLocale().toString(tokensPerSecond, 'f', digits));
}

QString durationText(double seconds)
{
    const auto whole = qint64(std::ceil(std::max(0.0, seconds)));
    const QString minutes = whole >= 3600 ? QStringLiteral("%1:%2").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
                                          : QString::number(whole / 60);
    return QStringLiteral("%1:%2").arg(minutes).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString rateText(const Progress::Snapshot& snapshot, double perSecond)
{
    if (!(perSecond > 0))
        return {};
    const QLocale locale;
    const QString number = locale.toString(perSecond, 'f', perSecond < 10 ? 1 : 0);
    switch (snapshot.unit) {
    case Unit::Bytes: return FormatText::tr("%1/s").arg(bytesText(quint64(perSecond)));
    case Unit::Weights: return FormatText::tr("%1 million weights/s").arg(locale.toString(perSecond / 1e6, 'f', 1));
    case Unit::Tensors: return FormatText::tr("%1 tensors/s").arg(number);
    case Unit::Tokens: return FormatText::tr("%1 tokens/s").arg(number);
    }
    return {};
}

QString numberText(double value)
{
    const double magnitude = std::abs(value);
    if (!std::isfinite(value))
        return value > 0 ? QStringLiteral("∞") : value < 0 ? QStringLiteral("−∞") : FormatText::tr("not a number");
    QString text = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e6) ? QLocale().toString(value, 'g', 4).toLower()
                                                                            : QLocale().toString(value, 'f',
                                                                                                 magnitude >= 100      ? 1
                                                                                                     : magnitude >= 10 ? 2
                                                                                                     : magnitude >= 1  ? 3
                                                                                                                       : 4);
    return text.replace(QLatin1Char('-'), QStringLiteral("−"));
}

QString stageText(const std::string& stage)
{
    // The stages that core's jobs report, in their translation.
    static constexpr std::pair<const char*, const char*> kStages[] = {
        {"reading", QT_TRANSLATE_NOOP("FormatText", "reading")},
        {"quantizing", QT_TRANSLATE_NOOP("FormatText", "quantizing")},
        {"computing", QT_TRANSLATE_NOOP("FormatText", "computing")},
        {"writing", QT_TRANSLATE_NOOP("FormatText", "writing")},
        {"verifying", QT_TRANSLATE_NOOP("FormatText", "verifying")},
        {"checking what an earlier run wrote", QT_TRANSLATE_NOOP("FormatText", "checking what an earlier run wrote")},
        {"generating", QT_TRANSLATE_NOOP("FormatText", "generating")},
        {"measuring perplexity", QT_TRANSLATE_NOOP("FormatText", "measuring perplexity")},
        {"measuring speeds", QT_TRANSLATE_NOOP("FormatText", "measuring speeds")},
        {"measuring variants", QT_TRANSLATE_NOOP("FormatText", "measuring variants")},
        {"writing a text", QT_TRANSLATE_NOOP("FormatText", "writing a text")},
        {"measuring divergence", QT_TRANSLATE_NOOP("FormatText", "measuring divergence")},
        {"finding singular values", QT_TRANSLATE_NOOP("FormatText", "finding singular values")},
    };
    for (const auto& [key, text] : kStages)
        if (stage == key)
            return FormatText::tr(text);
    return QString::fromStdString(stage);
}

QString stageText(const Progress::Snapshot& snapshot)
{
    const QString stage = stageText(snapshot.stage);
    return snapshot.note.empty() ? stage : FormatText::tr("%1, bound by %2").arg(stage, stageText(snapshot.note));
}

QString reasonText(const plan::Choice& choice, const plan::Recipe& recipe)
{
    using plan::Reason;
    switch (choice.reason) {
    case Reason::NotQuantizable: return FormatText::tr("kept: norms, vectors and the like are never quantized");
    case Reason::KeepsSource: return FormatText::tr("kept as it is");
    case Reason::PresetBase: return FormatText::tr("the preset's main type");
    case Reason::PresetOutput: return FormatText::tr("preset rule for the output matrix");
    case Reason::PresetTiedOutput: return FormatText::tr("preset rule for the output: the embedding is the output too");
    case Reason::PresetEmbedding: return FormatText::tr("preset rule for the token embedding");
    case Reason::PresetAttentionV: return FormatText::tr("preset rule for attn_v");
    case Reason::PresetAttentionK: return FormatText::tr("preset rule for attn_k");
    case Reason::PresetAttentionQKV: return FormatText::tr("preset rule for attn_qkv");
    case Reason::PresetAttentionOutput: return FormatText::tr("preset rule for attn_output");
    case Reason::PresetFfnDown: return FormatText::tr("preset rule for ffn_down");
    case Reason::PresetFfnGate: return FormatText::tr("preset rule for ffn_gate");
    case Reason::PresetFfnUp: return FormatText::tr("preset rule for ffn_up");
    case Reason::Pure: return FormatText::tr("every matrix alike");
    case Reason::Rule:
        return choice.rule >= 0 && choice.rule < int(recipe.rules.size())
            ? FormatText::tr("pattern %1").arg(QString::fromStdString(recipe.rules[std::size_t(choice.rule)].pattern))
            : FormatText::tr("a pattern");
    case Reason::Exact: return recipe.base == "source" ? FormatText::tr("chosen tensor by tensor") : FormatText::tr("chosen by hand");
    case Reason::Impossible: return FormatText::tr("copied: its type cannot be read here yet");
    }
    return {};
}

QString errorText(const Error& error)
{
    QString text = sentence(error.code());
    QString particulars = QString::fromStdString(error.problem());
    if (!error.place().empty())
        particulars += QStringLiteral(", ") + QString::fromStdString(error.place());
    if (!particulars.isEmpty() && error.code() != ErrorCode::Cancelled)
        text += QLatin1Char(' ') + particulars[0].toUpper() + particulars.mid(1) + QLatin1Char('.');
    const QString step = error.advice().empty() ? nextStep(error.code()) : QString::fromStdString(error.advice());
    if (!step.isEmpty())
        text += QLatin1Char(' ') + step[0].toUpper() + step.mid(1) + (step.endsWith(QLatin1Char('.')) ? QString() : QStringLiteral("."));
    return text;
}

QString chipText(quant::Type type)
{
    const auto& info = quant::info(type);
    return info.isFloat() || info.family == quant::Family::Integer ? QString::fromUtf8(info.name.data(), qsizetype(info.name.size()))
                                                                   : QString::number(info.bits);
}

}  // namespace halftone::app
