// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/model_json.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/inspect/difference.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace halftone::cli {
namespace {

using inspect::Difference;
using nlohmann::json;

struct Options {
    std::string a, b;
    bool all = false;
};

json optionalValue(const model::Value* value)
{
    return value ? valueJson(*value) : json(nullptr);
}

json typeJson(const model::Tensor* tensor)
{
    return tensor ? json(quant::name(tensor->type)) : json(nullptr);
}

json tensorJson(const Difference::Line& line)
{
    json object{{"name", line.name},
                {"shape", shapeJson((line.a ? line.a : line.b)->shape)},
                {"type_a", typeJson(line.a)},
                {"type_b", typeJson(line.b)},
                {"rmse", line.distortion ? json(line.distortion->rmse) : json(nullptr)}};
    if (line.a && line.b && line.a->shape != line.b->shape)
        object["shape_b"] = shapeJson(line.b->shape);
    return object;
}

json differenceJson(const Difference& difference)
{
    json metadata = json::array(), tensors = json::array();
    for (const auto& entry : difference.metadata)
        metadata.push_back({{"key", entry.key}, {"a", optionalValue(entry.a)}, {"b", optionalValue(entry.b)}});
    for (const auto& line : difference.tensors)
        tensors.push_back(tensorJson(line));
    return {{"metadata", std::move(metadata)}, {"tensors", std::move(tensors)}};
}

std::string cell(const model::Value* value)
{
    constexpr std::size_t kWidest = 48;
    if (!value)
        return "-";
    std::string text = valueJson(*value).dump(-1, ' ', true, json::error_handler_t::replace);
    return text.size() > kWidest ? text.substr(0, kWidest - 3) + "..." : text;
}

std::string shapesOf(const Difference::Line& line)
{
    const std::string a = line.a ? shapeText(line.a->shape) : "-", b = line.b ? shapeText(line.b->shape) : "-";
    return a == b || !line.b ? a : !line.a ? b : a + " / " + b;
}

/// Nothing to see: the same type, shape and weights.
bool same(const Difference::Line& line)
{
    return line.a && line.b && line.a->type == line.b->type && line.a->shape == line.b->shape
        && std::ranges::equal(line.a->data, line.b->data);
}

std::string differenceText(const Difference& difference, bool all)
{
    std::vector<std::vector<std::string>> keys{{"metadata", "a", "b"}}, rows{{"tensor", "shape", "type a", "type b", "rmse"}};
    for (const auto& entry : difference.metadata)
        keys.push_back({entry.key, cell(entry.a), cell(entry.b)});
    std::size_t hidden = 0;
    for (const auto& line : difference.tensors) {
        if (!all && same(line)) {
            ++hidden;
            continue;
        }
        rows.push_back({line.name, shapesOf(line), line.a ? std::string(quant::name(line.a->type)) : "-",
                        line.b ? std::string(quant::name(line.b->type)) : "-", line.distortion ? fixed(line.distortion->rmse, 6) : "-"});
    }
    std::string text = keys.size() > 1 ? textTable(keys) + "\n\n" : "the same metadata\n\n";
    if (rows.size() > 1)
        text += textTable(rows) + "\n";
    return text + std::to_string(hidden) + " tensors are the same";
}

void diffModels(const Options& options, Console& console)
{
    const auto a = openModel(options.a), b = openModel(options.b);
    Difference difference;
    console.watch([&](Progress& progress) { difference = inspect::compareModels(*a, *b, console.executor(), progress); });
    console.json() ? console.print(differenceJson(difference)) : console.print(differenceText(difference, options.all));
}

}  // namespace

void addDiff(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("diff", "where two models differ: metadata, shapes, types, weights");
    command->add_option("A", options->a, "a .gguf file")->required();
    command->add_option("B", options->b, "another .gguf file")->required();
    command->add_flag("--all", options->all, "show tensors that are the same too (JSON always has them)");
    command->callback([options, &chosen] { chosen = [options](Console& console) { diffModels(*options, console); }; });
}

}  // namespace halftone::cli
