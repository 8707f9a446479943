// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/infer/matmul.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace halftone {
class Error;
class Progress;
}  // namespace halftone

namespace halftone::infer {

struct Hyperparameters;
class Variant;

/// The logits that a run makes, of its last rows.
struct WantedLogits {
    std::size_t rows = 0;
    std::span<float> out = {};  ///< rows x vocabulary; empty: they stay where they are, for compare()
};

/// What a network predicted of one token, by the plain softmax.
struct PredictedToken {
    double nll = 0;  ///< negative log-likelihood of the token that came, nats
    double entropy = 0;  ///< of the distribution, nats
    double confidence = 0;  ///< probability of the most probable token
    bool right = false;  ///< which is the one that came
};

/// What two networks predicted of one token, x the original.
struct ComparedPrediction {
    PredictedToken x, y;
    double divergence = 0;  ///< KL(x || y), nats
    bool sameFirst = false;  ///< both expected the same token most
    int sameFive = 0;  ///< of x's five most probable tokens, how many are among y's five
};

/// Which part of a network a device computes; the CPU computes the rest.
struct DeviceShare {
    std::size_t layers = 0;  ///< from the first on; 0: none
    std::size_t allLayers = 0;  ///< that the network has
    bool output = false;  ///< what lies behind the layers, too

    friend bool operator==(const DeviceShare&, const DeviceShare&) = default;
};

/// One running text on a device: the first layers of a network with their keys and values, and perhaps what lies behind the last one.
/// Not thread safe.
class DevicePass {
public:
    virtual ~DevicePass() = default;

    /// So many layers from the first on are the device's.
    virtual std::size_t layers() const = 0;
    /// The output matrix is the device's too; then layers() is all of them.
    virtual bool projects() const = 0;
    /// Takes `stream` (tokens x width), the first row of which stands at `position`, from where it enters layer 0 to where it leaves
    /// layers(). Whoever projects() makes the logits wanted instead, if any, and leaves the stream as it is. Throws Error{Cancelled}
    /// through `progress`, which is not advanced, and any other Error where the device fails: it is of no use any more then.
    virtual void run(std::span<float> stream, std::size_t position, const WantedLogits& logits, Progress& progress) = 0;

    /// Rows of logits that can stay on the device.
    virtual std::size_t mostKept() const = 0;
    /// Compares the logits that the last run() of this (x) and of `other` (y) left on the device, a row for each of `targets`. False where
    /// the other is on no device or on another one. Throws Error where the device fails.
    virtual bool compare(const DevicePass& other, std::span<const std::int32_t> targets, std::span<ComparedPrediction> out) = 0;
};

/// A device that a Context may run on. Belongs to one thread, and outlives the contexts.
class Accelerator {
public:
    virtual ~Accelerator() = default;

    virtual std::string name() const = 0;
    /// Bytes that passes may take now, beside those that are open; 0: unknown.
    virtual std::uint64_t freeBytes() const = 0;
    /// For a text of up to `capacity` tokens, whose past is kept as `kvType`. Null where the device cannot run this network or has no room
    /// for one layer. Says what it decided. Throws Error{Cancelled} through `progress`, which is not advanced, and nothing that the CPU can
    /// do without.
    virtual std::unique_ptr<DevicePass> passFor(std::shared_ptr<const Variant> variant, std::size_t capacity, KvType kvType,
                                                Progress& progress) = 0;
    /// A pass has failed; the CPU goes on in its place.
    virtual void gaveUp(const Error& why) = 0;

    /// Empty where the device can run such a network for a text of up to `capacity` tokens kept as F16, room apart; else why not.
    virtual std::string whyNot(const Hyperparameters& /*numbers*/, std::size_t /*capacity*/) const { return {}; }
    /// Seconds in which the device multiplies each matrix with one vector, one after the other, as a token has it: the best of some runs
    /// on a copy of them. Nothing where it cannot, or not as the CPU does; it says why. Throws Error{Cancelled} through `progress`, which
    /// is not advanced.
    virtual std::optional<double> multiplySeconds(std::span<const PackedMatrix> /*matrices*/, Progress& /*progress*/) { return {}; }
    /// Bytes a second that its kernels read from the device's memory: what bounds every network on it. Nothing where that cannot be
    /// measured; otherwise as multiplySeconds().
    virtual std::optional<double> memoryBandwidth(Progress& /*progress*/) { return {}; }
};

}  // namespace halftone::infer
