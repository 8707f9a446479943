// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan.h"

#include "core/base/error.h"
#include "core/format/gguf_size.h"
#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/mixture.h"
#include "core/plan/name_pattern.h"
#include "core/plan/output_header.h"
#include "core/plan/quantizable.h"

#include <algorithm>
#include <map>

namespace halftone::plan {
namespace {

using model::Model;
using model::Tensor;
using quant::Type;

constexpr std::string_view kPure = "pure:";

void requireMakeable(Type type, const std::string& place)
{
    const quant::TypeInfo& info = quant::info(type);
    if (!info.canQuantize) {
        throw Error(ErrorCode::Usage, {.problem = "this program cannot make the type " + std::string(info.name),
                                       .place = place,
                                       .advice = "choose another type"});
    }
}

/// What the recipe's base asks for, for each tensor.
std::vector<Wish> baseWishes(const Model& model, const Recipe& recipe, const PlanOptions& options)
{
    const std::string_view base = recipe.base;
    std::vector<Wish> wishes;
    wishes.reserve(model.tensors().size());
    if (base == "source") {
        for (const Tensor& tensor : model.tensors())
            wishes.push_back({tensor.type, Reason::KeepsSource});
        return wishes;
    }
    if (base.starts_with(kPure)) {
        const quant::TypeInfo* info = quant::findType(base.substr(kPure.size()));
        if (!info)
            throw Error(ErrorCode::Usage, "there is no type \"" + std::string(base.substr(kPure.size())) + "\" for the base " + recipe.base);
        requireMakeable(info->type, "base " + recipe.base);
        wishes.assign(model.tensors().size(), {info->type, Reason::Pure});
        return wishes;
    }
    if (const Preset* preset = findPreset(base))
        return mixtureWishes(model, *preset, options.importance);
    throw Error(ErrorCode::Usage, {.problem = "there is no preset \"" + recipe.base + "\"",
                                   .advice = "use a preset's name such as Q4_K_M, \"pure:TYPE\" or \"source\""});
}

/// The recipe's patterns, compiled, with a count of what each decided.
class Rules {
public:
    explicit Rules(const std::vector<Rule>& rules) : m_rules(rules), m_matches(rules.size(), 0)
    {
        m_patterns.reserve(rules.size());
        for (const Rule& rule : rules) {
            requireMakeable(rule.type, "rule \"" + rule.pattern + "\"");
            m_patterns.emplace_back(rule.pattern);
        }
    }

    /// Index of the first rule that matches, or -1.
    int firstMatch(const std::string& name)
    {
        for (std::size_t i = 0; i < m_patterns.size(); ++i) {
            if (m_patterns[i].matches(name)) {
                ++m_matches[i];
                return int(i);
            }
        }
        return -1;
    }

    void remarkUnused(std::vector<std::string>& remarks) const
    {
        for (std::size_t i = 0; i < m_rules.size(); ++i) {
            if (m_matches[i] == 0)
                remarks.push_back("the rule \"" + m_rules[i].pattern + "\" decides no tensor");
        }
    }

private:
    const std::vector<Rule>& m_rules;
    std::vector<NamePattern> m_patterns;
    std::vector<std::size_t> m_matches;
};

/// Strongest first: a choice by hand, a pattern, the base.
Choice decide(const Tensor& tensor, const Recipe& recipe, Rules& rules, const Wish& base)
{
    Choice choice{.type = tensor.type, .wanted = tensor.type, .reason = Reason::NotQuantizable};
    if (!quantizable(tensor))
        return choice;
    if (const auto exact = recipe.exact.find(tensor.name); exact != recipe.exact.end()) {
        choice.wanted = exact->second;
        choice.reason = Reason::Exact;
    } else if (const int rule = rules.firstMatch(tensor.name); rule >= 0) {
        choice.wanted = recipe.rules[std::size_t(rule)].type;
        choice.reason = Reason::Rule;
        choice.rule = rule;
    } else {
        choice.wanted = base.type;
        choice.reason = base.reason;
    }
    if (choice.wanted == tensor.type)
        return choice;
    if (!quant::info(tensor.type).canDequantize) {
        choice.wanted = tensor.type;
        choice.reason = Reason::Impossible;
        choice.rule = -1;
        return choice;
    }
    choice.type = fittingType(choice.wanted, tensor.shape.columns());
    choice.fallback = choice.type != choice.wanted;
    return choice;
}

void remarkIdleNames(const Model& model, const Recipe& recipe, std::vector<std::string>& remarks)
{
    for (const auto& [name, type] : recipe.exact) {
        const Tensor* tensor = model.find(name);
        if (!tensor)
            remarks.push_back("the recipe names a tensor " + name + " that this model lacks");
        else if (!quantizable(*tensor) && tensor->type != type)
            remarks.push_back(name + " stays " + std::string(quant::name(tensor->type)) + ": it is never quantized");
    }
}

/// LLAMA_FTYPE numbers of files that are mostly of one type, as llama.cpp guesses them.
std::uint32_t fileTypeOf(Type type)
{
    static const std::map<Type, std::uint32_t> kFileTypes{
        {Type::F32, 0},      {Type::F16, 1},      {Type::Q4_0, 2},    {Type::Q4_1, 3},    {Type::Q8_0, 7},   {Type::Q5_0, 8},
        {Type::Q5_1, 9},     {Type::Q2_K, 10},    {Type::Q3_K, 12},   {Type::Q4_K, 15},   {Type::Q5_K, 17},  {Type::Q6_K, 18},
        {Type::IQ2_XXS, 19}, {Type::IQ2_XS, 20},  {Type::IQ3_XXS, 23}, {Type::IQ1_S, 24}, {Type::IQ4_NL, 25}, {Type::IQ3_S, 26},
        {Type::IQ2_S, 28},   {Type::IQ4_XS, 30},  {Type::IQ1_M, 31},  {Type::BF16, 32},   {Type::TQ1_0, 36}, {Type::TQ2_0, 37},
        {Type::MXFP4, 38},   {Type::NVFP4, 39},   {Type::Q1_0, 40},   {Type::Q2_0, 41},
    };
    const auto found = kFileTypes.find(type);
    return found == kFileTypes.end() ? 0 : found->second;
}

/// The type of most weights among the matrices.
Type mainType(const Model& model, const std::vector<Choice>& choices)
{
    std::map<Type, std::uint64_t> weights;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (trueRank(model.tensors()[i].shape) > 1)
            weights[choices[i].type] += model.tensors()[i].shape.elements();
    }
    const auto most = std::ranges::max_element(weights, {}, [](const auto& entry) { return entry.second; });
    return most == weights.end() ? Type::F32 : most->first;
}

void addSizes(const Model& model, Plan& plan)
{
    std::vector<format::TensorHeader> headers = outputHeaders(model, plan);
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        Choice& choice = plan.choices[i];
        const model::Shape& shape = model.tensors()[i].shape;
        choice.bytes = quant::rowBytes(choice.type, shape.columns()) * shape.rows();
        plan.tensorBytes += choice.bytes;
        plan.fallbacks += choice.fallback;
    }
    if (copiesFile(model, plan))
        plan.fileBytes = model.fileBytes();
    else
        plan.fileBytes = format::ggufFileBytes(outputMetadataBytes(model, plan), headers, outputAlignment(model));
    if (model.parameters() > 0)
        plan.bitsPerWeight = 8.0 * double(plan.tensorBytes) / double(model.parameters());
}

}  // namespace

std::string_view describe(Reason reason)
{
    switch (reason) {
    case Reason::NotQuantizable: return "vectors, norms, routers and the like are kept as they are";
    case Reason::KeepsSource: return "nothing asks for a change";
    case Reason::PresetBase: return "the preset's main type";
    case Reason::PresetOutput: return "the preset's rule for the output matrix";
    case Reason::PresetTiedOutput: return "the embedding is the output too, so the preset's rule for the output holds";
    case Reason::PresetEmbedding: return "the preset's rule for the token embedding";
    case Reason::PresetAttentionV: return "the preset's rule for attn_v";
    case Reason::PresetAttentionK: return "the preset's rule for attn_k";
    case Reason::PresetAttentionQKV: return "the preset's rule for attn_qkv";
    case Reason::PresetAttentionOutput: return "the preset's rule for attn_output";
    case Reason::PresetFfnDown: return "the preset's rule for ffn_down";
    case Reason::PresetFfnGate: return "the preset's rule for ffn_gate";
    case Reason::PresetFfnUp: return "the preset's rule for ffn_up";
    case Reason::Pure: return "every matrix alike";
    case Reason::Rule: return "one of the recipe's patterns";
    case Reason::Exact: return "chosen by hand for this tensor";
    case Reason::Impossible: return "the source's type cannot be read here, so the tensor is copied";
    }
    return "";
}

Plan makePlan(const Model& model, const Recipe& recipe, const PlanOptions& options)
{
    for (const auto& [name, type] : recipe.exact) {
        // Keeping what is there takes no making.
        const Tensor* tensor = model.find(name);
        if (!tensor || tensor->type != type)
            requireMakeable(type, "tensor " + name);
    }
    Rules rules(recipe.rules);
    const std::vector<Wish> wishes = baseWishes(model, recipe, options);

    Plan plan;
    plan.choices.reserve(wishes.size());
    for (std::size_t i = 0; i < wishes.size(); ++i)
        plan.choices.push_back(decide(model.tensors()[i], recipe, rules, wishes[i]));
    rules.remarkUnused(plan.remarks);
    remarkIdleNames(model, recipe, plan.remarks);

    const auto keepsType = [](const Tensor& tensor, const Choice& choice) { return tensor.type == choice.type; };
    plan.unchanged = recipe.base == "source" && std::ranges::equal(model.tensors(), plan.choices, keepsType);
    const Preset* preset = findPreset(recipe.base);
    plan.fileType = preset ? preset->fileType : fileTypeOf(mainType(model, plan.choices));
    plan.recipe = toEmbeddedJson(recipe);
    plan.provenance = options.provenance;
    addSizes(model, plan);
    return plan;
}

}  // namespace halftone::plan
