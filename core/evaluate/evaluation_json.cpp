// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/evaluation.h"

#include <nlohmann/json.hpp>

namespace halftone::evaluate {

namespace {

using nlohmann::json;

json binsJson(const std::vector<Bin>& bins)
{
    json list = json::array();
    for (const Bin& bin : bins)
        list.push_back({{"tokens", bin.tokens}, {"before", bin.before}, {"after", bin.after}, {"mean_kld", bin.kld}});
    return list;
}

json variantJson(const EvaluatedVariant& variant)
{
    const Figures& f = variant.figures;
    json object{{"name", variant.name}, {"bytes", variant.bytes}, {"bits_per_weight", variant.bitsPerWeight}, {"windows", variant.windows}};
    object["ms_per_token"] = variant.decodeMs > 0 ? json(variant.decodeMs) : json(nullptr);
    if (variant.share.layers > 0)
        object["device_layers"] = variant.share.layers;
    if (f.tokens == 0)
        return object;
    object.update({{"tokens", f.tokens},
                   {"perplexity", f.perplexity},
                   {"perplexity_error", f.perplexityError},
                   {"nll", f.nll},
                   {"mean_kld", f.meanKld},
                   {"mean_kld_error", f.meanKldError},
                   {"median_kld", f.medianKld},
                   {"p99_kld", f.p99Kld},
                   {"max_kld", f.maxKld},
                   {"true_token_change", f.trueChange},
                   {"true_token_change_rms", f.trueChangeRms},
                   {"top1_agreement", f.top1Agreement},
                   {"top5_agreement", f.top5Agreement},
                   {"entropy", f.entropy},
                   {"ece", f.calibrationError},
                   {"confidence", binsJson(f.confidence)},
                   {"uncertainty", binsJson(f.uncertainty)},
                   {"positions", binsJson(f.positions)}});
    return object;
}

}  // namespace

std::string toJson(const Evaluation& evaluation)
{
    json variants = json::array();
    for (const EvaluatedVariant& variant : evaluation.variants)
        variants.push_back(variantJson(variant));
    const json document{{"model", evaluation.model},     {"text", evaluation.text},
                        {"context", evaluation.window},  {"windows", evaluation.windows},
                        {"created", evaluation.created}, {"device", evaluation.device.empty() ? "CPU" : evaluation.device},
                        {"variants", variants}};
    return document.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace halftone::evaluate
