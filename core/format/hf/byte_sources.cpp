// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/byte_sources.h"

#include "core/base/file.h"
#include "core/quant/codec.h"
#include "core/quant/float_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace halftone::format::hf {

namespace {

class FileBytes final : public model::ByteSource {
public:
    FileBytes(std::shared_ptr<const InputFile> file, std::uint64_t offset, std::uint64_t bytes)
        : m_file(std::move(file)),
          m_offset(offset),
          m_bytes(bytes)
    {
    }
    std::uint64_t size() const noexcept override { return m_bytes; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override { m_file->readAt(m_offset + offset, out); }

private:
    std::shared_ptr<const InputFile> m_file;
    std::uint64_t m_offset, m_bytes;
};

class MadeBytes final : public model::ByteSource {
public:
    explicit MadeBytes(std::vector<std::byte> bytes) : m_bytes(std::move(bytes)) {}
    std::uint64_t size() const noexcept override { return m_bytes.size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        std::copy_n(m_bytes.begin() + std::ptrdiff_t(offset), out.size(), out.begin());
    }

private:
    std::vector<std::byte> m_bytes;
};

class ReorderedRows final : public model::ByteSource {
public:
    ReorderedRows(Source source, std::uint64_t rowBytes, std::function<std::uint64_t(std::uint64_t)> rowAt)
        : m_source(std::move(source)),
          m_rowBytes(rowBytes),
          m_rowAt(std::move(rowAt))
    {
    }
    std::uint64_t size() const noexcept override { return m_source->size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        while (!out.empty()) {
            const std::uint64_t within = offset % m_rowBytes;
            const std::size_t count = std::min<std::uint64_t>(out.size(), m_rowBytes - within);
            m_source->read(m_rowAt(offset / m_rowBytes) * m_rowBytes + within, out.first(count));
            offset += count;
            out = out.subspan(count);
        }
    }

private:
    Source m_source;
    std::uint64_t m_rowBytes;
    std::function<std::uint64_t(std::uint64_t)> m_rowAt;
};

class Part final : public model::ByteSource {
public:
    Part(Source source, std::uint64_t offset, std::uint64_t bytes) : m_source(std::move(source)), m_offset(offset), m_bytes(bytes) {}
    std::uint64_t size() const noexcept override { return m_bytes; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override { m_source->read(m_offset + offset, out); }

private:
    Source m_source;
    std::uint64_t m_offset, m_bytes;
};

class Stack final : public model::ByteSource {
public:
    explicit Stack(std::vector<Source> parts) : m_parts(std::move(parts))
    {
        for (const Source& part : m_parts)
            m_bytes += part->size();
    }
    std::uint64_t size() const noexcept override { return m_bytes; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        for (const Source& part : m_parts) {
            if (out.empty())
                return;
            if (offset >= part->size()) {
                offset -= part->size();
                continue;
            }
            const std::size_t count = std::min<std::uint64_t>(out.size(), part->size() - offset);
            part->read(offset, out.first(count));
            out = out.subspan(count);
            offset = 0;
        }
    }

private:
    std::vector<Source> m_parts;
    std::uint64_t m_bytes = 0;
};

class Floats final : public model::ByteSource {
public:
    Floats(Source source, quant::Type type, float added)
        : m_source(std::move(source)),
          m_type(type),
          m_elementBytes(quant::info(type).blockBytes),
          m_added(added)
    {
    }
    std::uint64_t size() const noexcept override { return m_source->size() / m_elementBytes * sizeof(float); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        const std::size_t count = out.size() / sizeof(float);
        std::vector<std::byte> packed(count * m_elementBytes);
        std::vector<float> floats(count);
        m_source->read(offset / sizeof(float) * m_elementBytes, packed);
        quant::dequantize(m_type, packed, floats);
        if (m_added != 0)
            std::ranges::for_each(floats, [this](float& value) { value += m_added; });
        std::memcpy(out.data(), floats.data(), out.size());
    }

private:
    Source m_source;
    quant::Type m_type;
    std::uint64_t m_elementBytes;
    float m_added;
};

class Transpose final : public model::ByteSource {
public:
    Transpose(Source source, std::uint64_t rows, std::uint64_t columns, std::uint64_t elementBytes)
        : m_source(std::move(source)),
          m_rows(rows),
          m_columns(columns),
          m_elementBytes(elementBytes)
    {
    }
    std::uint64_t size() const noexcept override { return m_source->size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        std::vector<std::byte> all(m_source->size());
        m_source->read(0, all);
        const std::uint64_t first = offset / m_elementBytes;
        for (std::uint64_t i = 0; i < out.size() / m_elementBytes; ++i) {
            const std::uint64_t row = (first + i) % m_rows, column = (first + i) / m_rows;
            std::memcpy(out.data() + i * m_elementBytes, all.data() + (row * m_columns + column) * m_elementBytes, m_elementBytes);
        }
    }

private:
    Source m_source;
    std::uint64_t m_rows, m_columns, m_elementBytes;
};

const std::array<float, 256>& e4m3Table()
{
    static const std::array<float, 256> table = [] {
        std::array<float, 256> values{};
        for (unsigned bits = 0; bits < 256; ++bits)
            values[bits] = e4m3(std::uint8_t(bits));
        return values;
    }();
    return table;
}

class ScaledE4M3 final : public model::ByteSource {
public:
    ScaledE4M3(Source source, std::uint64_t columns, BlockScales scales)
        : m_source(std::move(source)),
          m_columns(columns),
          m_blocksInRow((columns + scales.blockColumns - 1) / scales.blockColumns),
          m_scales(std::move(scales))
    {
    }
    std::uint64_t size() const noexcept override { return m_source->size() * kResultBytes; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        const std::uint64_t first = offset / kResultBytes, count = out.size() / kResultBytes;
        std::vector<std::byte> bits(count);
        m_source->read(first, bits);
        std::vector<float> floats(count);
        const std::array<float, 256>& table = e4m3Table();
        for (std::uint64_t i = 0; i < count; ++i)
            floats[i] = table[std::size_t(bits[i])] * scaleOf(first + i);
        quant::floatsToBfloats(floats.data(), count, out.data());
    }

private:
    static constexpr std::uint64_t kResultBytes = 2;

    float scaleOf(std::uint64_t weight) const
    {
        const std::uint64_t row = weight / m_columns, column = weight % m_columns;
        return m_scales.values[row / m_scales.blockRows * m_blocksInRow + column / m_scales.blockColumns];
    }

    Source m_source;
    std::uint64_t m_columns, m_blocksInRow;
    BlockScales m_scales;
};

}  // namespace

float e4m3(std::uint8_t bits)
{
    constexpr int kBias = 7;
    const int exponent = bits >> 3 & 15, mantissa = bits & 7;
    const float sign = bits & 0x80 ? -1.0f : 1.0f;
    if (exponent == 15 && mantissa == 7)
        return std::numeric_limits<float>::quiet_NaN();
    if (exponent == 0)
        return sign * std::ldexp(float(mantissa), 1 - kBias - 3);
    return sign * std::ldexp(float(8 + mantissa), exponent - kBias - 3);
}

Source fileBytes(std::shared_ptr<const InputFile> file, std::uint64_t offset, std::uint64_t bytes)
{
    return std::make_shared<const FileBytes>(std::move(file), offset, bytes);
}

Source madeBytes(std::vector<std::byte> bytes)
{
    return std::make_shared<const MadeBytes>(std::move(bytes));
}

Source reorderedRows(Source source, std::uint64_t rowBytes, std::function<std::uint64_t(std::uint64_t)> rowAt)
{
    return std::make_shared<const ReorderedRows>(std::move(source), rowBytes, std::move(rowAt));
}

Source part(Source source, std::uint64_t offset, std::uint64_t bytes)
{
    return std::make_shared<const Part>(std::move(source), offset, bytes);
}

Source stacked(std::vector<Source> parts)
{
    return std::make_shared<const Stack>(std::move(parts));
}

Source asFloats(Source source, quant::Type type, float added)
{
    return std::make_shared<const Floats>(std::move(source), type, added);
}

Source transposed(Source source, std::uint64_t rows, std::uint64_t columns, std::uint64_t elementBytes)
{
    return std::make_shared<const Transpose>(std::move(source), rows, columns, elementBytes);
}

Source scaledE4M3(Source source, std::uint64_t columns, BlockScales scales)
{
    return std::make_shared<const ScaledE4M3>(std::move(source), columns, std::move(scales));
}

}  // namespace halftone::format::hf
