// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/plan/plan.h"

#include <QString>

namespace halftone {
class Error;
}

namespace halftone::app {

// How numbers and things of core read in the window: localised, translated.

QString bytesText(quint64 bytes);             ///< "14.8 MB" (decimal units, three significant digits)
QString exactBytesText(quint64 bytes);        ///< "14,831,168 bytes"
QString countText(quint64 count);             ///< "196,608"
QString bitsPerWeightText(double bpw);        ///< "5.12 bits / weight"
QString speedText(double tokensPerSecond);    ///< "41.3 tokens / s"
QString durationText(double seconds);         ///< "2:10"
QString rateText(const Progress::Snapshot& snapshot, double perSecond);  ///< "612 MB/s", "41 tensors/s"
QString numberText(double value);             ///< four significant digits, "−0.0123"
QString stageText(const std::string& stage);
QString stageText(const Progress::Snapshot& snapshot);   ///< "quantizing, bound by writing"
QString reasonText(const plan::Choice& choice, const plan::Recipe& recipe);   ///< "preset rule for ffn_down"
QString errorText(const Error& error);        ///< sentence with file, reason and next step
QString chipText(quant::Type type);           ///< what a chip shows: "6", "F16"

}  // namespace halftone::app
