// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/network_kernels.h"

#include "core/infer/matmul.h"
#include "gpu/infer/weight_tables.h"
#include "gpu/staging.h"

namespace halftone::gpu {
namespace {

constexpr std::uint32_t kLanes = 64;  ///< of every work-group here
constexpr std::uint64_t kRoundedBytes = 1u << 20;  ///< more than four vectors of the widest network

/// What rounded_input.glsl is compiled for: types that have units, see weight_units.glsl.
bool hasIntegerProducts(quant::Type weights)
{
    using enum quant::Type;
    return weights == Q4_0 || weights == Q8_0 || weights == Q4_K || weights == Q5_K || weights == Q6_K;
}

/// What cache.glsl is specialized with.
std::uint32_t constantOf(infer::KvType kvType)
{
    return kvType == infer::KvType::F16 ? 0 : kvType == infer::KvType::F32 ? 1 : 2;
}

}  // namespace

NetworkKernels::NetworkKernels(ComputeDevice& device)
    : m_device(device),
      m_tables(uploadedWeightTables(device)),
      m_rounds(HALFTONE_INTEGER_DOT && device.features().integerDot)
{
    if (m_rounds)
        m_rounded = Buffer(device, kRoundedBytes, Buffer::Place::Device);
}

const Kernel& NetworkKernels::made(const KernelSource& source)
{
    const std::pair key(source.shader, source.constants);
    const auto found = m_kernels.find(key);
    return found != m_kernels.end() ? found->second : m_kernels.emplace(key, Kernel(m_device, source)).first->second;
}

const Kernel& NetworkKernels::multiplyVector(quant::Type weights)
{
    return made({.shader = "matvec", .buffers = 6, .pushWords = 11, .constants = weightConstants(weights)});
}

bool NetworkKernels::roundsVectors(quant::Type weights) const
{
    return m_rounds && hasIntegerProducts(weights);
}

const Kernel& NetworkKernels::round(quant::Type weights)
{
    const std::uint32_t columns = infer::activationFormat(weights) == infer::ActivationFormat::Blocks256 ? 256 : 32;
    return made({.shader = "round", .buffers = 2, .pushWords = 1, .constants = {columns}});
}

const Kernel& NetworkKernels::multiplyRounded(quant::Type weights)
{
    return made({.shader = "matvec_dot", .buffers = 6, .pushWords = 11, .constants = weightConstants(weights)});
}

const Kernel& NetworkKernels::multiplyMatrix(quant::Type weights, std::uint32_t tileTokens, bool grouped)
{
    std::vector<std::uint32_t> constants = weightConstants(weights);
    constants.insert(constants.end(), {tileTokens / 8, grouped});
    return made({.shader = "matmat", .buffers = 6, .pushWords = 12, .constants = std::move(constants)});
}

const Kernel& NetworkKernels::normalize(infer::NormKind kind)
{
    return made({.shader = "norm", .buffers = 4, .pushWords = 5, .constants = {kind == infer::NormKind::Layer}});
}

const Kernel& NetworkKernels::rotate(infer::RopePairing pairing)
{
    return made({.shader = "rotate", .buffers = 2, .pushWords = 7, .constants = {pairing == infer::RopePairing::Halves}});
}

const Kernel& NetworkKernels::pieces()
{
    return made({.shader = "pieces", .buffers = 2, .pushWords = 9});
}

const Kernel& NetworkKernels::store(infer::KvType kvType)
{
    return made({.shader = "store", .buffers = 2, .pushWords = 4, .constants = {constantOf(kvType)}});
}

const Kernel& NetworkKernels::attend(const AttentionShape& shape)
{
    const std::vector<std::uint32_t> constants{constantOf(shape.kvType), (shape.valueSize + kLanes - 1) / kLanes,
                                               (shape.keySize + 15) / 16 * 16};
    return made({.shader = shape.together == 1 ? "attention" : "attention_four", .buffers = 5, .pushWords = 10, .constants = constants});
}

const Kernel& NetworkKernels::merge()
{
    return made({.shader = "merge", .buffers = 2, .pushWords = 3});
}

const Kernel& NetworkKernels::activate(infer::Activation activation, bool plain)
{
    const auto kind = plain ? 3u : activation == infer::Activation::Silu ? 0u : activation == infer::Activation::Gelu ? 1u : 2u;
    return made({.shader = "activate", .buffers = 2, .pushWords = 1, .constants = {kind}});
}

const Kernel& NetworkKernels::add()
{
    return made({.shader = "add", .buffers = 2, .pushWords = 2});
}

const Kernel& NetworkKernels::cap()
{
    return made({.shader = "cap", .buffers = 1, .pushWords = 4});
}

const Kernel& NetworkKernels::compare()
{
    return made({.shader = "compare", .buffers = 4, .pushWords = 2});
}

const Kernel& NetworkKernels::group()
{
    return made({.shader = "group", .buffers = 2, .pushWords = 4});
}

const Kernel& NetworkKernels::route(bool sigmoid)
{
    return made({.shader = "route", .buffers = 4, .pushWords = 8, .constants = {sigmoid}});
}

const Kernel& NetworkKernels::combine(infer::SharedExpert shared)
{
    const auto kind = shared == infer::SharedExpert::None ? 0u : shared == infer::SharedExpert::Added ? 1u : 2u;
    return made({.shader = "combine", .buffers = 5, .pushWords = 3, .constants = {kind}});
}

}  // namespace halftone::gpu
