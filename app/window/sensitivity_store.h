// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sense/sensitivity.h"

#include <QString>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// Measured sensitivities in the user's data folder (and beside the sample model, for that one), one file for each model, importance matrix and level, by
/// content. A value; its functions
/// read and write files, so call them in jobs. A file that cannot be read counts as missing.
class SensitivityStore {
public:
    SensitivityStore();

    bool empty() const;                                             ///< the user measured nothing yet
    /// What there is of this source, complete or not; else nothing but the source.
    sense::Sensitivity begun(const sense::Source& source) const;
    /// Of the most telling level that is complete. Where that would be the weights' and the output's were begun, the output's, with the rest
    /// carried from the weights'.
    std::optional<sense::Sensitivity> best(const model::Model& model, const std::string& modelHash, const std::string& importanceHash) const;
    void keep(const sense::Sensitivity& figures) const;

    /// Keeps figures now and then while they are measured, and when that ends, however it ends.
    class Keeper {
    public:
        Keeper(const SensitivityStore& store, const sense::Sensitivity& figures) : m_store(store), m_figures(figures) {}
        ~Keeper();
        Keeper(const Keeper&) = delete;
        Keeper& operator=(const Keeper&) = delete;
        void soon();

    private:
        using Clock = std::chrono::steady_clock;
        const SensitivityStore& m_store;
        const sense::Sensitivity& m_figures;
        Clock::time_point m_last = Clock::now();
    };

private:
    QString fileOf(const sense::Source& source) const;
    std::optional<sense::Sensitivity> read(const QString& name) const;

    QString m_folder, m_bundled;
};

/// A whole text file. Throws Error{System}.
std::string readText(const std::filesystem::path& path);

}  // namespace halftone::app
