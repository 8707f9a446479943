// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/format/json.h"
#include "core/sense/sensitivity.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace halftone::sense {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "halftone-sensitivity";
constexpr int kVersion = 1;
constexpr const char* kAdvice = "measure the sensitivity again";
constexpr format::JsonLimits kLimits{.depth = 4, .values = std::size_t(16) << 20, .advice = kAdvice};
constexpr std::size_t kMaxTensors = 1'000'000, kMaxSamples = 10'000;

[[noreturn]] void refuse(std::string problem, std::string place = {})
{
    throw Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = std::move(place), .advice = kAdvice});
}

/// A value of an object, with the path that leads to it for messages.
struct Node {
    const Json& json;
    std::string path;

    Node operator[](const char* key) const
    {
        if (!json.is_object())
            refuse("must be an object", "key " + path);
        const auto found = json.find(key);
        const std::string name = path.empty() ? key : path + "." + key;
        if (found == json.end())
            refuse("is missing", "key " + name);
        return {*found, name};
    }
    bool has(const char* key) const { return json.is_object() && json.contains(key); }

    std::string text() const
    {
        if (!json.is_string())
            refuse("must be a text", "key " + path);
        return json.get<std::string>();
    }
    /// Finite and not negative.
    double number() const
    {
        if (!json.is_number() || !std::isfinite(json.get<double>()) || json.get<double>() < 0)
            refuse("must be a number that is finite and not negative", "key " + path);
        return json.get<double>();
    }
    std::uint64_t count() const
    {
        if (!json.is_number_unsigned())
            refuse("must be a whole number that is not negative", "key " + path);
        return json.get<std::uint64_t>();
    }
    std::size_t size(std::size_t most) const
    {
        if (!json.is_array() || json.size() > most)
            refuse("must be a list of at most " + std::to_string(most) + " entries", "key " + path);
        return json.size();
    }
    Node at(std::size_t i) const { return {json[i], path + "[" + std::to_string(i) + "]"}; }
};

quant::Type typeOf(const Node& node)
{
    const std::string name = node.text();
    const quant::TypeInfo* info = quant::findType(std::string_view(name));
    if (!info)
        refuse("there is no type \"" + name.substr(0, 40) + "\"", "key " + node.path);
    return info->type;
}

/// Infinite where the type changes nothing, which JSON cannot say: left out then.
inspect::Distortion distortionOf(const Node& node)
{
    return {.rmse = node["rmse"].number(),
            .snrDb = node.has("snr_db") && node["snr_db"].json.is_number() ? node["snr_db"].json.get<double>()
                                                                           : std::numeric_limits<double>::infinity(),
            .cosine = node["cosine"].json.is_number() ? node["cosine"].json.get<double>() : 0,
            .maxError = node["max_error"].number()};
}

TensorError tensorOf(const Node& node)
{
    TensorError one{.tensor = node["name"].text(), .type = typeOf(node["type"]), .error = node["error"].number()};
    if (node.has("rmse"))
        one.weights = distortionOf(node);
    one.carried = node.has("carried") && node["carried"].json == true;
    return one;
}

Json tensorJson(const TensorError& one)
{
    Json json{{"name", one.tensor}, {"type", quant::name(one.type)}, {"error", one.error}};
    if (one.carried)
        json["carried"] = true;
    if (const auto& weights = one.weights) {
        json["rmse"] = weights->rmse;
        json["cosine"] = weights->cosine;
        json["max_error"] = weights->maxError;
        if (std::isfinite(weights->snrDb))
            json["snr_db"] = weights->snrDb;
    }
    return json;
}

Source sourceOf(const Node& root)
{
    const std::string name = root["level"].text();
    const auto level = findLevel(name);
    if (!level)
        refuse("there is no level \"" + name.substr(0, 40) + "\"", "key level");
    return {.level = *level,
            .model = root["model"].text(),
            .text = root["text"].text(),
            .importance = root["importance"].text(),
            .window = root["window"].count(),
            .windows = root["windows"].count()};
}

Fit fitOf(const Node& node)
{
    Fit fit{.scale = node["scale"].number(), .exponent = node["exponent"].number(), .spread = node["spread"].number()};
    if (fit.scale <= 0 || fit.exponent <= 0 || fit.spread < 1)
        refuse("is no rising curve with a band around it", "key " + node.path);
    const Node samples = node["samples"];
    for (std::size_t i = 0; i < samples.size(kMaxSamples); ++i)
        fit.samples.push_back({samples.at(i)["error"].number(), samples.at(i)["kld"].number()});
    return fit;
}

Json fitJson(const Fit& fit)
{
    Json samples = Json::array();
    for (const Sample& sample : fit.samples)
        samples.push_back({{"error", sample.error}, {"kld", sample.kld}});
    return {{"scale", fit.scale}, {"exponent", fit.exponent}, {"spread", fit.spread}, {"samples", std::move(samples)}};
}

Sensitivity sensitivityOf(const Json& json)
{
    const Node root{json, ""};
    if (root["format"].json != kFormat)
        refuse("is not \"halftone-sensitivity\"", "key format");
    if (root["version"].json != kVersion)
        refuse("this program reads version 1 only", "key version");
    Sensitivity s{.source = sourceOf(root), .tensors = {}, .fit = fitOf(root["fit"]), .complete = root["complete"].json == true};
    const Node tensors = root["tensors"];
    const std::size_t count = tensors.size(kMaxTensors);
    s.tensors.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        s.tensors.push_back(tensorOf(tensors.at(i)));
    return s;
}

}  // namespace

std::string toJson(const Sensitivity& s)
{
    Json tensors = Json::array();
    for (const TensorError& one : s.tensors)
        tensors.push_back(tensorJson(one));
    const Json json{{"format", kFormat},         {"version", kVersion},          {"level", levelName(s.source.level)},
                    {"model", s.source.model},   {"text", s.source.text},        {"importance", s.source.importance},
                    {"window", s.source.window}, {"windows", s.source.windows},  {"complete", s.complete},
                    {"fit", fitJson(s.fit)},     {"tensors", std::move(tensors)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Sensitivity sensitivityFromJson(std::string_view text)
{
    const Json json = format::readJson(text, kLimits);
    try {
        return sensitivityOf(json);
    } catch (const Error& error) {
        throw format::withByte(error, text);
    }
}

}  // namespace halftone::sense
