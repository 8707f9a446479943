// SPDX-License-Identifier: Apache-2.0
#include "core/infer/bind.h"

#include "core/infer/not_runnable.h"
#include "core/model/model.h"
#include "core/quant/codec.h"

#include <string>

namespace halftone::infer {

namespace {

/// Of a tensor; a stack is one matrix for each expert.
struct Extents {
    std::uint64_t columns, rows = 1, stack = 1;

    friend bool operator==(const Extents&, const Extents&) = default;
};

std::string text(const model::Shape& shape)
{
    std::string result = "[" + std::to_string(shape.extent[0]);
    for (std::uint32_t i = 1; i < std::min<std::uint32_t>(shape.rank, 4); ++i)
        result += ", " + std::to_string(shape.extent[i]);
    return result + "]";
}

std::string text(const Extents& extents)
{
    const std::uint32_t rank = extents.stack > 1 ? 3 : extents.rows > 1 ? 2 : 1;
    return text(model::Shape{{extents.columns, extents.rows, extents.stack, 1}, rank});
}

void requireProduct(const std::string& tensor, quant::Type type)
{
    if (!canMultiply(type))
        throw NotRunnableError({.kind = NotRunnable::Kind::TensorType, .subject = tensor, .detail = std::string(quant::name(type))});
}

enum class Need { Required, Optional };

/// Rows of a tensor that holds more than one matrix.
struct Part {
    std::uint64_t first, all;
};

/// Calls visit.matrix / visit.vector for every tensor of the network: the one list of names and shapes.
template <class Visitor>
void visitLinear(Visitor& visit, Linear& linear, const std::string& name, const Extents& extents)
{
    linear.name = name + ".weight";
    linear.experts = extents.stack;
    visit.matrix(linear.weight, linear.name, extents, Need::Required, {0, extents.rows});
    visit.biases(linear.bias, name + ".bias", {extents.rows, extents.stack});
}

/// The first part carries the tensor's name.
template <class Visitor>
void visitPart(Visitor& visit, Linear& linear, const std::string& name, const Extents& extents, const Part& part)
{
    linear.name = part.first == 0 ? name + ".weight" : "";
    visit.matrix(linear.weight, name + ".weight", extents, Need::Required, part);
    visit.vector(linear.bias, name + ".bias", extents.rows, Need::Optional, part);
}

template <class Visitor>
void visitNorm(Visitor& visit, Norm& norm, const std::string& name, std::uint64_t width)
{
    visit.vector(norm.weight, name + ".weight", width, Need::Required, {0, width});
    visit.vector(norm.bias, name + ".bias", width, Need::Optional, {0, width});
}

template <class Visitor>
void visitFeedForward(Visitor& visit, FeedForward& network, const std::string& block, const std::string& suffix, Extents up, Hidden hidden)
{
    if (hidden == Hidden::GatedTogether) {
        visitPart(visit, network.gate, block + "ffn_up" + suffix, up, {0, 2 * up.rows});
        visitPart(visit, network.up, block + "ffn_up" + suffix, up, {up.rows, 2 * up.rows});
    } else {
        visitLinear(visit, network.up, block + "ffn_up" + suffix, up);
        if (hidden == Hidden::Gated)
            visitLinear(visit, network.gate, block + "ffn_gate" + suffix, up);
    }
    visitLinear(visit, network.down, block + "ffn_down" + suffix, {up.rows, up.columns, up.stack});
}

template <class Visitor>
void visitMixture(Visitor& visit, Mixture& mixture, const std::string& block, const Hyperparameters& h)
{
    visitLinear(visit, mixture.router, block + "ffn_gate_inp", {h.width, h.experts});
    if (h.traits.weighsExpertsByKeys)
        visit.biases(mixture.choiceBias, block + "exp_probs_b.bias", {h.experts});
    visitFeedForward(visit, mixture.experts, block, "_exps", {h.width, h.expertWidth, h.experts}, h.traits.hidden);
    if (h.sharedExpertWidth == 0)
        return;
    visitFeedForward(visit, mixture.shared, block, "_shexp", {h.width, h.sharedExpertWidth}, h.traits.hidden);
    if (h.traits.sharedExpert == SharedExpert::Weighted)
        visitLinear(visit, mixture.sharedGate, block + "ffn_gate_inp_shexp", {h.width, 1});
}

template <class Visitor>
void visitLatentAttention(Visitor& visit, LayerWeights& layer, const std::string& block, const Hyperparameters& h)
{
    const LatentShape& shape = *h.latent;
    LatentWeights& latent = layer.latent;
    const std::uint64_t heads = h.heads;
    if (shape.queryRank > 0) {
        visitLinear(visit, latent.queryDown, block + "attn_q_a", {h.width, shape.queryRank});
        visit.vector(latent.queryNorm, block + "attn_q_a_norm.weight", shape.queryRank, Need::Required, {0, shape.queryRank});
    }
    visitLinear(visit, layer.query, block + (shape.queryRank > 0 ? "attn_q_b" : "attn_q"),
                {shape.queryRank > 0 ? shape.queryRank : h.width, heads * shape.headSize()});
    visitLinear(visit, latent.down, block + "attn_kv_a_mqa", {h.width, shape.rank + shape.turningSize});
    visit.vector(latent.norm, block + "attn_kv_a_norm.weight", shape.rank, Need::Required, {0, shape.rank});
    if (shape.absorbed) {
        visitLinear(visit, latent.keyUp, block + "attn_k_b", {shape.plainSize, shape.rank, heads});
        visitLinear(visit, latent.valueUp, block + "attn_v_b", {shape.rank, shape.valueSize, heads});
    } else {
        visitLinear(visit, latent.up, block + "attn_kv_b", {shape.rank, heads * (shape.plainSize + shape.valueSize)});
    }
}

template <class Visitor>
void visitQueriesKeysValues(Visitor& visit, LayerWeights& layer, const std::string& block, const Hyperparameters& h)
{
    if (const std::string fused = block + "attn_qkv"; visit.has(fused + ".weight")) {
        const std::uint64_t queries = h.queryWidth(), keys = h.keyWidth(), values = h.valueWidth(), all = queries + keys + values;
        visitPart(visit, layer.query, fused, {h.width, queries}, {0, all});
        visitPart(visit, layer.key, fused, {h.width, keys}, {queries, all});
        visitPart(visit, layer.value, fused, {h.width, values}, {queries + keys, all});
    } else {
        visitLinear(visit, layer.query, block + "attn_q", {h.width, h.queryWidth()});
        visitLinear(visit, layer.key, block + "attn_k", {h.width, h.keyWidth()});
        visitLinear(visit, layer.value, block + "attn_v", {h.width, h.valueWidth()});
    }
}

template <class Visitor>
void visitAttention(Visitor& visit, LayerWeights& layer, const std::string& block, const Hyperparameters& h)
{
    if (h.latent)
        visitLatentAttention(visit, layer, block, h);
    else
        visitQueriesKeysValues(visit, layer, block, h);
    visitLinear(visit, layer.attentionOutput, block + "attn_output", {h.mixedWidth(), h.width});
    if (h.traits.attentionSinks)
        visit.vector(layer.sinks, block + "attn_sinks.weight", h.heads, Need::Required, {0, h.heads});
    if (h.traits.headNorm == HeadNorm::None)
        return;
    const bool each = h.traits.headNorm == HeadNorm::EachHead;
    const std::uint64_t query = each ? h.keySize : h.queryWidth(), key = each ? h.keySize : h.keyWidth();
    visit.vector(layer.queryNorm, block + "attn_q_norm.weight", query, Need::Required, {0, query});
    visit.vector(layer.keyNorm, block + "attn_k_norm.weight", key, Need::Required, {0, key});
}

template <class Visitor>
void visitLayer(Visitor& visit, LayerWeights& layer, const Hyperparameters& h, std::uint32_t index)
{
    const std::string block = "blk." + std::to_string(index) + ".";
    visitAttention(visit, layer, block, h);
    if (h.traits.normBefore) {
        const bool ownNorm = visit.has(block + "attn_norm_2.weight");  // Falcon 40B
        visitNorm(visit, layer.attentionNorm, block + (ownNorm ? "attn_norm_2" : "attn_norm"), h.width);
        visitNorm(visit, layer.ffnNorm, block + std::string(h.traits.ffnNorm), h.width);
    }
    if (h.traits.normAfter) {
        visitNorm(visit, layer.attentionPostNorm, block + "post_attention_norm", h.width);
        visitNorm(visit, layer.ffnPostNorm, block + "post_ffw_norm", h.width);
    }
    if (h.isMixture(index))
        visitMixture(visit, layer.mixture, block, h);
    else
        visitFeedForward(visit, layer.dense, block, "", {h.width, h.ffnWidth}, h.traits.hidden);
}

/// What divides the frequencies of rotation, one for each pair; empty: nothing.
struct RopeFactors {
    std::vector<float> always;
    std::vector<float> shortContext, longContext;  ///< up to the original context and beyond it: Phi 3
};

template <class Visitor>
void visitRopeFactors(Visitor& visit, RopeFactors& factors, std::uint64_t pairs)
{
    const auto vector = [&](std::vector<float>& place, const std::string& name, Need need) {
        visit.vector(place, name, pairs, need, {0, pairs});
    };
    vector(factors.always, "rope_freqs.weight", Need::Optional);
    if (!visit.has("rope_factors_long.weight"))
        return;
    vector(factors.shortContext, "rope_factors_short.weight", Need::Required);
    vector(factors.longContext, "rope_factors_long.weight", Need::Required);
}

template <class Visitor>
void visitOuter(Visitor& visit, Variant::Weights& weights, RopeFactors& factors, const Hyperparameters& h)
{
    const auto matrix = [&](PackedMatrix& place, const std::string& name, std::uint64_t rows, Need need) {
        visit.matrix(place, name, {h.width, rows}, need, {0, rows});
    };
    matrix(weights.embedding, "token_embd.weight", h.vocabulary, Need::Required);
    if (h.traits.rotates)
        visitRopeFactors(visit, factors, h.rope.dimensions / 2);
    else
        matrix(weights.positions, "position_embd.weight", h.contextLength, Need::Required);
    visitNorm(visit, weights.outputNorm, "output_norm", h.width);
    matrix(weights.output, "output.weight", h.vocabulary, Need::Optional);
    visit.biases(weights.outputBias, "output.bias", {h.vocabulary});
}

/// Compares what the file has with what the network needs.
class Checker {
public:
    explicit Checker(const model::Model& model) : m_model(model) {}

    bool has(const std::string& name) const { return m_model.find(name) != nullptr; }
    void matrix(PackedMatrix&, const std::string& name, const Extents& extents, Need need, const Part& part)
    {
        check(name, {extents.columns, part.all, extents.stack}, need);
        if (const model::Tensor* tensor = m_model.find(name))
            requireProduct(name, tensor->type);
    }
    void vector(std::vector<float>&, const std::string& name, std::uint64_t, Need need, const Part& part) { check(name, {part.all}, need); }
    void biases(std::vector<float>&, const std::string& name, const Extents& extents) { check(name, extents, Need::Optional); }

private:
    void check(const std::string& name, const Extents& expected, Need need) const
    {
        const model::Tensor* tensor = m_model.find(name);
        if (!tensor) {
            if (need == Need::Optional)
                return;
            throw NotRunnableError({.kind = NotRunnable::Kind::TensorMissing, .subject = name, .expected = text(expected)});
        }
        const auto& extent = tensor->shape.extent;
        if (Extents{extent[0], extent[1], extent[2]} != expected || extent[3] != 1)
            throw NotRunnableError(
                {.kind = NotRunnable::Kind::TensorShape, .subject = name, .detail = text(tensor->shape), .expected = text(expected)});
        checkData(*tensor);
    }

    static void checkData(const model::Tensor& tensor)
    {
        const quant::TypeInfo& type = quant::info(tensor.type);
        if (!type.canDequantize)
            throw NotRunnableError({.kind = NotRunnable::Kind::TensorType, .subject = tensor.name, .detail = std::string(type.name)});
        if (tensor.shape.columns() % type.blockSize != 0)
            throw NotRunnableError({.kind = NotRunnable::Kind::TensorRows, .subject = tensor.name, .detail = std::string(type.name)});
        if (tensor.data.size() != quant::rowBytes(tensor.type, tensor.shape.columns()) * tensor.shape.rows())
            throw NotRunnableError({.kind = NotRunnable::Kind::TensorEmpty, .subject = tensor.name});
    }

    const model::Model& m_model;
};

/// Points matrices at their bytes and unpacks vectors.
class Binder {
public:
    Binder(const model::Model& model, const std::vector<TensorBytes>& tensors) : m_model(model), m_tensors(tensors) {}

    bool has(const std::string& name) const { return find(name) != nullptr; }
    void matrix(PackedMatrix& matrix, const std::string& name, const Extents& extents, Need, const Part& part) const
    {
        if (const TensorBytes* bytes = find(name)) {
            requireProduct(name, bytes->type);
            matrix = {bytes->type, bytes->data + part.first * quant::rowBytes(bytes->type, extents.columns), extents.rows, extents.columns};
        }
    }

    void vector(std::vector<float>& values, const std::string& name, std::uint64_t length, Need, const Part& part) const
    {
        const TensorBytes* bytes = find(name);
        if (!bytes)
            return;
        std::vector<float> all(part.all);
        quant::dequantize(bytes->type, {bytes->data, quant::rowBytes(bytes->type, part.all)}, all);
        values.assign(all.begin() + std::ptrdiff_t(part.first), all.begin() + std::ptrdiff_t(part.first + length));
    }
    void biases(std::vector<float>& values, const std::string& name, const Extents& extents) const
    {
        const TensorBytes* bytes = find(name);
        if (!bytes)
            return;
        values.resize(extents.columns * extents.rows);
        quant::dequantize(bytes->type, {bytes->data, quant::rowBytes(bytes->type, extents.columns) * extents.rows}, values);
    }

private:
    const TensorBytes* find(const std::string& name) const
    {
        const model::Tensor* tensor = m_model.find(name);
        return tensor ? &m_tensors[std::size_t(tensor - m_model.tensors().data())] : nullptr;
    }

    const model::Model& m_model;
    const std::vector<TensorBytes>& m_tensors;
};

/// Tensors that say that a network does more than its architecture's name does.
void refuseUnknown(const model::Model& model, const Hyperparameters& h)
{
    using Kind = NotRunnable::Kind;
    const auto refuse = [&](bool known, const std::string& name, Kind kind) {
        if (!known && model.find(name))
            throw NotRunnableError({.kind = kind, .architecture = h.architecture, .subject = name});
    };
    refuse(h.experts == 0, "blk.0.ffn_up.0.weight", Kind::SingleExperts);
    refuse(h.traits.headNorm != HeadNorm::None, "blk.0.attn_q_norm.weight", Kind::HeadNorms);
    refuse(h.traits.normAfter || h.traits.ffnNorm == "post_attention_norm", "blk.0.post_attention_norm.weight", Kind::NormsBehind);
    refuse(h.traits.attentionSinks, "blk.0.attn_sinks.weight", Kind::Sinks);
}

}  // namespace

void checkTensors(const model::Model& model, const Hyperparameters& h)
{
    refuseUnknown(model, h);
    Checker checker(model);
    Variant::Weights unused;
    RopeFactors factors;
    LayerWeights layer;
    visitOuter(checker, unused, factors, h);
    for (std::uint32_t i = 0; i < h.layers; ++i)
        visitLayer(checker, layer, h, i);
}

void bindTensors(Variant::Weights& weights, const std::vector<TensorBytes>& tensors)
{
    const Hyperparameters& h = weights.hyperparameters;
    Binder binder(*weights.model, tensors);
    RopeFactors factors;
    visitOuter(binder, weights, factors, h);
    if (!weights.output.data)
        weights.output = weights.embedding;
    weights.layers.resize(h.layers);
    for (std::uint32_t i = 0; i < h.layers; ++i)
        visitLayer(binder, weights.layers[i], h, i);
    if (h.traits.rotates)
        weights.rope.emplace(h.rope, factors.longContext.empty() ? factors.always : factors.shortContext);
    if (!factors.longContext.empty())
        weights.longRope.emplace(h.rope, factors.longContext);
    if (h.windowRope)
        weights.windowRope.emplace(*h.windowRope, std::span<const float>{});
}

}  // namespace halftone::infer
