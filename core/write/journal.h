// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace halftone::write {

/// What a long run notes beside its unfinished output ("NAME.part.json" beside "NAME.part"), so that another run can go on
/// where a dead one stopped.
struct Journal {
    std::string fingerprint;      ///< of sources, plan, importance and program: another one makes other bytes
    std::uint64_t bytes = 0;      ///< of the unfinished output that are surely on the disk; a whole number of pieces
    std::vector<double> errors;   ///< sum of squared errors of each tensor up to there
};

/// Replaces the journal of `destination`, whole or not at all. Throws Error{System | DiskFull}.
void writeJournal(const std::filesystem::path& destination, const Journal& journal);
/// Empty where there is none, or none that can be read: the run then starts over.
std::optional<Journal> readJournal(const std::filesystem::path& destination);
/// With what a death while it was written left of it.
void removeJournal(const std::filesystem::path& destination);

/// An unfinished output that a dead run left.
struct Leftover {
    std::filesystem::path file;
    std::uint64_t bytes = 0;      ///< that a run of the same source, plan and importance need not write again; 0: it starts over
};
/// Also true of a run that is still writing.
std::optional<Leftover> findLeftover(const std::filesystem::path& destination);
/// Throws Error{System}.
void removeLeftover(const std::filesystem::path& destination);

}  // namespace halftone::write
