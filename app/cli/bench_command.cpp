// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/evaluate/speed.h"
#include "core/infer/matmul.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

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

json rowsJson(const std::vector<Row>& rows)
{
    json list = json::array();
    for (const auto& [type, speed] : rows)
        list.push_back({{"type", quant::name(type)},
                        {"quantize_mb_per_s", speed.quantizeBytesPerSecond ? json(*speed.quantizeBytesPerSecond / 1e6) : json(nullptr)},
                        {"decode_tokens_per_s", speed.decodeTokensPerSecond},
                        {"prompt_tokens_per_s", speed.promptTokensPerSecond},
                        {"bytes", speed.tensorBytes}});
    return list;
}

std::string rowsText(const std::vector<Row>& rows, double bandwidth)
{
    std::vector<std::vector<std::string>> table{{"type", "size", "quantize MB/s", "decode tokens/s", "of the bound", "prompt tokens/s"}};
    for (const auto& [type, speed] : rows)
        table.push_back({std::string(quant::name(type)), bytesText(speed.tensorBytes),
                         speed.quantizeBytesPerSecond ? fixed(*speed.quantizeBytesPerSecond / 1e6, 0) : "-",
                         fixed(speed.decodeTokensPerSecond, 1),
                         fixed(100 * speed.decodeTokensPerSecond * double(speed.tensorBytes) / bandwidth, 0) + " %",
                         fixed(speed.promptTokensPerSecond, 1)});
    return textTable(table) + "\n\nmemory bandwidth " + fixed(bandwidth / 1e9, 1)
        + " GB/s: the bound reads all weights once for each token; a model that fits the caches may pass it";
}

void bench(const Options& options, Console& console)
{
    const std::vector<quant::Type> types = typesOf(options);
    const auto model = openModel(options.model);
    double bandwidth = 0;
    std::vector<Row> rows;
    console.watch([&](Progress& progress) {
        bandwidth = evaluate::memoryBandwidth(console.executor());
        for (const quant::Type type : types)
            rows.push_back({type, evaluate::measureSpeed(model, type, console.executor(), progress)});
    });
    if (console.json())
        console.print(
            json{{"types", rowsJson(rows)}, {"memory_bandwidth_gb_per_s", bandwidth / 1e9}, {"threads", console.executor().threads()}});
    else
        console.print(rowsText(rows, bandwidth));
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
