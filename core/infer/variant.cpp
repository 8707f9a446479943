// SPDX-License-Identifier: Apache-2.0
#include "core/infer/variant.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/infer/bind.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <set>

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
        throw aboutTensor(ErrorCode::Malformed, tensor,
                          "the importance matrix has " + std::to_string(importance.size()) + " values for "
                              + std::to_string(tensor.shape.columns()) + " columns");
    if (target.needsImportance && importance.empty())
        throw Error(ErrorCode::Usage,
                    {.problem = name + " needs an importance matrix",
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
            throw aboutTensor(ErrorCode::Malformed, tensor,
                              "a weight is not a finite number (row " + std::to_string(begin + bad / columns) + ", column "
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

std::string digestOf(std::span<const float> importance)
{
    if (importance.empty())
        return {};
    Hasher hasher;
    hasher.add(std::as_bytes(importance));
    return hasher.digest();
}

/// Finds what other variants packed of the same model.
class Shared {
public:
    Shared(const model::Model& model, std::span<const std::shared_ptr<const Variant>> others) : m_model(model), m_others(others) {}

    /// The bytes made like `wanted` of that tensor; null if nobody has them.
    std::shared_ptr<const std::byte[]> find(std::size_t tensor, const PackedTensor& wanted) const
    {
        for (const auto& other : m_others) {
            if (!other || &other->model() != &m_model)
                continue;
            const PackedTensor& theirs = other->weights().packed[tensor];
            if (theirs.bytes && theirs.type == wanted.type && theirs.importance == wanted.importance)
                return theirs.bytes;
        }
        return nullptr;
    }

private:
    const model::Model& m_model;
    std::span<const std::shared_ptr<const Variant>> m_others;
};

/// What becomes of each tensor: bytes are there already where they are shared. Progress begins with what is left to make.
std::vector<PackedTensor> choosePacked(const model::Model& model, const plan::Plan& plan, const plan::ImportanceMatrix* importance,
                                       const Shared& shared, Progress& progress)
{
    const auto& tensors = model.tensors();
    std::vector<PackedTensor> packed(tensors.size());
    std::uint64_t changing = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        packed[i].type = plan.choices[i].type;
        if (packed[i].type == tensors[i].type)
            continue;
        const auto columnsImportance = importanceOf(importance, tensors[i]);
        checkChoice(tensors[i], packed[i].type, columnsImportance);
        packed[i].importance = digestOf(columnsImportance);
        packed[i].bytes = shared.find(i, packed[i]);
        changing += packed[i].bytes ? 0 : tensors[i].shape.elements();
    }
    progress.begin("quantizing", changing, Unit::Weights);
    return packed;
}

/// Packs the tensors whose type changes and that are not there already; says for each where its bytes are.
std::vector<TensorBytes> packTensors(Variant::Weights& weights, const plan::ImportanceMatrix* importance, const Executor& executor,
                                     Progress& progress)
{
    const auto& tensors = weights.model->tensors();
    std::vector<TensorBytes> bytes;
    bytes.reserve(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        PackedTensor& packed = weights.packed[i];
        const quant::Type type = packed.type;
        if (type != tensors[i].type && !packed.bytes)
            packed.bytes = packTensor(tensors[i], type, importanceOf(importance, tensors[i]), executor, progress);
        bytes.push_back({type, packed.bytes ? packed.bytes.get() : tensors[i].data.data()});
        weights.tensorBytes += quant::rowBytes(type, tensors[i].shape.columns()) * tensors[i].shape.rows();
    }
    return bytes;
}

}  // namespace

Variant::Variant() : m_weights(std::make_unique<Weights>()) {}

Variant::~Variant() = default;

std::shared_ptr<const Variant> Variant::original(std::shared_ptr<const model::Model> model, const Executor& executor, Progress& progress)
{
    plan::Plan unchanged;
    for (const model::Tensor& tensor : model->tensors())
        unchanged.choices.push_back({.type = tensor.type, .wanted = tensor.type, .reason = plan::Reason::KeepsSource});
    return prepare(std::move(model), unchanged, nullptr, executor, progress);
}

std::shared_ptr<const Variant> Variant::prepare(std::shared_ptr<const model::Model> model, const plan::Plan& plan,
                                                const plan::ImportanceMatrix* importance, const Executor& executor, Progress& progress,
                                                std::vector<std::shared_ptr<const Variant>> others)
{
    if (plan.choices.size() != model->tensors().size())
        throw Error(ErrorCode::Usage, "the plan was made for another model");
    std::shared_ptr<Variant> variant(new Variant);
    Weights& weights = *variant->m_weights;
    weights.model = std::move(model);
    weights.hyperparameters = readHyperparameters(*weights.model);
    checkTensors(*weights.model, weights.hyperparameters);
    weights.packed = choosePacked(*weights.model, plan, importance, Shared(*weights.model, others), progress);
    others.clear();
    bindTensors(weights, packTensors(weights, importance, executor, progress));
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

std::uint64_t packedBytes(std::span<const std::shared_ptr<const Variant>> variants)
{
    std::set<const std::byte*> counted;
    std::uint64_t bytes = 0;
    for (const auto& variant : variants) {
        for (std::size_t i = 0; variant && i < variant->weights().packed.size(); ++i) {
            const PackedTensor& packed = variant->weights().packed[i];
            const model::Shape& shape = variant->model().tensors()[i].shape;
            if (packed.bytes && counted.insert(packed.bytes.get()).second)
                bytes += quant::rowBytes(packed.type, shape.columns()) * shape.rows();
        }
    }
    return bytes;
}

NotRunnable whyNotRunnable(const model::Model& model)
{
    NotRunnable reason;
    try {
        checkTensors(model, readHyperparameters(model));
        return {};
    } catch (const NotRunnableError& error) {
        reason = error.reason();
    } catch (const Error& error) {
        reason = {.kind = NotRunnable::Kind::Other, .detail = error.problem()};
    }
    reason.architecture = model.architecture();
    return reason;
}

}  // namespace halftone::infer
