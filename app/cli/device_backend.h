// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/backend.h"

#include <memory>

namespace halftone::cli {

class Console;

/// What --device names, to quantize with; null: the CPU. A device that cannot be opened is an Error where it was asked for, else a note.
std::unique_ptr<backend::Backend> openDevice(Console& console);

/// "CPU" without a backend.
std::string nameOf(const std::unique_ptr<backend::Backend>& backend);

}  // namespace halftone::cli
