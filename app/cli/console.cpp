// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include "core/base/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>
#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace halftone::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;   // the only thing a signal handler may touch

bool stderrIsTerminal()
{
#if defined(_WIN32)
    return _isatty(2) != 0;
#else
    return isatty(2) != 0;
#endif
}

const char* unitName(Unit unit)
{
    switch (unit) {
    case Unit::Bytes: return "B";
    case Unit::Weights: return "weights";
    case Unit::Tensors: return "tensors";
    case Unit::Tokens: return "tokens";
    }
    return "";
}

std::string progressLine(const Progress::Snapshot& snapshot, const RateMeter::Estimate& estimate)
{
    constexpr int kWidth = 30;
    const double share = snapshot.total ? std::min(1.0, double(snapshot.done) / double(snapshot.total)) : 0;
    const int filled = int(share * kWidth);
    std::array<char, 160> line{};
    std::string rate;
    if (estimate.perSecond > 0)
        rate = snapshot.unit == Unit::Bytes ? bytesText(std::uint64_t(estimate.perSecond)) + "/s"
                                            : std::to_string(std::uint64_t(estimate.perSecond)) + " " + unitName(snapshot.unit) + "/s";
    std::string left;
    if (estimate.secondsLeft) {
        const auto seconds = int(*estimate.secondsLeft + 0.5);
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%d:%02d left", seconds / 60, seconds % 60);
        left = text.data();
    }
    std::snprintf(line.data(), line.size(), "%-12s [%s%s] %3d %%  %s  %s", snapshot.stage.c_str(), std::string(std::size_t(filled), '#').c_str(),
                  std::string(std::size_t(kWidth - filled), '-').c_str(), int(share * 100), rate.c_str(), left.c_str());
    return line.data();
}

/// Polls a Progress: draws the bar (on a terminal) and turns an interrupt into a cancel. Joins when it goes out of scope.
class Watcher {
public:
    Watcher(Progress& progress, bool draw) : m_progress(progress), m_draw(draw), m_thread([this](const std::stop_token& stop) { run(stop); }) {}

private:
    void run(const std::stop_token& stop)
    {
        RateMeter meter;
        std::unique_lock lock(m_mutex);
        bool drawn = false;
        while (!m_wake.wait_for(lock, stop, std::chrono::milliseconds(50), [&] { return stop.stop_requested(); })) {
            if (interrupted)
                m_progress.cancel();
            const auto snapshot = m_progress.snapshot();
            if (m_draw && snapshot.total > 0) {
                std::fprintf(stderr, "\r\033[K%s", progressLine(snapshot, meter.update(snapshot)).c_str());
                std::fflush(stderr);
                drawn = true;
            }
            if (stop.stop_requested())
                break;
        }
        if (drawn)
            std::fprintf(stderr, "\r\033[K");
    }

    Progress& m_progress;
    bool m_draw;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread;
};

}  // namespace

Console::Console(CommonOptions options) : m_options(std::move(options)) {}

const Executor& Console::executor()
{
    if (!m_executor)
        m_executor = std::make_unique<Executor>(m_options.threads);
    return *m_executor;
}

void Console::watch(const std::function<void(Progress&)>& work)
{
    std::signal(SIGINT, [](int) { interrupted = 1; });
    Progress progress;
    const Watcher watcher(progress, !m_options.quiet && stderrIsTerminal());
    work(progress);
}

void Console::print(const std::string& text) const
{
    std::cout << text << '\n';
}

void Console::print(const nlohmann::json& object) const
{
    // Names and texts of a model may hold broken UTF-8; JSON must not.
    std::cout << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void Console::note(const std::string& text) const
{
    if (!m_options.quiet)
        std::cerr << text << '\n';
}

int exitCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage:
    case ErrorCode::SameFile: return 2;
    case ErrorCode::Malformed:
    case ErrorCode::Unsupported: return 3;
    case ErrorCode::System:
    case ErrorCode::DiskFull:
    case ErrorCode::OutOfMemory: return 4;
    case ErrorCode::Cancelled: return 5;
    }
    return 4;
}

void refuseOwnInput(const std::string& out, const std::vector<std::string>& inputs)
{
    const auto same = [&](const std::string& input) { return !input.empty() && sameFile(fromUtf8(input), fromUtf8(out)); };
    if (std::any_of(inputs.begin(), inputs.end(), same))
        throw Error(ErrorCode::SameFile, {.problem = "the output is its own source", .file = out, .advice = "choose another name"});
}

std::string readTextFile(const std::filesystem::path& path)
{
    try {
        const InputFile file(path);
        constexpr std::uint64_t kMost = std::uint64_t(1) << 30;
        if (file.size() > kMost)
            throw Error(ErrorCode::Usage, {.problem = "the text is larger than 1 GiB", .advice = "use a part of it"});
        std::string text(std::size_t(file.size()), '\0');
        file.readAt(0, std::as_writable_bytes(std::span(text)));
        return text;
    } catch (const Error& error) {
        throw error.inFile(toUtf8(path));
    }
}

std::string bytesText(std::uint64_t bytes)
{
    constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    double value = double(bytes);
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s", value, kUnits[unit]);
    return text.data();
}

}  // namespace halftone::cli
