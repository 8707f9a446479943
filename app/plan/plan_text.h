// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "core/plan/plan.h"

#include <QList>
#include <QString>

#include <optional>

namespace halftone::app {

class Workspace;

// Words and small decisions that the parts of the plan page share.

QString typeText(quant::Type type);          ///< "Q4_K"
QString roleLabel(model::Role role);         ///< column header: "q", "down"
QString roleText(model::Role role);          ///< in full: "attention query"
QString shapeText(const model::Shape& shape);   ///< "768 × 256"
/// Name, types, bytes, the rule that decided, fall-back and pin of one tensor, in lines.
QString choiceText(const Workspace& workspace, int tensor);

/// What every measured type would cost this tensor, a line each: type, bytes, KL divergence with it alone. Empty where unknown.
QString typeCostsText(Workspace& workspace, int tensor);

/// Chosen for this very tensor against what the recipe says; in a recipe without a base every choice is of that kind and none
/// stands out.
bool isByHand(const Workspace& workspace, int tensor);
/// The user may choose another type for a tensor with this choice.
bool isEditable(const plan::Choice& choice);
/// Those of `tensors` that may be given another type.
QList<int> editable(const Workspace& workspace, const QList<int>& tensors);

/// The usual type of a width, as painted and typed: 2-6 the k-quants, 8 Q8_0, 16 F16. Empty for other widths.
std::optional<quant::Type> typeForBits(int bits);
/// The types a tensor can be given in the table's menu, from few bits to many.
QList<quant::Type> typesFor(const model::Tensor& tensor);

/// Chooses the usual type of this width for the editable ones of `tensors`; where its blocks do not fit the rows, the next
/// wider plain type that does. One undo step, joined to the one before when both have the same non-empty merge key.
void chooseBits(Workspace& workspace, const QList<int>& tensors, int bits, const QString& mergeKey);
/// Gives each its source's type, in one undo step.
void keepSource(Workspace& workspace, const QList<int>& tensors);
/// Pins them all, or unpins them when all are pinned.
void togglePins(Workspace& workspace, const QList<int>& tensors);

}  // namespace halftone::app
