// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace halftone {
class Progress;
}
namespace halftone::model {
class Model;
}

namespace halftone::cli {

class Console;

/// How fast each type runs, and on what.
struct MachineSpeeds {
    plan::DecodeSpeeds speeds;
    std::string device = "CPU";
    std::optional<std::uint64_t> roomBytes = {};  ///< for weights in the device's memory; none: they are in the machine's own
};

/// How fast what --device means runs each type in matrices like the model's: from the user's cache folder, or measured now and kept
/// there. `anew` measures whatever is kept. A device that fails is an Error where it was asked for, else a note, and the CPU's speeds.
MachineSpeeds speedsOfThisMachine(const std::shared_ptr<const model::Model>& model, bool anew, Console& console, Progress& progress);

}  // namespace halftone::cli
