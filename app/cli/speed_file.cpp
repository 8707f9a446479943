// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/speed_file.h"

#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/sensitivity_file.h"
#include "core/base/file.h"
#include "core/evaluate/decode_speeds.h"
#include "core/infer/accelerator.h"
#include "gpu/infer/accelerator.h"

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

/// Those kept under the key, or measured now by `measure`.
plan::DecodeSpeeds keptOr(const std::string& key, bool anew, const Console& console, const std::function<plan::DecodeSpeeds()>& measure)
{
    const std::filesystem::path folder = cacheFolder(), file = folder / (key + ".json");
    if (plan::DecodeSpeeds known = anew || folder.empty() ? plan::DecodeSpeeds() : kept(file); !known.empty())
        return known;
    plan::DecodeSpeeds speeds = measure();
    if (!folder.empty())
        keep(speeds, file, console);
    return speeds;
}

MachineSpeeds speedsOfDevice(const ChosenGpu& chosen, const std::shared_ptr<const model::Model>& model, bool anew, Console& console,
                             Progress& progress)
{
    const auto measure = [&] {
        std::string whyNot;
        const auto accelerator = gpu::openAccelerator(chosen.index, [&](const std::string& sentence) { whyNot = sentence; });
        try {
            return evaluate::measureDecodeSpeeds(model, evaluate::runnableTypes(), console.executor(), progress, accelerator.get());
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Cancelled && !whyNot.empty())
                console.note("note: " + whyNot);
            throw;
        }
    };
    return {.speeds = keptOr(evaluate::speedsKey(*model, chosen.device.identity()), anew, console, measure),
            .device = chosen.device.name,
            .roomBytes = chosen.device.roomBytes()};
}

}  // namespace

MachineSpeeds speedsOfThisMachine(const std::shared_ptr<const model::Model>& model, bool anew, Console& console, Progress& progress)
{
    if (const auto chosen = findGpu(console.device())) {
        try {
            return speedsOfDevice(*chosen, model, anew, console, progress);
        } catch (const Error& error) {
            if (console.device().kind == DeviceChoice::Kind::Gpu || error.code() == ErrorCode::Cancelled)
                throw;
            console.note("note: the CPU's speeds are taken: " + error.problem());
        }
    }
    const auto measure = [&] { return evaluate::measureDecodeSpeeds(model, evaluate::runnableTypes(), console.executor(), progress); };
    return {.speeds = keptOr(evaluate::speedsKey(*model, console.executor().threads()), anew, console, measure)};
}

}  // namespace halftone::cli
