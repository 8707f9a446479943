// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/architecture.h"
#include "core/infer/kv_type.h"
#include "core/quant/type.h"
#include "gpu/buffer.h"
#include "gpu/kernel.h"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace halftone::gpu {

struct AttentionShape {
    infer::KvType kvType;
    std::uint32_t keySize, valueSize;  ///< of a head; keys have 1024 elements at most, with four queries together 768
    std::uint32_t together;  ///< queries of a work-group: 1 or 4
};

/// The kernels that a network is made of, each compiled when it is asked for first (a tenth of a second or so), and the tables that
/// packed weights need. They throw Error where the driver cannot compile one.
class NetworkKernels {
public:
    explicit NetworkKernels(ComputeDevice& device);

    const Kernel& multiplyVector(quant::Type weights);
    /// Whether vectors are rounded to bytes, as in the CPU's engine, before they are multiplied with such weights.
    bool roundsVectors(quant::Type weights) const;
    /// From now on vectors stay floats. False where they did before.
    bool stopRounding() { return std::exchange(m_rounds, false); }
    /// Rounds vectors for `weights`, which roundsVectors(), into rounded(); multiplyRounded() reads them there.
    const Kernel& round(quant::Type weights);
    const Kernel& multiplyRounded(quant::Type weights);
    /// Room for some vectors between the two. No bytes where the device rounds none.
    Slice rounded() const { return m_rounded; }
    /// Of rounded() that so many elements take.
    static std::uint64_t roundedBytes(std::uint64_t elements) { return elements / 32 * 40; }
    /// Of `tileTokens` (32 or 64) at a time, which may be gathered by expert.
    const Kernel& multiplyMatrix(quant::Type weights, std::uint32_t tileTokens, bool grouped);
    const Kernel& normalize(infer::NormKind kind);
    const Kernel& rotate(infer::RopePairing pairing);
    const Kernel& pieces();
    const Kernel& store(infer::KvType kvType);
    const Kernel& attend(const AttentionShape& shape);
    const Kernel& merge();
    /// Without a factor the hidden layer is `plain`: GELU alone.
    const Kernel& activate(infer::Activation activation, bool plain);
    const Kernel& add();
    const Kernel& cap();
    const Kernel& compare();
    const Kernel& group();
    const Kernel& route(bool sigmoid);
    const Kernel& combine(infer::SharedExpert shared);

    Slice tables() const { return m_tables; }
    ComputeDevice& device() { return m_device; }

private:
    const Kernel& made(const KernelSource& source);

    ComputeDevice& m_device;
    Buffer m_tables, m_rounded;
    bool m_rounds;
    std::map<std::pair<std::string_view, std::vector<std::uint32_t>>, Kernel> m_kernels;
};

}  // namespace halftone::gpu
