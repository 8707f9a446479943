// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/channels.h"
#include "core/inspect/spectrum.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace halftone::cli {

/// The strongest rows and columns, by their mean and by their largest |w|, each also as a multiple of the median.
nlohmann::json channelsJson(const inspect::Channels& channels);
std::string channelsText(const inspect::Channels& channels);

/// The singular values, and how many of them hold 50, 90 and 99 % of the energy; null where more than the known ones do.
nlohmann::json spectrumJson(const inspect::Spectrum& spectrum);
std::string spectrumText(const inspect::Spectrum& spectrum);

}  // namespace halftone::cli
