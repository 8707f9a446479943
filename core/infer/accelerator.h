// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace halftone {
class Error;
class Progress;
}  // namespace halftone

namespace halftone::infer {

class Variant;

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
    /// layers(). Whoever projects() writes `logits` (rows x vocabulary) of the last rows instead, if any are wanted, and leaves the stream
    /// as it is. Throws Error{Cancelled} through `progress`, which is not advanced, and any other Error where the device fails: it is of
    /// no use any more then.
    virtual void run(std::span<float> stream, std::size_t position, std::span<float> logits, Progress& progress) = 0;
};

/// A device that a Context may run on. Belongs to one thread, and outlives the contexts.
class Accelerator {
public:
    virtual ~Accelerator() = default;

    /// For a text of up to `capacity` tokens. Null where the device cannot run this network or has no room for one layer. Says what it
    /// decided. Throws Error{Cancelled} through `progress`, which is not advanced, and nothing that the CPU can do without.
    virtual std::unique_ptr<DevicePass> passFor(std::shared_ptr<const Variant> variant, std::size_t capacity, Progress& progress) = 0;
    /// A pass has failed; the CPU goes on in its place.
    virtual void gaveUp(const Error& why) = 0;
};

}  // namespace halftone::infer
