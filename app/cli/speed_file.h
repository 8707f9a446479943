// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"

#include <memory>

namespace halftone {
class Progress;
}
namespace halftone::model {
class Model;
}

namespace halftone::cli {

class Console;

/// How fast this machine runs each type in matrices like the model's: from the user's cache folder, or measured now and kept
/// there. `anew` measures whatever is kept.
plan::DecodeSpeeds speedsOfThisMachine(const std::shared_ptr<const model::Model>& model, bool anew, Console& console, Progress& progress);

}  // namespace halftone::cli
