// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sense/sensitivity.h"

#include <string>
#include <vector>

namespace halftone::cli {

/// Errors name the file.
sense::Sensitivity readSensitivity(const std::string& path);
void writeSensitivity(const sense::Sensitivity& figures, const std::string& path);
void writeTextFile(const std::string& text, const std::string& path);

}  // namespace halftone::cli
