// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/evaluation.h"
#include "core/evaluate/token_figures.h"
#include "core/store/database.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace halftone::store {

using RunId = std::int64_t;
using VariantId = std::int64_t;

/// What makes two runs the same: the contents of model and text, how the text is cut, and what computes: a device rounds otherwise than
/// the CPU, so that figures of one beside the other's would be unfair.
struct RunKey {
    std::string model, text;  ///< content hashes
    std::uint64_t window = 0;  ///< tokens
    std::uint64_t windows = 0;  ///< that are measured
    std::string device = {};  ///< its name; empty: the CPU
    friend bool operator==(const RunKey&, const RunKey&) = default;
};

/// A line of the history.
struct RunSummary {
    RunId id = 0;
    std::string model, text;  ///< names
    std::string device = {};  ///< the same
    std::int64_t created = 0;  ///< seconds since 1970, UTC
    std::uint64_t window = 0, windows = 0;
    std::uint64_t variants = 0;
    bool complete = false;
};

/// What has been evaluated: per model and text a run, per recipe a variant with its figures, window by window. One SQLite
/// file. Each object is for one thread; several objects and processes may share the file. Functions throw Error{System},
/// Error{DiskFull} and Error{Malformed}.
class EvaluationStore {
public:
    explicit EvaluationStore(const std::filesystem::path& file, Damage damage = Damage::Refuse);

    /// Where a damaged file was moved; empty if none was.
    const std::filesystem::path& movedTo() const { return m_database.movedTo(); }

    /// The run of this key, made if there is none. The names are those of the first time.
    RunId run(const RunKey& key, const std::string& modelName, const std::string& textName);
    /// The variant of this content (a hash of recipe and importance, or of another model), made if there is none.
    /// Of `about`, name, bits, bytes and bitsPerWeight are kept.
    VariantId variant(RunId run, const std::string& content, const evaluate::EvaluatedVariant& about);

    /// Windows one after the other from the first; ends before one that is missing or makes no sense.
    std::vector<evaluate::TokenFigures> tokens(VariantId variant, std::uint64_t scored);
    void addWindow(VariantId variant, std::uint64_t window, std::span<const evaluate::TokenFigures> figures);
    double decodeMs(VariantId variant);
    void setDecodeMs(VariantId variant, double milliseconds);

    /// The newest first.
    std::vector<RunSummary> history();
    /// With all figures. Variants without a window are left out, the original among them comes first.
    evaluate::Evaluation evaluation(RunId run);
    void remove(RunId run);

private:
    Database m_database;
};

}  // namespace halftone::store
