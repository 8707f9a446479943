// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace halftone::test {

/// From here on this process may mount what others never see and what goes with it. Call it before there is a second thread.
/// Empty, or why the system allows no such thing.
QString ownMounts();

/// A small disk in memory at an empty folder. False if it cannot be mounted. Needs ownMounts().
bool mountSmallDisk(const QString& folder, std::uint64_t bytes);
bool unmountSmallDisk(const QString& folder);

}  // namespace halftone::test
