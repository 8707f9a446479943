// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/type.h"

#include <QIcon>

#include <functional>
#include <optional>

class QMenu;

namespace halftone::app {

/// The type that stands for a width: 2 is Q2_K, 8 is Q8_0. Empty for a width that has none.
std::optional<quant::Type> typeOfBits(int bits);
/// A square in the colour of the bits, for menus.
QIcon bitsIcon(int bits);
/// Adds every type that can be made, from many bits to few, a line between widths.
void addTypeActions(QMenu& menu, const std::function<void(quant::Type)>& chosen);

}  // namespace halftone::app
