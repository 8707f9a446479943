// SPDX-License-Identifier: Apache-2.0
#include "core/infer/hyperparameters.h"

#include "core/infer/not_runnable.h"
#include "core/model/model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace halftone::infer {

namespace {

// Far above any model made, far below what could overflow a product of three.
constexpr std::int64_t kMaxLayers = 512, kMaxHeads = 1024, kMaxHeadSize = 1024, kMaxWidth = 1 << 20, kMaxVocabulary = 1 << 24,
                       kMaxExperts = 4096, kMaxContext = std::int64_t(1) << 31;

NotRunnableError malformed(const std::string& key, const std::string& problem)
{
    return NotRunnableError({.kind = NotRunnable::Kind::KeyWrong, .subject = key, .detail = problem});
}

NotRunnableError missing(const std::string& key)
{
    return NotRunnableError({.kind = NotRunnable::Kind::KeyMissing, .subject = key});
}

/// Metadata under the architecture's prefix, with ranges.
class Reader {
public:
    Reader(const model::Metadata& metadata, std::string prefix) : m_metadata(metadata), m_prefix(std::move(prefix)) {}

    const model::Metadata& metadata() const { return m_metadata; }
    std::string key(std::string_view name) const { return m_prefix + "." + std::string(name); }

    std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high) const
    {
        const std::string full = key(name);
        if (!m_metadata.contains(full))
            return {};
        const auto value = perLayer(full);
        if (value < low || value > high)
            throw malformed(full, "is " + std::to_string(value) + ", expected " + std::to_string(low) + " to " + std::to_string(high));
        return value;
    }

    std::int64_t required(std::string_view name, std::int64_t low, std::int64_t high) const
    {
        if (const auto value = integer(name, low, high))
            return *value;
        throw missing(key(name));
    }

    std::optional<double> number(std::string_view name) const
    {
        const std::string full = key(name);
        if (!m_metadata.contains(full))
            return {};
        const auto value = m_metadata.number(full);
        if (!value || !std::isfinite(*value))
            throw malformed(full, "is not a finite number");
        return value;
    }

    double positive(std::string_view name, double otherwise) const
    {
        const double value = number(name).value_or(otherwise);
        if (value <= 0)
            throw malformed(key(name), "is " + std::to_string(value) + ", expected more than 0");
        return value;
    }

    /// 0 is as good as no key.
    double positiveOr(std::string_view name, double otherwise) const
    {
        const double value = number(name).value_or(0);
        return value == 0 ? otherwise : positive(name, otherwise);
    }

private:
    /// Some keys may hold one number for each layer; all alike is as good as one.
    std::int64_t perLayer(const std::string& full) const
    {
        if (const auto value = m_metadata.integer(full))
            return *value;
        const auto common = [&](const auto* values) -> std::optional<std::int64_t> {
            if (!values || values->empty())
                return {};
            if (std::adjacent_find(values->begin(), values->end(), std::not_equal_to{}) != values->end())
                throw NotRunnableError({.kind = NotRunnable::Kind::LayersDiffer, .subject = full});
            return std::int64_t(values->front());
        };
        if (const auto value = common(m_metadata.array<std::uint32_t>(full)))
            return *value;
        if (const auto value = common(m_metadata.array<std::int32_t>(full)))
            return *value;
        throw malformed(full, "is not an integer");
    }

    const model::Metadata& m_metadata;
    std::string m_prefix;
};

/// How much longer a vector's parts grow with the logarithm of the stretched context (YaRN, section 3.4).
double yarnGrowth(double factor, double multiplier)
{
    return factor <= 1 ? 1 : 1 + 0.1 * multiplier * std::log(factor);
}

/// What cosines and sines are multiplied by. DeepSeek 2 leaves them alone and has the growth in its attention's scale, by a
/// multiplier that converters write as a tenth of itself.
void readMagnitude(const Reader& reader, Hyperparameters& h)
{
    RopeParameters& rope = h.rope;
    rope.attentionFactor = reader.positive("rope.scaling.attn_factor", 1);
    if (rope.scaling != RopeScaling::Yarn)
        return;
    const double multiplier = h.traits.latentAttention ? 10 * reader.number("rope.scaling.yarn_log_multiplier").value_or(0) : 0;
    if (rope.extrapolation == 0)
        rope.attentionFactor *= reader.positive("rope.scaling.yarn_attn_factor", 1);
    else if (multiplier == 0)
        rope.attentionFactor *= yarnGrowth(rope.factor, 1);
    if (!h.latent)
        return;
    const double growth = rope.attentionFactor * yarnGrowth(rope.factor, multiplier);
    h.attentionScale *= float(growth * growth);
}

void readRope(const Reader& reader, Hyperparameters& h)
{
    RopeParameters& rope = h.rope;
    rope.dimensions = std::uint32_t(reader.integer("rope.dimension_count", 2, h.keySize).value_or(h.keySize));
    if (rope.dimensions % 2 != 0)
        throw malformed(reader.key("rope.dimension_count"), "is " + std::to_string(rope.dimensions) + ", expected an even number");
    rope.frequencyBase = reader.positive("rope.freq_base", 10000);
    rope.originalContext =
        double(reader.integer("rope.scaling.original_context_length", 1, kMaxContext).value_or(std::int64_t(h.contextLength)));
    rope.betaFast = reader.positive("rope.scaling.yarn_beta_fast", 32);
    rope.betaSlow = reader.positive("rope.scaling.yarn_beta_slow", 1);
    rope.extrapolation = reader.number("rope.scaling.yarn_ext_factor").value_or(1);
    if (rope.extrapolation < 0)
        rope.extrapolation = 1;  // as good as no key

    // Files without a type are linear, with a factor that is usually absent; 0 is an old way to say 1.
    const std::string type{reader.metadata().string(reader.key("rope.scaling.type")).value_or("linear")};
    double factor = reader.number("rope.scaling.factor").value_or(reader.number("rope.scale_linear").value_or(0));
    if (factor == 0)
        factor = 1;
    if (factor < 0)
        throw malformed(reader.key("rope.scaling.factor"), "is negative");
    if (type == "none") {
        rope.scaling = RopeScaling::None;
    } else if (type == "linear" || type == "longrope") {  // the latter's own factors are tensors
        rope.scaling = factor == 1 ? RopeScaling::None : RopeScaling::Linear;
        rope.factor = factor;
    } else if (type == "yarn") {
        rope.scaling = RopeScaling::Yarn;
        rope.factor = factor;
    } else {
        throw NotRunnableError({.kind = NotRunnable::Kind::PositionScaling, .architecture = h.architecture, .subject = type});
    }
    readMagnitude(reader, h);
}

std::uint64_t readVocabulary(const Reader& reader, const model::Model& model)
{
    if (const auto* tokens = reader.metadata().array<std::string>("tokenizer.ggml.tokens"); tokens && !tokens->empty()) {
        if (std::int64_t(tokens->size()) > kMaxVocabulary)
            throw malformed("tokenizer.ggml.tokens", "has too many entries");
        return tokens->size();
    }
    if (const auto size = reader.integer("vocab_size", 1, kMaxVocabulary))
        return std::uint64_t(*size);
    const model::Tensor* embedding = model.find("token_embd.weight");
    return embedding ? std::min<std::uint64_t>(embedding->shape.rows(), kMaxVocabulary) : 1;
}

void readHeads(const Reader& reader, Hyperparameters& h)
{
    h.heads = std::uint32_t(reader.required("attention.head_count", 1, kMaxHeads));
    h.kvHeads = std::uint32_t(reader.integer("attention.head_count_kv", 1, kMaxHeads).value_or(h.heads));
    if (h.heads % h.kvHeads != 0)
        throw malformed(reader.key("attention.head_count"),
                        "is " + std::to_string(h.heads) + ", not a multiple of head_count_kv, " + std::to_string(h.kvHeads));
    const std::int64_t headSize = std::int64_t(h.width / h.heads);
    const auto keySize = reader.integer("attention.key_length", 2, kMaxHeadSize);
    const auto valueSize = reader.integer("attention.value_length", 1, kMaxHeadSize);
    if ((!keySize || !valueSize) && (headSize < 2 || headSize > kMaxHeadSize || h.width % h.heads != 0))
        throw malformed(reader.key("embedding_length"),
                        "is " + std::to_string(h.width) + ", which " + std::to_string(h.heads) + " heads cannot share");
    h.keySize = std::uint32_t(keySize.value_or(headSize));
    h.valueSize = std::uint32_t(valueSize.value_or(headSize));
}

/// Newer files have the sizes of the cache's one head as key_length and value_length, and those of a head apart.
void readLatent(const Reader& reader, Hyperparameters& h)
{
    if (!h.traits.latentAttention)
        return;
    LatentShape& latent = h.latent.emplace();
    const auto turning = std::uint32_t(reader.required("rope.dimension_count", 2, h.keySize - 1));
    const auto keySize = reader.integer("attention.key_length_mla", turning + 1, kMaxHeadSize);
    latent.turningSize = turning;
    latent.rank = std::uint32_t(reader.required("attention.kv_lora_rank", 1, kMaxWidth));
    latent.queryRank = std::uint32_t(reader.integer("attention.q_lora_rank", 0, kMaxWidth).value_or(0));
    latent.absorbed = keySize.has_value();
    latent.plainSize = std::uint32_t(keySize.value_or(h.keySize)) - turning;
    latent.valueSize = std::uint32_t(keySize ? reader.required("attention.value_length_mla", 1, kMaxHeadSize) : h.valueSize);
    const bool fits =
        latent.absorbed ? h.kvHeads == 1 && h.keySize == latent.rank + turning && h.valueSize == latent.rank : h.kvHeads == h.heads;
    if (!fits)
        throw malformed(reader.key("attention.kv_lora_rank"), "does not go with head_count_kv, key_length and value_length");
}

void readScales(const Reader& reader, Hyperparameters& h)
{
    const Architecture& traits = h.traits;
    const std::uint32_t ownSize = h.latent ? h.latent->headSize() : h.keySize;
    const double headSize = h.layers == traits.layersOfWidthScale ? double(h.width / h.heads) : double(ownSize);
    h.attentionScale = float(1 / std::sqrt(headSize));
    h.attentionSoftCap = float(reader.positiveOr("attn_logit_softcapping", traits.attentionSoftCap));
    h.outputSoftCap = float(reader.positiveOr("final_logit_softcapping", traits.outputSoftCap));
    if (traits.embeddingTimesRootWidth)
        h.embeddingScale = std::sqrt(float(h.width));
    if (!traits.multipliers)
        return;
    h.attentionScale = float(reader.positiveOr("attention.scale", h.attentionScale));
    h.embeddingScale = float(reader.positiveOr("embedding_scale", 1));
    h.residualScale = float(reader.positiveOr("residual_scale", 1));
    h.logitScale = float(1 / reader.positiveOr("logit_scale", 1));
}

/// The pattern is a period, whose last layer sees everything, or says it for each layer.
std::vector<bool> readWindowed(const Reader& reader, const Hyperparameters& h)
{
    const std::string name = "attention.sliding_window_pattern";
    std::vector<bool> windowed(h.layers);
    if (const auto* pattern = reader.metadata().array<model::Bool>(reader.key(name))) {
        if (pattern->size() < windowed.size())
            throw malformed(reader.key(name),
                            "has " + std::to_string(pattern->size()) + " entries for " + std::to_string(h.layers) + " layers");
        for (std::size_t layer = 0; layer < windowed.size(); ++layer)
            windowed[layer] = (*pattern)[layer].value;
        return windowed;
    }
    const std::size_t period = std::size_t(reader.integer(name, 1, kMaxLayers).value_or(h.traits.windowPeriod));
    for (std::size_t layer = 0; layer < windowed.size(); ++layer)
        windowed[layer] = layer % period + 1 < period;
    return windowed;
}

void readWindow(const Reader& reader, Hyperparameters& h)
{
    if (h.traits.windowPeriod == 0)
        return;
    h.window = std::uint64_t(reader.integer("attention.sliding_window", 0, kMaxContext).value_or(h.traits.window));
    if (h.window == 0)
        return;
    h.windowed = readWindowed(reader, h);
    if (h.traits.windowStretched)
        return;
    const double base = h.traits.windowRopeBase > 0 ? h.traits.windowRopeBase : h.rope.frequencyBase;
    h.windowRope = RopeParameters{
        .pairing = h.rope.pairing, .dimensions = h.rope.dimensions, .frequencyBase = reader.positive("rope.freq_base_swa", base)};
}

void readRouting(const Reader& reader, Hyperparameters& h)
{
    constexpr std::int64_t kSoftmax = 1, kSigmoid = 2;
    RoutingRule& rule = h.routing;
    rule.experts = h.experts;
    rule.used = std::size_t(reader.required("expert_used_count", 1, std::int64_t(h.experts)));
    rule.sumToOne = h.traits.expertWeightsSumToOne;
    if (!h.traits.weighsExpertsByKeys)
        return;
    const std::int64_t gating = reader.integer("expert_gating_func", 0, 255).value_or(0);
    if (gating > kSigmoid)
        throw NotRunnableError({.kind = NotRunnable::Kind::ExpertChoice,
                                .architecture = h.architecture,
                                .subject = reader.key("expert_gating_func"),
                                .detail = std::to_string(gating)});
    rule.sigmoid = gating > kSoftmax;
    rule.sumToOne = reader.metadata().boolean(reader.key("expert_weights_norm")).value_or(false);
    rule.scale = float(reader.positiveOr("expert_weights_scale", 1));
    rule.groups = std::size_t(reader.integer("expert_group_count", 0, std::int64_t(h.experts)).value_or(1));
    rule.groups = std::max<std::size_t>(rule.groups, 1);
    rule.groupsUsed = std::size_t(reader.integer("expert_group_used_count", 0, std::int64_t(rule.groups)).value_or(1));
    rule.groupsUsed = std::max<std::size_t>(rule.groupsUsed, 1);
    if (h.experts % rule.groups != 0 || rule.used > h.experts / rule.groups * rule.groupsUsed)
        throw malformed(reader.key("expert_group_count"), "does not go with expert_count, expert_used_count and expert_group_used_count");
}

void readExperts(const Reader& reader, Hyperparameters& h)
{
    h.experts = std::size_t(reader.integer("expert_count", 0, kMaxExperts).value_or(0));
    if (h.experts == 0 && h.traits.experts == Experts::Always)
        throw missing(reader.key("expert_count"));
    if (h.experts == 0)
        return;
    if (h.traits.experts == Experts::Never)
        throw NotRunnableError({.kind = NotRunnable::Kind::Experts, .architecture = h.architecture});
    readRouting(reader, h);
    h.denseLayers = std::uint32_t(reader.integer("leading_dense_block_count", 0, kMaxLayers).value_or(0));
    const std::uint64_t width = h.traits.expertsShareWidth ? h.ffnWidth / h.routing.used : h.ffnWidth;
    h.expertWidth = std::uint64_t(reader.integer("expert_feed_forward_length", 1, kMaxWidth).value_or(std::int64_t(width)));
    if (h.traits.sharedExpert == SharedExpert::None)
        return;
    const auto count = std::uint64_t(reader.integer("expert_shared_count", 0, kMaxExperts).value_or(0));
    const std::uint64_t shared = h.traits.sharedExpert == SharedExpert::Weighted ? h.ffnWidth : count * h.expertWidth;
    h.sharedExpertWidth = std::uint64_t(reader.integer("expert_shared_feed_forward_length", 0, kMaxWidth).value_or(std::int64_t(shared)));
}

}  // namespace

Hyperparameters readHyperparameters(const model::Model& model)
{
    Hyperparameters h;
    h.architecture = model.architecture();
    h.traits = findArchitecture(h.architecture);
    const Reader reader(model.metadata(), h.architecture);
    h.layers = std::uint32_t(reader.required("block_count", 1, kMaxLayers));
    h.width = std::uint64_t(reader.required("embedding_length", 1, kMaxWidth));
    h.ffnWidth = std::uint64_t(reader.required("feed_forward_length", 1, kMaxWidth));
    h.contextLength = std::uint64_t(reader.required("context_length", 1, kMaxContext));
    h.vocabulary = readVocabulary(reader, model);
    const std::string epsilon = h.traits.norm == NormKind::Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
    if (!reader.number(epsilon))
        throw missing(reader.key(epsilon));
    h.normEpsilon = float(reader.positive(epsilon, 1e-5));
    readHeads(reader, h);
    readLatent(reader, h);
    readScales(reader, h);
    h.parallel = h.traits.parallel && reader.metadata().boolean(reader.key("use_parallel_residual")).value_or(true);
    readExperts(reader, h);
    h.rope.pairing = h.traits.pairing;
    if (h.traits.rotates)
        readRope(reader, h);
    readWindow(reader, h);
    return h;
}

}  // namespace halftone::infer
