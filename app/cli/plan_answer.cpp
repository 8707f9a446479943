// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plan_answer.h"

#include "app/cli/console.h"
#include "app/cli/text_table.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace halftone::cli {
namespace {

nlohmann::json reasonsJson(const std::vector<plan::Explanation>& reasons)
{
    auto list = nlohmann::json::array();
    for (const auto& one : reasons)
        list.push_back({{"role", model::roleName(one.role)},
                        {"first_layer", one.firstLayer},
                        {"last_layer", one.lastLayer},
                        {"type", quant::name(one.type)},
                        {"instead", quant::name(one.instead)},
                        {"error", one.error},
                        {"bytes_saved", one.bytesSaved}});
    return list;
}

/// "attn_v of layers 0 to 2: Q6_K, because Q4_K would cost 0.012 of KL divergence for 38 kB saved"
std::string sentence(const plan::Explanation& one)
{
    std::string text(model::roleName(one.role));
    if (one.firstLayer >= 0)
        text += one.firstLayer == one.lastLayer ? " of layer " + std::to_string(one.firstLayer)
                                                : " of layers " + std::to_string(one.firstLayer) + " to " + std::to_string(one.lastLayer);
    const bool saves = one.bytesSaved >= 0;
    return text + ": " + std::string(quant::name(one.type)) + ", because " + std::string(quant::name(one.instead)) + " would "
        + (saves ? "cost " : "avoid no more than ") + fixed(std::abs(one.error), 6) + " of KL divergence for "
        + bytesText(std::uint64_t(std::abs(one.bytesSaved))) + (saves ? " saved" : " more");
}

/// "4000000 bytes: predicted KL divergence 0.004, 31.0 tokens a second"
std::string pointText(const FrontierPoint& point)
{
    std::string text = std::to_string(point.bytes) + " bytes: predicted KL divergence " + fixed(point.kld, 6);
    if (point.tokensPerSecond > 0)
        text.append(", ").append(fixed(point.tokensPerSecond, 1)).append(" tokens a second");
    return text;
}

}  // namespace

nlohmann::json answerJson(const PlanAnswer& answer, const std::string& out)
{
    auto tensors = nlohmann::json::array();
    for (std::size_t i = 0; i < answer.plan.choices.size(); ++i) {
        tensors.push_back({{"name", answer.model->tensors()[i].name}, {"type", quant::name(answer.plan.choices[i].type)}});
        if (answer.carried[i])
            tensors.back()["carried"] = true;
    }
    nlohmann::json json{{"out", out},
                        {"bytes", answer.plan.fileBytes},
                        {"bits_per_weight", answer.plan.bitsPerWeight},
                        {"predicted_kld", answer.prediction.kld},
                        {"predicted_kld_low", answer.prediction.low},
                        {"predicted_kld_high", answer.prediction.high},
                        {"level", sense::levelName(answer.level)},
                        {"reasons", reasonsJson(answer.reasons)},
                        {"llama_quantize", answer.command},
                        {"tensors", std::move(tensors)}};
    if (answer.cacheBytes > 0) {
        json["kv_cache_bytes"] = std::uint64_t(answer.cacheBytes);
        json["memory_bytes"] = answer.plan.tensorBytes + std::uint64_t(answer.cacheBytes);
    }
    if (answer.tokensPerSecond > 0) {
        json["tokens_per_second"] = answer.tokensPerSecond;
        json["speeds_device"] = answer.speedsDevice;
        for (const plan::TypeSpeed& one : answer.speeds)
            json["speeds"].push_back({{"type", quant::name(one.type)}, {"gb_per_s", one.bytesPerSecond / 1e9}});
    }
    for (const FrontierPoint& point : answer.frontier) {
        json["frontier"].push_back({{"bytes", point.bytes}, {"predicted_kld", point.kld}});
        if (point.tokensPerSecond > 0)
            json["frontier"].back()["tokens_per_second"] = point.tokensPerSecond;
    }
    return json;
}

std::string answerText(const PlanAnswer& answer, const std::string& out)
{
    const auto& [kld, low, high] = answer.prediction;
    std::string text = out + ": " + std::to_string(answer.plan.fileBytes) + " bytes, " + fixed(answer.plan.bitsPerWeight, 3)
        + " bits per weight, predicted KL divergence " + fixed(kld, 5) + " (" + fixed(low, 5) + " to " + fixed(high, 5)
        + "), from the level " + std::string(sense::levelName(answer.level));
    if (answer.cacheBytes > 0)
        text += "\n  in memory: " + bytesText(answer.plan.tensorBytes) + " of weights and " + bytesText(std::uint64_t(answer.cacheBytes))
            + " of KV cache";
    if (answer.tokensPerSecond > 0)
        text += "\n  on " + (answer.speedsDevice == "CPU" ? "this CPU" : answer.speedsDevice) + ": about "
            + fixed(answer.tokensPerSecond, 1) + " tokens a second";
    if (const auto carried = std::ranges::count(answer.carried, true))
        text.append("\n  figures carried from the weights: ").append(std::to_string(carried)).append(" tensors");
    for (const auto& one : answer.reasons)
        text.append("\n  ").append(sentence(one));
    for (const FrontierPoint& point : answer.frontier)
        text.append("\n").append(pointText(point));
    return text;
}

}  // namespace halftone::cli
