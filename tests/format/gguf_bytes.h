// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A GGUF file put together number by number, so that tests can break any rule. Written apart from the program's own
/// writer on purpose: a mistake in that one does not hide here.
class GgufBytes {
public:
    enum ValueType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };

    GgufBytes& magic(std::string_view text = "GGUF")
    {
        m_bytes += text;
        return *this;
    }
    template <class T>
    GgufBytes& put(T value)
    {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        m_bytes.append(bytes, sizeof value);
        return *this;
    }
    GgufBytes& u32(std::uint32_t value) { return put(value); }
    GgufBytes& u64(std::uint64_t value) { return put(value); }
    GgufBytes& text(std::string_view text)
    {
        u64(text.size());
        m_bytes += text;
        return *this;
    }
    GgufBytes& header(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3)
    {
        return magic().u32(version).u64(tensors).u64(pairs);
    }
    GgufBytes& key(std::string_view name, ValueType type) { return text(name).u32(type); }
    GgufBytes& pair(std::string_view name, std::uint32_t value) { return key(name, U32).u32(value); }
    GgufBytes& pair(std::string_view name, std::string_view value) { return key(name, String).text(value); }
    GgufBytes& tensor(std::string_view name, const std::vector<std::uint64_t>& extents, std::uint32_t type, std::uint64_t offset)
    {
        text(name).u32(std::uint32_t(extents.size()));
        for (const std::uint64_t extent : extents)
            u64(extent);
        return u32(type).u64(offset);
    }
    GgufBytes& pad(std::size_t alignment = 32)
    {
        m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment);
        return *this;
    }
    /// Tensor data, counted up from 1.
    GgufBytes& data(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            m_bytes += char(i + 1);
        return *this;
    }

    const std::string& string() const { return m_bytes; }
    std::span<const std::byte> bytes() const { return std::as_bytes(std::span(m_bytes.data(), m_bytes.size())); }
    std::size_t size() const { return m_bytes.size(); }

    /// Two pairs and two tensors, sound in every respect.
    static GgufBytes sound()
    {
        return GgufBytes()
            .header(2, 2)
            .pair("general.architecture", "llama")
            .key("tokenizer.ggml.tokens", Array)
            .u32(String)
            .u64(2)
            .text("a")
            .text("bc")
            .tensor("token_embd.weight", {8, 4}, 0, 0)
            .tensor("blk.0.attn_norm.weight", {8}, 0, 128)
            .pad()
            .data(128 + 32);
    }

private:
    std::string m_bytes;
};
