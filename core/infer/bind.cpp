// SPDX-License-Identifier: Apache-2.0
#include "core/infer/bind.h"

#include "core/base/error.h"
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
        throw Error(ErrorCode::Unsupported,
                    "tensor " + tensor + " has the type " + std::string(quant::name(type)) + ", which cannot be run yet");
}

enum class Need { Required, Optional };

/// Calls visit.matrix / visit.vector for every tensor of the network: the one list of names and shapes.
template <class Visitor>
void visitLinear(Visitor& visit, Linear& linear, const std::string& name, const Extents& extents)
{
    linear.name = name + ".weight";
    linear.experts = extents.stack;
    visit.matrix(linear.weight, linear.name, extents, Need::Required);
    if (extents.stack == 1)
        visit.vector(linear.bias, name + ".bias", extents.rows, Need::Optional);
}

template <class Visitor>
void visitFeedForward(Visitor& visit, FeedForward& network, const std::string& block, const std::string& suffix, Extents up)
{
    visitLinear(visit, network.gate, block + "ffn_gate" + suffix, up);
    visitLinear(visit, network.up, block + "ffn_up" + suffix, up);
    visitLinear(visit, network.down, block + "ffn_down" + suffix, {up.rows, up.columns, up.stack});
}

template <class Visitor>
void visitMixture(Visitor& visit, Mixture& mixture, const std::string& block, const Hyperparameters& h)
{
    visitLinear(visit, mixture.router, block + "ffn_gate_inp", {h.width, h.experts});
    visitFeedForward(visit, mixture.experts, block, "_exps", {h.width, h.expertWidth, h.experts});
    if (!h.traits.sharedExpert)
        return;
    visitFeedForward(visit, mixture.shared, block, "_shexp", {h.width, h.sharedExpertWidth});
    visitLinear(visit, mixture.sharedGate, block + "ffn_gate_inp_shexp", {h.width, 1});
}

template <class Visitor>
void visitLayer(Visitor& visit, LayerWeights& layer, const Hyperparameters& h, std::uint32_t index)
{
    const std::string block = "blk." + std::to_string(index) + ".";
    visit.vector(layer.attentionNorm, block + "attn_norm.weight", h.width, Need::Required);
    visitLinear(visit, layer.query, block + "attn_q", {h.width, h.queryWidth()});
    visitLinear(visit, layer.key, block + "attn_k", {h.width, h.keyWidth()});
    visitLinear(visit, layer.value, block + "attn_v", {h.width, h.valueWidth()});
    visitLinear(visit, layer.attentionOutput, block + "attn_output", {h.attentionWidth(), h.width});
    if (h.traits.headNorm == HeadNorm::EachHead) {
        visit.vector(layer.queryNorm, block + "attn_q_norm.weight", h.keySize, Need::Required);
        visit.vector(layer.keyNorm, block + "attn_k_norm.weight", h.keySize, Need::Required);
    }
    visit.vector(layer.ffnNorm, block + "ffn_norm.weight", h.width, Need::Required);
    if (h.experts > 0)
        visitMixture(visit, layer.mixture, block, h);
    else
        visitFeedForward(visit, layer.dense, block, "", {h.width, h.ffnWidth});
}

template <class Visitor>
void visitOuter(Visitor& visit, Variant::Weights& weights, std::vector<float>& ropeFactors, const Hyperparameters& h)
{
    visit.matrix(weights.embedding, "token_embd.weight", {h.width, h.vocabulary}, Need::Required);
    visit.vector(weights.outputNorm, "output_norm.weight", h.width, Need::Required);
    visit.matrix(weights.output, "output.weight", {h.width, h.vocabulary}, Need::Optional);
    visit.vector(ropeFactors, "rope_freqs.weight", h.rope.dimensions / 2, Need::Optional);
}

/// Compares what the file has with what the network needs.
class Checker {
public:
    explicit Checker(const model::Model& model) : m_model(model) {}

    void matrix(PackedMatrix&, const std::string& name, const Extents& extents, Need need)
    {
        check(name, extents, need);
        if (const model::Tensor* tensor = m_model.find(name))
            requireProduct(name, tensor->type);
    }
    void vector(std::vector<float>&, const std::string& name, std::uint64_t length, Need need) { check(name, {length}, need); }

private:
    void check(const std::string& name, const Extents& expected, Need need) const
    {
        const model::Tensor* tensor = m_model.find(name);
        if (!tensor) {
            if (need == Need::Optional)
                return;
            throw Error(ErrorCode::Malformed,
                        {.problem = "tensor " + name + " is missing, expected shape " + text(expected),
                         .file = {},
                         .place = {},
                         .advice = "the file may be incomplete: download it again"});
        }
        const auto& extent = tensor->shape.extent;
        if (Extents{extent[0], extent[1], extent[2]} != expected || extent[3] != 1)
            throw Error(ErrorCode::Malformed, "tensor " + name + " has shape " + text(tensor->shape) + ", expected " + text(expected));
        checkData(*tensor);
    }

    static void checkData(const model::Tensor& tensor)
    {
        const quant::TypeInfo& type = quant::info(tensor.type);
        if (!type.canDequantize)
            throw Error(ErrorCode::Unsupported,
                        "tensor " + tensor.name + " has the type " + std::string(type.name) + ", which cannot be run yet");
        if (tensor.shape.columns() % type.blockSize != 0)
            throw Error(ErrorCode::Malformed, "the rows of tensor " + tensor.name + " are not whole blocks of " + std::string(type.name));
        if (tensor.data.size() != quant::rowBytes(tensor.type, tensor.shape.columns()) * tensor.shape.rows())
            throw Error(ErrorCode::Malformed, "tensor " + tensor.name + " has no data; the file holds a vocabulary only");
    }

    const model::Model& m_model;
};

/// Points matrices at their bytes and unpacks vectors.
class Binder {
public:
    Binder(const model::Model& model, const std::vector<TensorBytes>& tensors) : m_model(model), m_tensors(tensors) {}

    void matrix(PackedMatrix& matrix, const std::string& name, const Extents& extents, Need) const
    {
        if (const TensorBytes* bytes = find(name)) {
            requireProduct(name, bytes->type);
            matrix = {bytes->type, bytes->data, extents.rows, extents.columns};
        }
    }

    void vector(std::vector<float>& values, const std::string& name, std::uint64_t length, Need) const
    {
        if (const TensorBytes* bytes = find(name)) {
            values.resize(length);
            quant::dequantize(bytes->type, {bytes->data, quant::rowBytes(bytes->type, length)}, values);
        }
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

}  // namespace

void checkTensors(const model::Model& model, const Hyperparameters& h)
{
    if (const std::string apart = "blk.0.ffn_up.0.weight"; h.experts > 0 && model.find(apart))
        throw Error(
            ErrorCode::Unsupported,
            {.problem = "the experts are tensors of their own (" + apart + "), as in files made before 2024; such files cannot be run",
             .file = {},
             .place = {},
             .advice = "download a newer file of the model"});
    Checker checker(model);
    Variant::Weights unused;
    std::vector<float> factors;
    LayerWeights layer;
    visitOuter(checker, unused, factors, h);
    for (std::uint32_t i = 0; i < h.layers; ++i)
        visitLayer(checker, layer, h, i);
}

void bindTensors(Variant::Weights& weights, const std::vector<TensorBytes>& tensors)
{
    const Hyperparameters& h = weights.hyperparameters;
    Binder binder(*weights.model, tensors);
    std::vector<float> factors;
    visitOuter(binder, weights, factors, h);
    if (!weights.output.data)
        weights.output = weights.embedding;
    weights.layers.resize(h.layers);
    for (std::uint32_t i = 0; i < h.layers; ++i)
        visitLayer(binder, weights.layers[i], h, i);
    weights.rope.emplace(h.rope, factors);
}

}  // namespace halftone::infer
