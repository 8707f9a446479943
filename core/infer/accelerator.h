// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace halftone {
class Error;
class Progress;
}  // namespace halftone

namespace halftone::infer {

class Variant;

/// The logits that a run makes, of its last rows.
struct WantedLogits {
    std::size_t rows = 0;
    std::span<float> out = {};  ///< rows x vocabulary; empty: they stay where they are, for compare()
};

/// What two networks predicted of one token, x the original.
struct ComparedPrediction {
    double nllX = 0, nllY = 0;  ///< negative log-likelihood of the token that came, nats
    double divergence = 0;  ///< KL(x || y), nats
    bool sameFirst = false;  ///< both expected the same token most
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

    /// For a text of up to `capacity` tokens, whose past is kept as `kvType`. Null where the device cannot run this network or has no room
    /// for one layer. Says what it decided. Throws Error{Cancelled} through `progress`, which is not advanced, and nothing that the CPU can
    /// do without.
    virtual std::unique_ptr<DevicePass> passFor(std::shared_ptr<const Variant> variant, std::size_t capacity, KvType kvType,
                                                Progress& progress) = 0;
    /// A pass has failed; the CPU goes on in its place.
    virtual void gaveUp(const Error& why) = 0;
};

}  // namespace halftone::infer
