// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/speed_file.h"

#include "app/cli/console.h"
#include "app/cli/sensitivity_file.h"
#include "core/base/file.h"
#include "core/evaluate/decode_speeds.h"

#include <cstdlib>

namespace halftone::cli {
namespace {

/// Where the window keeps them too (its generic cache location); empty where the system names none.
std::filesystem::path cacheFolder()
{
    const auto named = [](const char* variable) {
        const char* value = std::getenv(variable);
        return value ? fromUtf8(value) : std::filesystem::path();
    };
#ifdef _WIN32
    const std::filesystem::path folder = named("LOCALAPPDATA"), below = "cache";
#elif defined(__APPLE__)
    const std::filesystem::path folder = named("HOME"), below = "Library/Caches";
#else
    const auto chosen = named("XDG_CACHE_HOME");
    const std::filesystem::path folder = chosen.is_absolute() ? chosen : named("HOME"), below = chosen.is_absolute() ? "" : ".cache";
#endif
    return folder.empty() ? folder : folder / below / "halftone";
}

/// None where the file is missing or broken: they are measured again then.
plan::DecodeSpeeds kept(const std::filesystem::path& file)
{
    try {
        return plan::decodeSpeedsFromJson(readTextFile(file));
    } catch (const Error&) {
        return {};
    }
}

void keep(const plan::DecodeSpeeds& speeds, const std::filesystem::path& file, const Console& console)
{
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    try {
        writeTextFile(plan::toJson(speeds), toUtf8(file));
    } catch (const Error& error) {
        console.note("note: the measured speeds could not be kept: " + std::string(error.what()));
    }
}

}  // namespace

plan::DecodeSpeeds speedsOfThisMachine(const std::shared_ptr<const model::Model>& model, bool anew, Console& console, Progress& progress)
{
    const std::filesystem::path folder = cacheFolder();
    const auto file = folder / (evaluate::speedsKey(*model, console.executor().threads()) + ".json");
    if (plan::DecodeSpeeds known = anew || folder.empty() ? plan::DecodeSpeeds() : kept(file); !known.empty())
        return known;
    plan::DecodeSpeeds speeds = evaluate::measureDecodeSpeeds(model, evaluate::runnableTypes(), console.executor(), progress);
    if (!folder.empty())
        keep(speeds, file, console);
    return speeds;
}

}  // namespace halftone::cli
