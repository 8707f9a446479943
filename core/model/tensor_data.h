// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace halftone::model {

/// Bytes made from others when they are asked for: rows in another order, numbers in another type. Thread safe.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const noexcept = 0;
    /// Fills `out` with the bytes from `offset` on; both lie at whole weights and within size(). Throws Error{System}.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// The bytes of a tensor as GGUF lays them out: a view on a mapped file, or made from one. Behaves as a span; bytes that
/// are not in place are made at the first touch and kept as long as any copy of this lives. Who goes through a large tensor
/// once uses view() or read(), which keep nothing. Thread safe.
class TensorData {
public:
    TensorData() = default;
    TensorData(std::span<const std::byte> mapped) : m_mapped(mapped) {}
    /// Anything that a span can view, as with a span itself: it must outlive this.
    template <class Bytes>
    requires(std::is_convertible_v<Bytes&, std::span<const std::byte>> && !std::is_same_v<std::remove_const_t<Bytes>, TensorData>)
        TensorData(Bytes& bytes)
        : m_mapped(bytes)
    {
    }
    explicit TensorData(std::shared_ptr<const ByteSource> source);

    bool inPlace() const noexcept { return !m_made; }
    std::uint64_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    /// `count` bytes from `offset`: in place, or made into `scratch`, which must outlive the result.
    std::span<const std::byte> view(std::uint64_t offset, std::uint64_t count, std::vector<std::byte>& scratch) const;
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    std::span<const std::byte> bytes() const;
    operator std::span<const std::byte>() const { return bytes(); }
    const std::byte* data() const { return bytes().data(); }
    std::span<const std::byte> subspan(std::size_t offset, std::size_t count = std::dynamic_extent) const
    {
        return bytes().subspan(offset, count);
    }
    const std::byte& operator[](std::size_t index) const { return bytes()[index]; }
    auto begin() const { return bytes().begin(); }
    auto end() const { return bytes().end(); }

private:
    struct Made;
    std::span<const std::byte> m_mapped;
    std::shared_ptr<Made> m_made;
};

}  // namespace halftone::model
