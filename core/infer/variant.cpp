// SPDX-License-Identifier: Apache-2.0
#include "core/infer/variant.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/bind.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/quant/codec.h"

#include <algorithm>

namespace halftone::infer {

namespace {

/// Small enough that a cancel is seen in time with the slowest quantizers, large enough to be worth a task.
constexpr std::uint64_t kWeightsPerTask = 32768;

Error aboutTensor(ErrorCode code, const model::Tensor& tensor, std::string problem)
{
    return Error(code, {.problem = std::move(problem), .file = {}, .place = "tensor " + tensor.name, .advice = {}});
}

/// Refuses what quantize() must not be asked.
void checkChoice(const model::Tensor& tensor, quant::Type type, std::span<const float> importance)
{
    const quant::TypeInfo& target = quant::info(type);
    const std::string name{target.name};
    if (!target.canQuantize || !quant::info(tensor.type).canDequantize)
        throw aboutTensor(ErrorCode::Unsupported, tensor, std::string(quant::name(tensor.type)) + " cannot be made into " + name);
    if (tensor.shape.columns() % target.blockSize != 0)
        throw aboutTensor(ErrorCode::Usage, tensor, "its rows are not whole blocks of " + name);
    if (tensor.data.size() != quant::rowBytes(tensor.type, tensor.shape.columns()) * tensor.shape.rows())
        throw aboutTensor(ErrorCode::Malformed, tensor, "it has no data");
    if (!importance.empty() && importance.size() != tensor.shape.columns())
        throw aboutTensor(ErrorCode::Malformed, tensor, "the importance matrix has " + std::to_string(importance.size()) + " values for "
                                                            + std::to_string(tensor.shape.columns()) + " columns");
    if (target.needsImportance && importance.empty())
        throw Error(ErrorCode::Usage, {.problem = name + " needs an importance matrix",
                                       .file = {},
                                       .place = "tensor " + tensor.name,
                                       .advice = std::string(quant::kImportanceAdvice)});
}

std::unique_ptr<std::byte[]> packTensor(const model::Tensor& tensor, quant::Type type, std::span<const float> importance,
                                        const Executor& executor, Progress& progress)
{
    const std::uint64_t columns = tensor.shape.columns(), rows = tensor.shape.rows();
    const std::uint64_t sourceRow = quant::rowBytes(tensor.type, columns), packedRow = quant::rowBytes(type, columns);
    auto packed = std::make_unique_for_overwrite<std::byte[]>(packedRow * rows);
    executor.forRanges(rows, std::max<std::uint64_t>(1, kWeightsPerTask / columns), [&](std::size_t begin, std::size_t end) {
        progress.checkpoint();
        std::vector<float> weights((end - begin) * columns);
        std::vector<std::byte> scratch;
        quant::dequantize(tensor.type, tensor.data.view(begin * sourceRow, (end - begin) * sourceRow, scratch), weights);
        if (const std::size_t bad = quant::findNonFinite(weights); bad < weights.size())
            throw aboutTensor(ErrorCode::Malformed, tensor, "a weight is not a finite number (row " + std::to_string(begin + bad / columns) + ", column "
                                                                + std::to_string(bad % columns) + ")");
        quant::quantize(type, weights, columns, importance, {packed.get() + begin * packedRow, (end - begin) * packedRow});
        progress.advance(weights.size());
    });
    return packed;
}

std::span<const float> importanceOf(const plan::ImportanceMatrix* importance, const model::Tensor& tensor)
{
    return importance ? importance->find(tensor.name) : std::span<const float>{};
}

/// Packs the tensors whose type changes; says for each where its bytes are.
std::vector<TensorBytes> packTensors(Variant::Weights& weights, const plan::Plan& plan, const plan::ImportanceMatrix* importance,
                                     const Executor& executor, Progress& progress)
{
    const auto& tensors = weights.model->tensors();
    std::uint64_t changing = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (plan.choices[i].type == tensors[i].type)
            continue;
        checkChoice(tensors[i], plan.choices[i].type, importanceOf(importance, tensors[i]));
        changing += tensors[i].shape.elements();
    }
    progress.begin("quantizing", changing, Unit::Weights);

    weights.packed.resize(tensors.size());
    std::vector<TensorBytes> bytes;
    bytes.reserve(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const quant::Type type = plan.choices[i].type;
        if (type != tensors[i].type)
            weights.packed[i] = packTensor(tensors[i], type, importanceOf(importance, tensors[i]), executor, progress);
        bytes.push_back({type, weights.packed[i] ? weights.packed[i].get() : tensors[i].data.data()});
        weights.tensorBytes += quant::rowBytes(type, tensors[i].shape.columns()) * tensors[i].shape.rows();
    }
    return bytes;
}

}  // namespace

Variant::Variant()
    : m_weights(std::make_unique<Weights>())
{
}

Variant::~Variant() = default;

std::shared_ptr<const Variant> Variant::original(std::shared_ptr<const model::Model> model, const Executor& executor, Progress& progress)
{
    plan::Plan unchanged;
    for (const model::Tensor& tensor : model->tensors())
        unchanged.choices.push_back({.type = tensor.type, .wanted = tensor.type, .reason = plan::Reason::KeepsSource});
    return prepare(std::move(model), unchanged, nullptr, executor, progress);
}

std::shared_ptr<const Variant> Variant::prepare(std::shared_ptr<const model::Model> model, const plan::Plan& plan,
                                                const plan::ImportanceMatrix* importance, const Executor& executor, Progress& progress)
{
    if (plan.choices.size() != model->tensors().size())
        throw Error(ErrorCode::Usage, "the plan was made for another model");
    std::shared_ptr<Variant> variant(new Variant);
    Weights& weights = *variant->m_weights;
    weights.model = std::move(model);
    weights.hyperparameters = readHyperparameters(*weights.model);
    checkTensors(*weights.model, weights.hyperparameters);
    bindTensors(weights, packTensors(weights, plan, importance, executor, progress));
    return variant;
}

const model::Model& Variant::model() const
{
    return *m_weights->model;
}

const Hyperparameters& Variant::hyperparameters() const
{
    return m_weights->hyperparameters;
}

std::uint64_t Variant::tensorBytes() const
{
    return m_weights->tensorBytes;
}

std::uint64_t Variant::vocabularySize() const
{
    return m_weights->hyperparameters.vocabulary;
}

std::uint64_t Variant::contextLength() const
{
    return m_weights->hyperparameters.contextLength;
}

std::string whyNotRunnable(const model::Model& model)
{
    try {
        checkTensors(model, readHyperparameters(model));
        return {};
    } catch (const Error& error) {
        return error.code() == ErrorCode::Unsupported ? error.problem() : "the " + model.architecture() + " model cannot be run: " + error.problem();
    }
}

}  // namespace halftone::infer
