// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/inspect/compressibility.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

using inspect::Compressibility;
using nlohmann::json;

json lineJson(const model::Tensor& tensor, const Compressibility& c)
{
    return {{"name", tensor.name},           {"type", quant::name(tensor.type)},
            {"bytes", tensor.bytes()},       {"bits_per_weight", quant::info(tensor.type).bitsPerWeight()},
            {"entropy_bits", c.entropyBits}, {"entropy_of", c.ofCodes ? "codes" : "bytes"},
            {"zstd_ratio", c.zstdRatio},     {"zstd_bytes", c.zstdBytes},
            {"zstd_sampled", c.sampled}};
}

/// Of all tensors together: samples stand for their tensors.
double overallRatio(const model::Model& model, const std::vector<Compressibility>& all)
{
    double compressed = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        compressed += double(model.tensors()[i].bytes()) / all[i].zstdRatio;
    return compressed > 0 ? double(model.tensorBytes()) / compressed : 1;
}

std::string tableOf(const model::Model& model, const std::vector<Compressibility>& all)
{
    std::vector<std::vector<std::string>> rows{{"tensor", "type", "size", "bits", "entropy", "of", "zstd"}};
    bool sampled = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        rows.push_back({tensor.name, std::string(quant::name(tensor.type)), bytesText(tensor.bytes()),
                        fixed(quant::info(tensor.type).bitsPerWeight(), 2), fixed(all[i].entropyBits, 3),
                        all[i].ofCodes ? "codes" : "bytes", fixed(all[i].zstdRatio, 3) + (all[i].sampled ? "*" : "")});
        sampled |= all[i].sampled;
    }
    return textTable(rows) + "\nzstd makes all tensors " + fixed(overallRatio(model, all), 3) + " times smaller"
        + (sampled ? "\n* measured on 32 MiB spread over the tensor" : "");
}

void compress(const std::string& file, Console& console)
{
    const auto model = openModel(file);
    std::vector<Compressibility> all;
    console.watch([&](Progress& progress) {
        progress.begin("compressing", model->tensorBytes(), Unit::Bytes);
        for (const model::Tensor& tensor : model->tensors())
            all.push_back(inspect::compressibility(tensor, console.executor(), progress));
    });
    if (!console.json()) {
        console.print(tableOf(*model, all));
        return;
    }
    json tensors = json::array();
    for (std::size_t i = 0; i < all.size(); ++i)
        tensors.push_back(lineJson(model->tensors()[i], all[i]));
    console.print(json{{"zstd_ratio", overallRatio(*model, all)}, {"zstd_level", 3}, {"tensors", std::move(tensors)}});
}

}  // namespace

void addCompress(CLI::App& program, Action& chosen)
{
    auto file = std::make_shared<std::string>();
    CLI::App* command = program.add_subcommand("compress", "how much of each tensor's bytes is information");
    command->add_option("MODEL", *file, "a .gguf file")->required();
    command->callback([file, &chosen] { chosen = [file](Console& console) { compress(*file, console); }; });
}

}  // namespace halftone::cli
