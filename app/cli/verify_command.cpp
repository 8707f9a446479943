// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "app/cli/text_table.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/output_header.h"
#include "core/write/proofread.h"
#include "core/write/tensor_hash.h"
#include "core/write/verify.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>
#include <ranges>

namespace halftone::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string source, output, importance;
};

json lineJson(const write::Verification::Line& line)
{
    json object{{"name", line.name}, {"type", quant::name(line.type)}, {"same", line.same}, {"rmse", nullptr}, {"snr_db", nullptr},
                {"cosine", nullptr}};
    if (const auto& d = line.distortion) {
        object["rmse"] = d->rmse;
        object["cosine"] = d->cosine;
        if (std::isfinite(d->snrDb))  // nothing changed: no noise, and no number for it in JSON
            object["snr_db"] = d->snrDb;
    }
    return object;
}

json verificationJson(const write::Verification& result)
{
    json tensors = json::array();
    for (const auto& line : result.tensors)
        tensors.push_back(lineJson(line));
    return {{"ok", result.ok()},
            {"first_difference", result.ok() ? json(nullptr) : json(result.differences.front())},
            {"differences", result.differences},
            {"tensors", std::move(tensors)}};
}

std::string verificationText(const write::Verification& result)
{
    std::vector<std::vector<std::string>> rows{{"tensor", "type", "rmse", "snr dB", "cosine", ""}};
    for (const auto& line : result.tensors) {
        const auto& d = line.distortion;
        rows.push_back({line.name, std::string(quant::name(line.type)), d ? fixed(d->rmse, 6) : "-",
                        d && std::isfinite(d->snrDb) ? fixed(d->snrDb, 1) : "-", d ? fixed(d->cosine, 6) : "-",
                        line.same ? "" : "differs"});
    }
    std::string text = textTable(rows);
    constexpr std::size_t kMostShown = 10;
    for (const std::string& difference : result.differences | std::views::take(kMostShown))
        text += "\n" + difference;
    if (result.differences.size() > kMostShown)
        text += "\nand " + std::to_string(result.differences.size() - kMostShown) + " more";
    return text + (result.ok() ? "\nevery tensor is what its source gives" : "");
}

/// The commonest reason for a difference is an importance matrix that was used and not given here.
std::string advice(const model::Model& output, bool withImportance)
{
    const auto used = output.metadata().string("quantize.imatrix.file");
    if (used && !withImportance)
        return "it was made with the importance matrix " + std::string(*used) + ": give it with --imatrix";
    return "quantize it again";
}

/// A file without its source: every block decodes to finite weights, and the hash that its metadata hold is that of its data.
void verifyAlone(const Options& options, Console& console)
{
    const auto model = openModel(options.source);
    std::vector<write::TensorProof> proofs;
    console.watch([&](Progress& progress) { proofs = write::proofread(*model, console.executor(), progress); });
    const std::string hash = write::tensorHash(*model, proofs);
    const std::optional<std::string> stored = write::storedTensorHash(*model);
    if (console.json())
        console.print(json{{"ok", !stored || *stored == hash},
                           {"tensor_hash", hash},
                           {"stored_tensor_hash", stored ? json(*stored) : json(nullptr)},
                           {"tensors", proofs.size()}});
    else if (!stored || *stored == hash)
        console.print(options.source + ": every weight of its " + std::to_string(proofs.size()) + " tensors is a finite number; " + hash
                      + (stored ? ", as its metadata say" : ", which its metadata do not hold"));
    if (stored && *stored != hash)
        throw Error(ErrorCode::Malformed,
                    {.problem = "its tensors come to " + hash + ", its metadata say " + *stored,
                     .file = options.source,
                     .place = "metadata " + std::string(plan::kTensorHashKey),
                     .advice = "download it or quantize it again"});
}

void verifyAgainstSource(const Options& options, Console& console)
{
    const auto source = openModel(options.source), output = openModel(options.output);
    std::optional<plan::ImportanceMatrix> importance;
    if (!options.importance.empty())
        importance = plan::readImportance(fromUtf8(options.importance));
    write::Verification result;
    console.watch([&](Progress& progress) {
        result = write::verify(*source, *output, importance ? &*importance : nullptr, console.executor(), progress);
    });
    console.json() ? console.print(verificationJson(result)) : console.print(verificationText(result));
    if (!result.ok())
        throw Error(
            ErrorCode::Malformed,
            {.problem = result.differences.front()
                 + (result.differences.size() > 1 ? ", and " + std::to_string(result.differences.size() - 1) + " more differences" : ""),
             .file = options.output,
             .advice = advice(*output, importance.has_value())});
}

}  // namespace

void addVerify(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("verify", "whether a quantized file is what its source gives, or a file is sound in itself");
    command->add_option("SRC", options->source, "the model it was made from, or the file itself to check it alone")->required();
    command->add_option("OUT", options->output, "the quantized .gguf file; without it SRC is checked alone");
    command->add_option("--imatrix", options->importance, "the importance matrix that was used, if any");
    command->callback([options, &chosen] {
        chosen = [options](Console& console) {
            options->output.empty() ? verifyAlone(*options, console) : verifyAgainstSource(*options, console);
        };
    });
}

}  // namespace halftone::cli
