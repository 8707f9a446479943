// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A safetensors file put together by hand, so that tests can break any rule: the header's text is whatever it is told.
class SafetensorsBytes {
public:
    /// Appends a tensor with sound offsets. `shape` as JSON: "[2,3]".
    SafetensorsBytes& tensor(std::string_view name, std::string_view dtype, std::string_view shape, std::string_view data)
    {
        const std::size_t begin = m_data.size();
        m_data += data;
        std::string offsets("[");
        offsets.append(std::to_string(begin)).append(",").append(std::to_string(m_data.size())).append("]");
        return entry(name, dtype, shape, offsets);
    }
    SafetensorsBytes& entry(std::string_view name, std::string_view dtype, std::string_view shape, std::string_view offsets)
    {
        m_header += m_header.empty() ? "" : ",";
        m_header.append("\"").append(name).append("\":{\"dtype\":\"").append(dtype).append("\",\"shape\":").append(shape);
        m_header.append(",\"data_offsets\":").append(offsets).append("}");
        return *this;
    }
    /// Any text between the outer braces.
    SafetensorsBytes& raw(std::string_view text)
    {
        m_header += text;
        return *this;
    }
    SafetensorsBytes& data(std::size_t count)
    {
        m_data.append(count, '\1');
        return *this;
    }

    std::string string() const
    {
        std::string header("{");
        header.append(m_header).append("}");
        header.resize((header.size() + 7) / 8 * 8, ' ');
        return file(header.size(), header, m_data);
    }
    /// A file whose length field says `length`, whatever the header is.
    static std::string file(std::uint64_t length, std::string_view header, std::string_view data = {})
    {
        std::string bytes(sizeof length, '\0');
        std::memcpy(bytes.data(), &length, sizeof length);
        return bytes.append(header).append(data);
    }

private:
    std::string m_header, m_data;
};

/// Numbers as the bytes of a file.
template <class T>
std::string packed(const std::vector<T>& values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}
