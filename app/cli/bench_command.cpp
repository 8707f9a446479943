// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/evaluate/speed.h"
#include "core/infer/matmul.h"
#include "core/model/model.h"
#include "gpu/bandwidth.h"
#include "gpu/infer/accelerator.h"

#include <nlohmann/json.hpp>

#include <set>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string model;
    std::vector<std::string> types;
};

struct Row {
    quant::Type type;
    evaluate::Speed speed;
};

/// Those named, or all that can be made without an importance matrix and run.
std::vector<quant::Type> typesOf(const Options& options)
{
    std::vector<quant::Type> types;
    for (const std::string& name : options.types)
        types.push_back(typeNamed(name));
    if (options.types.empty())
        for (const quant::TypeInfo& info : quant::allTypes())
            if (info.canQuantize && !info.needsImportance && infer::canMultiply(info.type))
                types.push_back(info.type);
    return types;
}

/// What was run on, and what it can do at most.
struct Machine {
    std::string device = "CPU";
    int threads = 0;
    double memoryBandwidth = 0;  ///< bytes a second, of the host's
    std::optional<gpu::Bandwidth> ofDevice = {};

    double bound() const { return ofDevice ? ofDevice->read : memoryBandwidth; }
};

/// What reading the weights takes of the time that a token takes: 1 is as fast as the memory allows.
double shareOfBound(const evaluate::Speed& speed, const Machine& machine)
{
    return speed.decodeTokensPerSecond * double(speed.tensorBytes) / machine.bound();
}

json rowsJson(const std::vector<Row>& rows, const Machine& machine)
{
    json list = json::array();
    for (const auto& [type, speed] : rows)
        list.push_back({{"type", quant::name(type)},
                        {"quantize_mb_per_s", speed.quantizeBytesPerSecond ? json(*speed.quantizeBytesPerSecond / 1e6) : json(nullptr)},
                        {"decode_tokens_per_s", speed.decodeTokensPerSecond},
                        {"decode_share_of_bound", shareOfBound(speed, machine)},
                        {"prompt_tokens_per_s", speed.promptTokensPerSecond},
                        {"on_device", speed.onDevice},
                        {"bytes", speed.tensorBytes}});
    return list;
}

json machineJson(const Machine& machine)
{
    json object{{"device", machine.device}, {"threads", machine.threads}, {"memory_bandwidth_gb_per_s", machine.memoryBandwidth / 1e9}};
    if (machine.ofDevice)
        object.update({{"device_bandwidth_gb_per_s", machine.ofDevice->read / 1e9},
                       {"to_device_gb_per_s", machine.ofDevice->upload / 1e9},
                       {"from_device_gb_per_s", machine.ofDevice->download / 1e9}});
    return object;
}

std::string boundText(const Machine& machine)
{
    const std::string host = "memory bandwidth " + fixed(machine.memoryBandwidth / 1e9, 1) + " GB/s";
    const std::string bound = ": the bound reads all weights once for each token";
    if (!machine.ofDevice)
        return host + bound + "; a model that fits the caches may pass it";
    return machine.device + ": " + fixed(machine.ofDevice->read / 1e9, 1) + " GB/s from its memory" + bound + "\nto the device "
        + fixed(machine.ofDevice->upload / 1e9, 1) + " GB/s, back " + fixed(machine.ofDevice->download / 1e9, 1) + " GB/s; the host's "
        + host + "; the CPU makes the types";
}

std::string rowsText(const std::vector<Row>& rows, const Machine& machine)
{
    std::vector<std::vector<std::string>> table{{"type", "size", "quantize MB/s", "decode tokens/s", "of the bound", "prompt tokens/s"}};
    if (machine.ofDevice)
        table.front().emplace_back("computed by");
    for (const auto& [type, speed] : rows) {
        table.push_back({std::string(quant::name(type)), bytesText(speed.tensorBytes),
                         speed.quantizeBytesPerSecond ? fixed(*speed.quantizeBytesPerSecond / 1e6, 0) : "-",
                         fixed(speed.decodeTokensPerSecond, 1), fixed(100 * shareOfBound(speed, machine), 0) + " %",
                         fixed(speed.promptTokensPerSecond, 1)});
        if (machine.ofDevice)
            table.back().emplace_back(speed.onDevice ? "device" : "CPU too");
    }
    return textTable(table) + "\n\n" + boundText(machine);
}

/// The device that --device means, and what it said of the row that is measured.
class Device {
public:
    explicit Device(const Console& console) : m_console(console), m_chosen(findGpu(console.device()))
    {
        if (m_chosen)
            orTheCpu([this] {
                m_accelerator =
                    gpu::openAccelerator(m_chosen->index, [this](const std::string& decision) { m_decisions.insert(decision); });
            });
    }

    void describe(Machine& machine, Progress& progress)
    {
        if (m_accelerator)
            orTheCpu([&] {
                machine.ofDevice = gpu::measureBandwidth(m_chosen->index, progress);
                machine.device = m_chosen->device.name;
            });
    }

    Row measured(const std::shared_ptr<const model::Model>& model, quant::Type type, const Executor& executor, Progress& progress)
    {
        m_decisions.clear();
        Row row{type, evaluate::measureSpeed(model, type, executor, progress, m_accelerator.get())};
        if (!row.speed.onDevice)  // why the device did not do all of it; where it did, the table says so
            for (const std::string& decision : m_decisions)
                m_console.note(std::string(quant::name(type)) + ": " + decision);
        return row;
    }

private:
    /// A device that was not asked for may fail.
    void orTheCpu(const std::function<void()>& work)
    {
        try {
            work();
        } catch (const Error& error) {
            if (m_console.device().kind == DeviceChoice::Kind::Gpu || error.code() == ErrorCode::Cancelled)
                throw;
            m_console.note("computing on the CPU: " + error.problem());
            m_accelerator.reset();
        }
    }

    const Console& m_console;
    std::optional<ChosenGpu> m_chosen;
    std::set<std::string> m_decisions;
    std::unique_ptr<infer::Accelerator> m_accelerator;
};

void bench(const Options& options, Console& console)
{
    const std::vector<quant::Type> types = typesOf(options);
    const auto model = openModel(options.model);
    Device device(console);
    Machine machine{.threads = console.executor().threads()};
    std::vector<Row> rows;
    console.watch([&](Progress& progress) {
        machine.memoryBandwidth = evaluate::memoryBandwidth(console.executor());
        device.describe(machine, progress);
        for (const quant::Type type : types)
            rows.push_back(device.measured(model, type, console.executor(), progress));
    });
    if (console.json()) {
        json object = machineJson(machine);
        object["types"] = rowsJson(rows, machine);
        console.print(object);
    } else {
        console.print(rowsText(rows, machine));
    }
}

}  // namespace

void addBench(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("bench", "how fast each type is made and run on this machine");
    command->add_option("MODEL", options->model, "a .gguf file, best the unquantized original")->required();
    command->add_option("--types", options->types, "only these: Q4_K Q8_0 ...")->expected(1, 64);
    command->callback([options, &chosen] { chosen = [options](Console& console) { bench(*options, console); }; });
}

}  // namespace halftone::cli
