// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/device_option.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace halftone::cli {

/// What every command takes.
struct CommonOptions {
    bool json = false;        ///< one JSON object on stdout, nothing else
    bool quiet = false;       ///< no progress on stderr
    int threads = 0;          ///< 0: all
    std::string device = "auto";
};

/// A command's way to the terminal: results to stdout, progress and errors to stderr.
class Console {
public:
    explicit Console(CommonOptions options);

    bool json() const { return m_options.json; }
    DeviceChoice device() const { return parseDevice(m_options.device).value_or(DeviceChoice{}); }
    /// Made on first use, so that commands that compute nothing start no threads.
    const Executor& executor();

    /// Runs `work` while a bar on stderr shows its progress; Ctrl-C cancels it.
    void watch(const std::function<void(Progress&)>& work);

    void print(const std::string& text) const;       ///< to stdout, with a newline
    void print(const nlohmann::json& object) const;
    void note(const std::string& text) const;        ///< to stderr, unless quiet

private:
    CommonOptions m_options;
    std::unique_ptr<Executor> m_executor;
};

/// The process's exit code for an error, as the command-line contract says.
int exitCode(ErrorCode code);

/// Writing over the model or the text would be a bad surprise. Throws Error{SameFile} when `out` is one of the inputs.
void refuseOwnInput(const std::string& out, const std::vector<std::string>& inputs);

std::string readTextFile(const std::filesystem::path& path);
/// "14.8 MB", decimal units.
std::string bytesText(std::uint64_t bytes);

}  // namespace halftone::cli
