// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/write/journal.h"
#include "core/write/quantize_file.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <filesystem>
#include <optional>
#include <vector>

namespace halftone::test {

inline const char* const kSample = SAMPLE_DIR "/fairytale-7m-f16.gguf";

QByteArray contents(const QString& path);

/// Writes one file for each preset in one run; their names start with `out`. The work survives a death after every MiB.
std::vector<write::Report> writeFamily(const std::filesystem::path& source, const QStringList& presets, const std::filesystem::path& out,
                                       Progress& progress, write::Options options = {});
/// The sample as Q4_K_M.
write::Report writeTo(const std::filesystem::path& out, Progress& progress);

/// What a run leaves that dies as soon as so many bytes of the source are done.
write::Leftover leftByADeadRun(std::uint64_t bytes, const QString& out, const QString& source = kSample, const QString& presets = "Q4_K_M");
/// A run of its own that may be killed or has files limited to so many bytes (0: not): program and arguments for QProcess.
QStringList childArguments(const QString& out, std::uint64_t limit = 0, const QString& presets = "Q4_K_M");

/// For main(): does what the functions above start this program for. Empty in the program that the tester started.
std::optional<int> childMain(int argc, char* argv[]);

}  // namespace halftone::test
