// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/text_table.h"
#include "gpu/devices.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

using nlohmann::json;

const char* kindName(gpu::Device::Kind kind)
{
    switch (kind) {
    case gpu::Device::Kind::Discrete: return "discrete";
    case gpu::Device::Kind::Integrated: return "integrated";
    case gpu::Device::Kind::Virtual: return "virtual";
    case gpu::Device::Kind::Software: return "software";
    case gpu::Device::Kind::Other: return "other";
    }
    return "other";
}

std::string nameOf(std::size_t index)
{
    return "gpu:" + std::to_string(index);
}

json devicesJson(const gpu::Discovery& found)
{
    json list = json::array();
    for (std::size_t i = 0; i < found.devices.size(); ++i) {
        const gpu::Device& device = found.devices[i];
        list.push_back({{"device", nameOf(i)},
                        {"name", device.name},
                        {"kind", kindName(device.kind)},
                        {"driver", device.driver},
                        {"vulkan", device.apiVersion},
                        {"memory_bytes", device.memoryBytes},
                        {"free_bytes", device.freeBytes ? json(*device.freeBytes) : json(nullptr)},
                        {"features", device.features}});
    }
    return {{"devices", std::move(list)}, {"problem", found.problem.empty() ? json(nullptr) : json(found.problem)}};
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "-" : text;
}

std::string devicesText(const gpu::Discovery& found)
{
    if (found.devices.empty())
        return found.problem + "; everything computes on the CPU";
    std::vector<std::vector<std::string>> table{{"device", "name", "kind", "driver", "Vulkan", "memory", "free", "features"}};
    for (std::size_t i = 0; i < found.devices.size(); ++i) {
        const gpu::Device& device = found.devices[i];
        table.push_back({nameOf(i), device.name, kindName(device.kind), device.driver, device.apiVersion, bytesText(device.memoryBytes),
                         device.freeBytes ? bytesText(*device.freeBytes) : "-", joined(device.features)});
    }
    return textTable(table);
}

}  // namespace

void addDevices(CLI::App& program, Action& chosen)
{
    CLI::App* command = program.add_subcommand("devices", "the graphics devices that --device can name");
    command->callback([&chosen] {
        chosen = [](Console& console) {
            const gpu::Discovery found = gpu::discoverDevices();
            if (console.json())
                console.print(devicesJson(found));
            else
                console.print(devicesText(found));
        };
    });
}

}  // namespace halftone::cli
