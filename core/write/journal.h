// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace halftone::write {

/// A tensor of an output that is complete, with everything its bytes depend on but the program. Digests are those of Hasher.
struct FinishedTensor {
    std::string name;
    quant::Type sourceType, type;
    std::string importance;  ///< digest of its importance weights, empty without
    std::string source;  ///< digest of the bytes it was made from
    std::string digest;  ///< of its own bytes
    std::uint64_t offset = 0;  ///< in the unfinished output
    std::uint64_t bytes = 0;
    double squaredError = 0;  ///< summed over its weights, as measured while it was quantized
};

/// What a long run notes beside its unfinished output ("NAME.part.json" beside "NAME.part"), so that another run can use what
/// a dead one finished.
struct Journal {
    std::string program;  ///< version: another one may make other bytes
    std::string layout;  ///< digest of the output's header: the same one puts every tensor at the same place
    std::vector<FinishedTensor> tensors;  ///< the first ones of the output, in order; surely on the disk

    std::uint64_t bytes() const;  ///< of these tensors
};

/// Replaces the journal of an unfinished output, whole or not at all. Throws Error{System | DiskFull}.
void writeJournal(const std::filesystem::path& unfinished, const Journal& journal);
/// Empty where there is none, none that can be read, or the output is shorter than it says: the run then starts over.
std::optional<Journal> readJournal(const std::filesystem::path& unfinished);
/// With what a death while it was written left of it.
void removeJournal(const std::filesystem::path& unfinished);

/// Where an unfinished output of another recipe is put, while its tensors are used for a new one: "NAME.part.old".
std::filesystem::path setAsideOf(const std::filesystem::path& destination);

/// What dead runs left of an output.
struct Leftover {
    std::filesystem::path file;
    std::uint64_t bytes = 0;  ///< of complete tensors; 0: a run starts over
};
/// Empty while a run is writing there.
std::optional<Leftover> findLeftover(const std::filesystem::path& destination);
/// Throws Error{System}, also while a run is writing there.
void removeLeftover(const std::filesystem::path& destination);

}  // namespace halftone::write
