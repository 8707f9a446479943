// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/forecast_measures.h"

#include "app/window/devices.h"
#include "app/window/sensitivity_store.h"
#include "core/base/progress.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/sense/content_hash.h"
#include "core/sense/measure.h"
#include "core/token/tokenizer.h"

#include <optional>

namespace halftone::app {
namespace {

constexpr evaluate::Windows kSenseWindows{.window = 512, .maxWindows = 8};
constexpr evaluate::Windows kTruthWindows{.window = 512, .maxWindows = 12};

/// A text cut into tokens for a model.
struct Tokens {
    std::shared_ptr<const token::Tokenizer> tokenizer;
    std::vector<token::Id> ids;
};

Tokens tokensOf(const model::Model& model, const std::string& text)
{
    Tokens tokens{token::Tokenizer::fromMetadata(model.metadata()), {}};
    tokens.ids = tokens.tokenizer->encode(text, {.addSpecial = false});
    return tokens;
}

}  // namespace

sense::Sensitivity measuredFigures(const std::shared_ptr<const model::Model>& model, sense::Level level,
                                   const std::filesystem::path& textFile, const plan::ImportanceMatrix* importance,
                                   const SensitivityStore& store, const Executor& executor, Progress& progress)
{
    sense::Source source{
        .level = level, .model = {}, .text = {}, .importance = importance ? sense::contentHash(*importance) : std::string()};
    Tokens tokens;
    std::optional<sense::Text> text;
    if (!textFile.empty()) {
        const std::string content = readText(textFile);
        tokens = tokensOf(*model, content);
        text.emplace(sense::Text{*tokens.tokenizer, tokens.ids, kSenseWindows});
        source.text = sense::contentHash(content);
        source.window = kSenseWindows.window;
        source.windows = kSenseWindows.maxWindows;
    }
    progress.begin("reading", model->tensorBytes(), Unit::Bytes);
    source.model = sense::contentHash(*model, executor, progress);
    sense::Sensitivity figures = store.begun(source);
    SensitivityStore::Keeper keeper(store, figures);
    sense::measure(
        model, {.level = level, .text = text ? &*text : nullptr, .importance = importance}, figures, [&] { keeper.soon(); }, executor,
        progress);
    return figures;
}

MeasuredDivergence measuredDivergence(const std::shared_ptr<const model::Model>& model, const plan::Plan& plan,
                                      const plan::ImportanceMatrix* importance, const std::filesystem::path& textFile,
                                      const DeviceTarget& device, const Executor& executor, Progress& progress)
{
    MeasuredDivergence result;
    const auto accelerator = device.openAccelerator(gpu::TextUse::Read, [&](const std::string& note) { result.notes << QString::fromStdString(note); });
    if (accelerator)
        result.device = QString::fromStdString(accelerator->name());
    const Tokens tokens = tokensOf(*model, readText(textFile));
    const auto base = infer::Variant::original(model, executor, progress);
    const auto variant = infer::Variant::prepare(model, plan, importance, executor, progress);
    result.divergence = evaluate::divergence(base, variant, *tokens.tokenizer, tokens.ids, kTruthWindows, executor, progress,
                                             infer::KvType::F16, accelerator.get());
    return result;
}

}  // namespace halftone::app
