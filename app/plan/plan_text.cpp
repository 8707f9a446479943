// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_text.h"

#include "app/widgets/format_text.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QCoreApplication>
#include <QMap>
#include <QStringList>

#include <algorithm>

namespace halftone::app {
namespace {

struct PlanText {
    Q_DECLARE_TR_FUNCTIONS(PlanText)
};

/// The usual type of this width, or the narrowest plain type of at least this width whose blocks fit the rows.
quant::Type fittingType(const model::Tensor& tensor, quant::Type usual)
{
    const int bits = quant::info(usual).bits;
    for (quant::Type type : {usual, quant::Type::Q4_0, quant::Type::Q5_0, quant::Type::Q8_0})
        if (quant::info(type).bits >= bits && tensor.shape.columns() % quant::info(type).blockSize == 0)
            return type;
    return quant::Type::F16;
}

/// One undo step for tensors that get different types.
void chooseEach(Workspace& workspace, const QMap<quint32, QList<int>>& byType, const QString& mergeKey)
{
    for (auto entry = byType.cbegin(); entry != byType.cend(); ++entry)
        workspace.chooseType(entry.value(), quant::Type(entry.key()), mergeKey);
}

/// A merge key that no other stroke has.
QString freshKey()
{
    static quint64 number = 0;   // the UI thread's alone
    return QStringLiteral("plan-%1").arg(++number);
}

}  // namespace

QString typeText(quant::Type type)
{
    const auto name = quant::name(type);
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

QString roleLabel(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::TokenEmbedding: return PlanText::tr("tok", "token embedding, column header");
    case Role::Output: return PlanText::tr("out", "output matrix, column header");
    case Role::AttentionQ: return QStringLiteral("q");
    case Role::AttentionK: return QStringLiteral("k");
    case Role::AttentionV: return QStringLiteral("v");
    case Role::AttentionQKV: return QStringLiteral("qkv");
    case Role::AttentionOutput: return QStringLiteral("o");
    case Role::FfnGate: return QStringLiteral("gate");
    case Role::FfnUp: return QStringLiteral("up");
    case Role::FfnDown: return QStringLiteral("down");
    case Role::FfnGateExperts: return PlanText::tr("gate ×", "experts' gate, column header");
    case Role::FfnUpExperts: return PlanText::tr("up ×", "experts' up, column header");
    case Role::FfnDownExperts: return PlanText::tr("down ×", "experts' down, column header");
    case Role::ExpertRouter: return PlanText::tr("router", "column header");
    case Role::Norm: return PlanText::tr("norm", "column header");
    case Role::Bias: return PlanText::tr("bias", "column header");
    case Role::RopeFactors: return QStringLiteral("rope");
    case Role::Other: return PlanText::tr("other", "column header");
    }
    return {};
}

QString roleText(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::TokenEmbedding: return PlanText::tr("token embedding");
    case Role::Output: return PlanText::tr("output matrix");
    case Role::AttentionQ: return PlanText::tr("attention query");
    case Role::AttentionK: return PlanText::tr("attention key");
    case Role::AttentionV: return PlanText::tr("attention value");
    case Role::AttentionQKV: return PlanText::tr("attention query, key and value in one");
    case Role::AttentionOutput: return PlanText::tr("attention output");
    case Role::FfnGate: return PlanText::tr("feed-forward gate");
    case Role::FfnUp: return PlanText::tr("feed-forward up");
    case Role::FfnDown: return PlanText::tr("feed-forward down");
    case Role::FfnGateExperts: return PlanText::tr("feed-forward gate of all experts");
    case Role::FfnUpExperts: return PlanText::tr("feed-forward up of all experts");
    case Role::FfnDownExperts: return PlanText::tr("feed-forward down of all experts");
    case Role::ExpertRouter: return PlanText::tr("expert router");
    case Role::Norm: return PlanText::tr("norm");
    case Role::Bias: return PlanText::tr("bias");
    case Role::RopeFactors: return PlanText::tr("rope factors");
    case Role::Other: return PlanText::tr("other");
    }
    return {};
}

QString shapeText(const model::Shape& shape)
{
    QStringList extents;
    for (std::uint32_t i = 0; i < shape.rank; ++i)
        extents << QString::number(shape.extent[i]);
    return extents.join(QStringLiteral(" × "));
}

QString choiceText(const Workspace& workspace, int tensor)
{
    const auto& shown = workspace.model()->tensors()[std::size_t(tensor)];
    QStringList lines{QString::fromStdString(shown.name)};
    if (tensor < int(workspace.plan().choices.size())) {
        const plan::Choice& choice = workspace.plan().choices[std::size_t(tensor)];
        lines << PlanText::tr("%1 → %2 · %3 → %4").arg(typeText(shown.type), typeText(choice.type), bytesText(shown.bytes()), bytesText(choice.bytes));
        lines << PlanText::tr("decided by: %1").arg(reasonText(choice, workspace.recipe()));
        if (choice.fallback)
            lines << PlanText::tr("fall-back: rows of %1 do not fit %2").arg(shown.shape.columns()).arg(typeText(choice.wanted));
    }
    if (workspace.recipe().pins.contains(shown.name))
        lines << PlanText::tr("pinned: presets leave it alone");
    return lines.join(QLatin1Char('\n'));
}

QString typeCostsText(Workspace& workspace, int tensor)
{
    const model::Shape& shape = workspace.model()->tensors()[std::size_t(tensor)].shape;
    QStringList lines;
    for (const plan::TypeError& one : workspace.forecast().divergences(tensor))
        lines << PlanText::tr("%1: %2, KL %3").arg(typeText(one.type), bytesText(quant::rowBytes(one.type, shape.columns()) * shape.rows()), numberText(one.error));
    return lines.join(QLatin1Char('\n'));
}

bool isByHand(const Workspace& workspace, int tensor)
{
    return workspace.recipe().base != "source" && workspace.plan().choices[std::size_t(tensor)].reason == plan::Reason::Exact;
}

bool isEditable(const plan::Choice& choice)
{
    return choice.reason != plan::Reason::NotQuantizable && choice.reason != plan::Reason::Impossible;
}

QList<int> editable(const Workspace& workspace, const QList<int>& tensors)
{
    QList<int> kept;
    std::copy_if(tensors.begin(), tensors.end(), std::back_inserter(kept), [&](int i) {
        return i >= 0 && i < int(workspace.plan().choices.size()) && isEditable(workspace.plan().choices[std::size_t(i)]);
    });
    return kept;
}

std::optional<quant::Type> typeForBits(int bits)
{
    switch (bits) {
    case 2: return quant::Type::Q2_K;
    case 3: return quant::Type::Q3_K;
    case 4: return quant::Type::Q4_K;
    case 5: return quant::Type::Q5_K;
    case 6: return quant::Type::Q6_K;
    case 8: return quant::Type::Q8_0;
    case 16: return quant::Type::F16;
    default: return std::nullopt;
    }
}

QList<quant::Type> typesFor(const model::Tensor& tensor)
{
    QList<quant::Type> types;
    for (const quant::TypeInfo& type : quant::allTypes())
        if (type.type == tensor.type || (type.canQuantize && !type.needsImportance && tensor.shape.columns() % type.blockSize == 0))
            types.append(type.type);
    std::stable_sort(types.begin(), types.end(), [](auto a, auto b) { return quant::info(a).bitsPerWeight() < quant::info(b).bitsPerWeight(); });
    return types;
}

void chooseBits(Workspace& workspace, const QList<int>& tensors, int bits, const QString& mergeKey)
{
    const auto type = typeForBits(bits);
    if (!type)
        return;
    QMap<quint32, QList<int>> byType;
    for (int i : editable(workspace, tensors))
        byType[quint32(fittingType(workspace.model()->tensors()[std::size_t(i)], *type))].append(i);
    chooseEach(workspace, byType, mergeKey.isEmpty() ? freshKey() : mergeKey);
}

void keepSource(Workspace& workspace, const QList<int>& tensors)
{
    QMap<quint32, QList<int>> byType;
    for (int i : editable(workspace, tensors))
        byType[quint32(workspace.model()->tensors()[std::size_t(i)].type)].append(i);
    chooseEach(workspace, byType, freshKey());
}

void togglePins(Workspace& workspace, const QList<int>& tensors)
{
    const QList<int> chosen = editable(workspace, tensors);
    if (chosen.isEmpty())
        return;
    const bool all = std::all_of(chosen.begin(), chosen.end(), [&](int i) {
        return workspace.recipe().pins.contains(workspace.model()->tensors()[std::size_t(i)].name);
    });
    workspace.setPinned(chosen, !all);
}

}  // namespace halftone::app
