// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/decode_speeds.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/evaluate/speed.h"
#include "core/evaluate/watched_accelerator.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/matmul.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/quantizable.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <thread>

namespace halftone::evaluate {
namespace {

using Clock = std::chrono::steady_clock;
using quant::Type;

constexpr double kEnough = 0.15;  ///< seconds for each type
constexpr std::uint64_t kMostBytes = std::uint64_t(256) << 20;  ///< far more than caches hold
constexpr std::uint64_t kQuickToRun = std::uint64_t(1) << 30;
constexpr std::size_t kMadeRows = 32;

struct Extents {
    std::uint64_t rows, columns;
};

/// The matrices that a token is multiplied with, in the model's order; of a stack, as many as it is sent to.
std::vector<Extents> matricesOf(const model::Model& model)
{
    const std::vector<double> shares = plan::readShares(model);
    std::vector<Extents> matrices;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        if (shares[i] == 0 || !plan::quantizable(tensor))
            continue;
        const auto& extent = tensor.shape.extent;
        const auto used = std::size_t(std::llround(std::max(1.0, shares[i] * double(extent[2] * extent[3]))));
        matrices.insert(matrices.end(), used, {extent[1], extent[0]});
    }
    return matrices;
}

/// Those whose rows the type's blocks fit, up to kMostBytes.
std::vector<Extents> fitting(const std::vector<Extents>& matrices, Type type)
{
    std::vector<Extents> kept;
    std::uint64_t bytes = 0;
    for (const Extents& one : matrices) {
        if (bytes >= kMostBytes || one.columns % quant::info(type).blockSize != 0)
            continue;
        const std::uint64_t row = quant::rowBytes(type, one.columns), most = std::max<std::uint64_t>(1, (kMostBytes - bytes) / row);
        kept.push_back({std::min(one.rows, most), one.columns});
        bytes += kept.back().rows * row;
    }
    return kept;
}

std::uint64_t packedBytes(Type type, const std::vector<Extents>& matrices)
{
    std::uint64_t bytes = 0;
    for (const Extents& one : matrices)
        bytes += one.rows * quant::rowBytes(type, one.columns);
    return bytes;
}

std::vector<float> madeWeights(std::size_t count)
{
    std::minstd_rand random(1);
    std::vector<float> weights(count);
    for (float& weight : weights)  // a sum of three is near enough to the bell of real ones
        weight = float(double(random() % 1000 + random() % 1000 + random() % 1000) / 1500 - 1) * 0.05f;
    return weights;
}

/// Some rows, quantized: what is in them does not matter for the speed, so the others repeat them.
std::vector<std::byte> madeRows(Type type, std::uint64_t columns)
{
    const std::vector<float> weights = madeWeights(kMadeRows * columns), importance(columns, 1.0f);
    std::vector<std::byte> packed(kMadeRows * quant::rowBytes(type, columns));
    quant::quantize(type, weights, columns, importance, packed);
    return packed;
}

/// Matrices of one type side by side in memory, and a vector for each number of columns.
class Matrices {
public:
    Matrices(Type type, const std::vector<Extents>& extents) : m_extents(extents), m_type(type)
    {
        m_packed.reserve(packedBytes(type, extents));
        m_out.resize(std::ranges::max(extents, {}, &Extents::rows).rows);
        std::map<std::uint64_t, std::vector<std::byte>> made;
        for (const Extents& one : extents) {
            auto& some = made[one.columns];
            if (some.empty())
                some = madeRows(type, one.columns);
            fill(some, one.rows * quant::rowBytes(type, one.columns));
            m_vectors.try_emplace(one.columns, madeWeights(one.columns));
        }
    }

    std::uint64_t bytes() const { return m_packed.size(); }

    std::vector<infer::PackedMatrix> views() const
    {
        std::vector<infer::PackedMatrix> views;
        const std::byte* data = m_packed.data();
        for (const Extents& one : m_extents) {
            views.push_back({m_type, data, one.rows, one.columns});
            data += one.rows * quant::rowBytes(m_type, one.columns);
        }
        return views;
    }

    void multiplyAll(const Executor& executor)
    {
        infer::Activations x;
        for (const infer::PackedMatrix& one : views()) {
            x.assign(m_vectors.at(one.columns), one.columns);
            infer::multiply(one, x, std::span(m_out).first(one.rows), executor);
        }
    }

private:
    void fill(const std::vector<std::byte>& some, std::uint64_t bytes)
    {
        for (std::uint64_t left = bytes; left > 0;) {
            const std::uint64_t part = std::min<std::uint64_t>(left, some.size());
            m_packed.insert(m_packed.end(), some.begin(), some.begin() + std::ptrdiff_t(part));
            left -= part;
        }
    }

    std::vector<Extents> m_extents;
    Type m_type;
    std::vector<std::byte> m_packed;
    std::map<std::uint64_t, std::vector<float>> m_vectors;  ///< by length
    std::vector<float> m_out;
};

/// The fastest of several runs, the first of which only fills the caches.
double cpuSeconds(Matrices& matrices, const Executor& executor, Progress& progress)
{
    matrices.multiplyAll(executor);
    const auto begin = Clock::now();
    double best = std::numeric_limits<double>::infinity();
    for (auto start = begin; std::chrono::duration<double>(start - begin).count() < kEnough;) {
        progress.checkpoint();
        matrices.multiplyAll(executor);
        const auto end = Clock::now();
        best = std::min(best, std::chrono::duration<double>(end - start).count());
        start = end;
    }
    return best;
}

[[noreturn]] void refuse(const std::string& why)
{
    throw Error(ErrorCode::Unsupported, {.problem = why, .advice = "measure the CPU's speed"});
}

/// The model in memory with eight bits, less what its tensors should take.
double otherSeconds(const std::shared_ptr<const model::Model>& model, const plan::DecodeSpeeds& speeds, const Executor& executor,
                    Progress& progress, infer::Accelerator* accelerator)
{
    if (model->tensorBytes() > kQuickToRun || !infer::whyNotRunnable(*model).empty())
        return 0;
    Progress uncounted(progress);
    const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q8_0"});
    const auto variant = infer::Variant::prepare(model, plan, nullptr, executor, uncounted);
    std::optional<WatchedAccelerator> watched;
    if (accelerator)
        watched.emplace(*accelerator);
    const double seconds = decodeMilliseconds(variant, executor, progress, infer::KvType::F16, watched ? &*watched : nullptr) / 1000;
    if (watched && !watched->computedAll())
        refuse("the device does not compute all of this model");
    return std::max(0.0, seconds - plan::secondsPerToken(*model, plan, speeds));
}

/// Before anything is measured there.
void checkRuns(const model::Model& model, const infer::Accelerator& accelerator)
{
    if (!infer::whyNotRunnable(model).empty())
        return;  // on nothing; what its matrices would take can be told all the same
    constexpr std::size_t kUsualContext = 4096;
    const infer::Hyperparameters numbers = infer::readHyperparameters(model);
    const auto capacity = std::size_t(std::min<std::uint64_t>(numbers.contextLength, kUsualContext));
    if (const std::string why = accelerator.whyNot(numbers, capacity); !why.empty())
        refuse(why);
}

/// As the system names it; empty where it does not.
std::string processorName()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name") || line.starts_with("CPU part"))
            return line;
    return {};
}

std::string keyOf(const model::Model& model, const std::string& machine)
{
    Hasher hasher;
    hasher.add(machine + '\n');
    for (const Extents& one : matricesOf(model))
        hasher.add(std::to_string(one.rows) + 'x' + std::to_string(one.columns) + '\n');
    return "speeds-" + hasher.digest();
}

}  // namespace

std::vector<Type> runnableTypes()
{
    std::vector<Type> types;
    for (const quant::TypeInfo& info : quant::allTypes())
        if (info.canQuantize && infer::canMultiply(info.type))
            types.push_back(info.type);
    return types;
}

plan::DecodeSpeeds measureDecodeSpeeds(const std::shared_ptr<const model::Model>& model, std::span<const Type> types,
                                       const Executor& executor, Progress& progress, infer::Accelerator* accelerator)
{
    if (accelerator)
        checkRuns(*model, *accelerator);
    const std::vector<Extents> all = matricesOf(*model);
    std::uint64_t bytes = 0;
    for (const Type type : types)
        bytes += packedBytes(type, fitting(all, type));
    if (bytes == 0)
        throw Error(ErrorCode::Usage, "this model has no matrices whose speed could be measured");
    progress.begin("measuring speeds", bytes, Unit::Bytes);
    plan::DecodeSpeeds speeds;
    for (const Type type : types) {
        const auto matrices = fitting(all, type);
        if (matrices.empty())
            continue;
        Matrices made(type, matrices);
        const std::optional<double> seconds =
            accelerator ? accelerator->multiplySeconds(made.views(), progress) : cpuSeconds(made, executor, progress);
        if (seconds)
            speeds.types.push_back({type, double(made.bytes()) / std::max(*seconds, 1e-9)});
        progress.advance(made.bytes());
    }
    if (speeds.empty())
        refuse("the device multiplies none of these types as the CPU does");
    speeds.otherSeconds = otherSeconds(model, speeds, executor, progress, accelerator);
    speeds.memoryBytesPerSecond = accelerator ? accelerator->memoryBandwidth(progress).value_or(0) : memoryBandwidth(executor);
    return speeds;
}

std::string speedsKey(const model::Model& model, int threads)
{
    return keyOf(model, processorName() + '\n' + std::to_string(threads) + ' ' + std::to_string(std::thread::hardware_concurrency()));
}

std::string speedsKey(const model::Model& model, const std::string& device)
{
    return keyOf(model, device + "\nhalftone " HALFTONE_VERSION);
}

}  // namespace halftone::evaluate
