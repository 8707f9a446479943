// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/device_backend.h"

#include "app/cli/console.h"
#include "gpu/open_backend.h"

namespace halftone::cli {

std::unique_ptr<backend::Backend> openDevice(Console& console)
{
    const DeviceChoice choice = console.device();
    const bool asked = choice.kind == DeviceChoice::Kind::Gpu;
    const std::optional<int> index = chooseGpu(choice);
    if (!index)
        return nullptr;
    const auto say = [&console](const std::string& line) { console.note("note: " + line); };
    try {
        return gpu::openBackend(*index, asked ? gpu::Use::Always : gpu::Use::WhereFaster, console.executor(), say);
    } catch (const Error& error) {
        if (asked)
            throw;
        say(error.problem() + "; the CPU quantizes");
        return nullptr;
    }
}

std::string nameOf(const std::unique_ptr<backend::Backend>& backend)
{
    return backend ? backend->name() : "CPU";
}

}  // namespace halftone::cli
