// SPDX-License-Identifier: Apache-2.0
#include "core/plan/quantize_arguments.h"

#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/preset.h"
#include "core/plan/quantizable.h"

#include <algorithm>
#include <map>

namespace halftone::plan {
namespace {

using model::Model;
using model::Tensor;
using quant::Type;

constexpr std::string_view kEmbedding = "token_embd.weight", kOutput = "output.weight";

/// "blk.12.attn_v.weight" apart: the layer's number and what stands behind it. Other names have no layer.
struct Place {
    std::string layer, rest;
};

Place placeOf(const std::string& name)
{
    constexpr std::string_view kBlock = "blk.";
    if (!name.starts_with(kBlock))
        return {{}, name};
    const std::size_t end = name.find_first_not_of("0123456789", kBlock.size());
    if (end == kBlock.size() || end == std::string::npos || name[end] != '.')
        return {{}, name};
    return {name.substr(kBlock.size(), end - kBlock.size()), name.substr(end + 1)};
}

/// A name as a regular expression. llama-quantize puts patterns into lower case and cuts them at the first "=", so what would
/// not survive that becomes "any character", as do the marks of regular expressions.
std::string escaped(const std::string& name)
{
    std::string pattern;
    for (const char c : name) {
        if (c == '.')
            pattern += "\\.";
        else
            pattern += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ? c : '.';
    }
    return pattern;
}

/// The tensors of one kind and one type.
using Kind = std::pair<std::string, Type>;
using LayersOfKind = std::map<Kind, std::vector<std::string>>;

std::string layerPattern(const std::vector<std::string>& layers, bool all)
{
    if (all)
        return "[0-9]+";
    std::string which;
    for (const std::string& layer : layers)
        which.append(which.empty() ? "(" : "|").append(layer);
    return which.append(")");
}

std::string patternOf(const std::string& rest, const std::vector<std::string>& layers, bool all)
{
    std::string pattern("^");
    if (!layers.front().empty())
        pattern.append("blk\\.").append(layerPattern(layers, all)).append("\\.");
    return pattern.append(escaped(rest)).append("$");
}

/// Of presets that make the same plan of a small model the one that the file is named after.
const Preset* presetThatSays(const Model& model, const Plan& plan, const PlanOptions& options)
{
    const auto says = [&](const Preset& each) {
        return each.fileType == plan.fileType
            && std::ranges::equal(plan.choices, makePlan(model, {.base = std::string(each.name)}, options).choices, {}, &Choice::type,
                                  &Choice::type);
    };
    const auto found = std::ranges::find_if(presets(), says);
    return found == presets().end() ? nullptr : &*found;
}

/// llama-quantize refuses to make a quantized tensor into another type unless told to.
bool requantizes(const Model& model, const Plan& plan)
{
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const Type source = model.tensors()[i].type;
        if (plan.choices[i].type != source && !quant::info(source).isFloat())
            return true;
    }
    return false;
}

/// Every tensor that a pure Q8_0 would not give the plan's type.
void addTensorTypes(const Model& model, const Plan& plan, std::vector<std::string>& options)
{
    // The flag speaks for per_layer_token_embd as well.
    const bool flagForEmbedding = !model.find("per_layer_token_embd.weight");
    LayersOfKind kinds;
    std::map<std::string, std::size_t> layersWith;
    const auto add = [&](std::string_view flag, const std::string& value) { options.insert(options.end(), {std::string(flag), value}); };
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const Tensor& tensor = model.tensors()[i];
        if (!quantizable(tensor))
            continue;
        const Place place = placeOf(tensor.name);
        ++layersWith[place.rest];
        const Type type = plan.choices[i].type;
        if (type == fittingType(Type::Q8_0, tensor.shape.columns()))
            continue;
        if (tensor.name == kEmbedding && flagForEmbedding)
            add("--token-embedding-type", std::string(quant::name(type)));
        else if (tensor.name == kOutput)
            add("--output-tensor-type", std::string(quant::name(type)));
        else
            kinds[{place.rest, type}].push_back(place.layer);
    }
    for (const auto& [kind, layers] : kinds) {
        const bool all = !layers.front().empty() && layers.size() == layersWith[kind.first];
        add("--tensor-type", patternOf(kind.first, layers, all) + "=" + std::string(quant::name(kind.second)));
    }
}

std::string quoted(const std::string& text)
{
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos)
        return text;
    std::string result("'");
    for (const char c : text)
        c == '\'' ? result.append("'\\''") : result.append(1, c);
    return result.append("'");
}

}  // namespace

QuantizeArguments quantizeArguments(const Model& model, const Plan& plan, const PlanOptions& options)
{
    QuantizeArguments arguments{.options = {}, .base = "COPY"};
    if (plan.unchanged)
        return arguments;
    if (requantizes(model, plan))
        arguments.options.push_back("--allow-requantize");
    if (const Preset* preset = presetThatSays(model, plan, options)) {
        arguments.base = preset->name;
        return arguments;
    }
    arguments.base = "Q8_0";
    addTensorTypes(model, plan, arguments.options);
    return arguments;
}

std::string quantizeCommand(const QuantizeArguments& arguments, const std::string& source, const std::string& out,
                            const std::string& importance)
{
    std::string line = "llama-quantize";
    if (!importance.empty())
        line.append(" --imatrix ").append(quoted(importance));
    for (const std::string& option : arguments.options)
        line.append(" ").append(quoted(option));
    return line.append(" ").append(quoted(source)).append(" ").append(quoted(out)).append(" ").append(arguments.base);
}

}  // namespace halftone::plan
