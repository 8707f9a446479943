// SPDX-License-Identifier: Apache-2.0
#include "core/plan/decode_speed.h"

#include "core/base/error.h"
#include "core/format/json.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace halftone::plan {
namespace {

using Json = nlohmann::json;
using quant::Type;

constexpr std::string_view kFormat = "halftone-speeds";
constexpr int kVersion = 1;

double secondsPerWeight(const TypeSpeed& speed)
{
    return quant::info(speed.type).bitsPerWeight() / 8 / speed.bytesPerSecond;
}

/// Experts used over experts; 1 where the file does not say.
double expertShare(const model::Model& model)
{
    const auto count = [&](const char* key) { return model.metadata().integer(model.architecture() + key).value_or(0); };
    const auto experts = count(".expert_count"), used = count(".expert_used_count");
    return used > 0 && used < experts ? double(used) / double(experts) : 1;
}

bool isExperts(model::Role role)
{
    return role == model::Role::FfnGateExperts || role == model::Role::FfnUpExperts || role == model::Role::FfnDownExperts;
}

constexpr const char* kAdvice = "measure them again";

[[noreturn]] void refuse(const std::string& problem)
{
    throw Error(ErrorCode::Malformed, {.problem = "this is no file of measured speeds: " + problem, .advice = kAdvice});
}

/// Finite and above 0, or 0 where that is allowed.
double numberOf(const Json& object, const char* key, bool orZero)
{
    const auto found = object.find(key);
    const double number = found != object.end() && found->is_number() ? found->get<double>() : -1;
    if (!std::isfinite(number) || number < 0 || (number == 0 && !orZero))
        refuse(std::string("key ") + key + " must be a positive number");
    return number;
}

TypeSpeed typeSpeedOf(const Json& entry)
{
    const Json name = entry.is_object() ? entry.value("type", Json()) : Json();
    const quant::TypeInfo* info = name.is_string() ? quant::findType(std::string_view(name.get_ref<const std::string&>())) : nullptr;
    if (!info)
        refuse("key types must name types");
    return {info->type, numberOf(entry, "bytes_per_second", false)};
}

}  // namespace

double DecodeSpeeds::bytesPerSecond(Type type) const
{
    const auto found = std::ranges::find(types, type, &TypeSpeed::type);
    return found != types.end() ? found->bytesPerSecond : std::ranges::min(types, {}, &TypeSpeed::bytesPerSecond).bytesPerSecond;
}

std::vector<double> readShares(const model::Model& model)
{
    const double experts = expertShare(model);
    std::vector<double> shares;
    for (const model::Tensor& tensor : model.tensors())
        shares.push_back(tensor.role == model::Role::TokenEmbedding && !model.tiedOutput() ? 0 : isExperts(tensor.role) ? experts : 1);
    return shares;
}

double readSeconds(std::uint64_t bytes, Type type, double share, const DecodeSpeeds& speeds)
{
    return double(bytes) * share / speeds.bytesPerSecond(type);
}

double secondsPerToken(const model::Model& model, const Plan& plan, const DecodeSpeeds& speeds)
{
    const std::vector<double> shares = readShares(model);
    double sum = speeds.otherSeconds;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        sum += readSeconds(plan.choices[i].bytes, plan.choices[i].type, shares[i], speeds);
    return sum;
}

std::vector<Type> fastTypes(const DecodeSpeeds& speeds)
{
    const auto plain = std::ranges::find(speeds.types, Type::Q8_0, &TypeSpeed::type);
    std::vector<Type> fast;
    for (const TypeSpeed& speed : speeds.types) {
        const bool wider = quant::info(speed.type).bitsPerWeight() > quant::info(Type::Q8_0).bitsPerWeight();
        if (quant::info(speed.type).canQuantize
            && (plain == speeds.types.end() || wider || secondsPerWeight(speed) <= secondsPerWeight(*plain)))
            fast.push_back(speed.type);
    }
    return fast;
}

std::string toJson(const DecodeSpeeds& speeds)
{
    Json types = Json::array();
    for (const TypeSpeed& speed : speeds.types)
        types.push_back({{"type", quant::name(speed.type)}, {"bytes_per_second", speed.bytesPerSecond}});
    Json json{{"format", kFormat}, {"version", kVersion}, {"other_seconds", speeds.otherSeconds}, {"types", std::move(types)}};
    if (speeds.memoryBytesPerSecond > 0)
        json["memory_bytes_per_second"] = speeds.memoryBytesPerSecond;
    return json.dump(1) + "\n";
}

DecodeSpeeds decodeSpeedsFromJson(std::string_view text)
{
    const Json json = format::readJson(text, {.bytes = 1u << 20, .depth = 4, .advice = kAdvice});
    if (!json.is_object() || json.value("format", Json()) != kFormat || json.value("version", Json()) != kVersion)
        refuse("it is not \"halftone-speeds\" of version 1");
    const auto types = json.find("types");
    if (types == json.end() || !types->is_array() || types->empty() || types->size() > quant::allTypes().size())
        refuse("key types must be a list of types");
    DecodeSpeeds speeds{.types = {}, .otherSeconds = numberOf(json, "other_seconds", true)};
    if (json.contains("memory_bytes_per_second"))  // files of earlier programs have none
        speeds.memoryBytesPerSecond = numberOf(json, "memory_bytes_per_second", false);
    for (const Json& entry : *types)
        speeds.types.push_back(typeSpeedOf(entry));
    return speeds;
}

}  // namespace halftone::plan
