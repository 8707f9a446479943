// SPDX-License-Identifier: Apache-2.0
#include "core/format/json.h"

#include "core/format/bounded_reader.h"

#include <compare>
#include <iterator>
#include <unordered_set>
#include <vector>

namespace halftone::format {

namespace {

using nlohmann::json;

/// Goes through a text and tells how far the library is: it has no other way to say where a value was.
class Reading {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Reading() = default;
    /// `byte` is the number of bytes that were read.
    Reading(const char* at, std::size_t* byte) : m_at(at), m_byte(byte) {}
    reference operator*() const { return *m_at; }
    Reading& operator++()
    {
        ++m_at;
        ++*m_byte;
        return *this;
    }
    Reading operator++(int)
    {
        const Reading before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Reading& other) const { return m_at == other.m_at; }

private:
    const char* m_at = nullptr;
    std::size_t* m_byte = nullptr;
};

/// `byte` is where `handler` finds how far it is.
void parse(std::string_view text, json::json_sax_t& handler, std::size_t& byte)
{
    byte = 0;
    json::sax_parse(Reading(text.data(), &byte), Reading(text.data() + text.size(), &byte), &handler);
}

std::string bytePlace(std::size_t byte, const std::string& place = {})
{
    return "byte " + std::to_string(byte) + (place.empty() ? std::string() : ", " + place);
}

Error atByte(const Error& error, std::size_t byte)
{
    return Error(error.code(),
                 {.problem = error.problem(), .file = error.file(), .place = bytePlace(byte, error.place()), .advice = error.advice()});
}

class Builder final : public json::json_sax_t {
public:
    Builder(const JsonLimits& limits, JsonStream* stream, const std::size_t& byte) : m_limits(limits), m_stream(stream), m_byte(byte) {}

    json take() { return std::move(m_root); }

    bool null() override { return add(json()); }
    bool boolean(bool value) override { return add(json(value)); }
    bool number_integer(number_integer_t value) override { return number(value); }
    bool number_unsigned(number_unsigned_t value) override { return number(value); }
    bool number_float(number_float_t value, const string_t&) override { return number(value); }
    bool string(string_t& value) override
    {
        if (m_streamDepth == 0)
            return add(json(std::move(value)));
        return streamed([&] { m_stream->text(m_streamPath, streamKey(), m_streamDepth, std::move(value)); });
    }
    bool binary(json::binary_t&) override { return false; }  // JSON text has none

    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& key) override
    {
        Level& level = m_levels.back();
        if (!level.keys.insert(key).second)
            refuse("the key \"" + printable(key) + "\" occurs twice in one object");
        level.key = std::move(key);
        return true;
    }

    bool parse_error(std::size_t, const std::string&, const json::exception& reason) override
    {
        constexpr int kOutOfRange = 406;  // as the library numbers it
        refuse(reason.id == kOutOfRange ? "a number is too large for any program" : "the text is not valid JSON");
    }

private:
    [[noreturn]] void refuse(std::string problem, ErrorCode code = ErrorCode::Malformed) const
    {
        throw Error(code, {.problem = std::move(problem), .place = bytePlace(m_limits.start + m_byte), .advice = m_limits.advice});
    }

    template <class Hand>
    bool streamed(const Hand& hand) const
    {
        try {
            hand();
        } catch (const Error& error) {
            throw atByte(error, m_limits.start + m_byte);
        }
        return true;
    }

    struct Level {
        json* container;  ///< null in a stream
        std::string key;
        std::unordered_set<std::string> keys;
    };

    std::string_view streamKey() const { return m_levels.back().key; }

    template <class Number>
    bool number(Number value)
    {
        if (m_streamDepth == 0)
            return add(json(value));
        return streamed([&] { m_stream->number(m_streamPath, streamKey(), m_streamDepth, double(value)); });
    }

    json* place(json&& value)
    {
        if (m_levels.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        Level& level = m_levels.back();
        if (level.container->is_array()) {
            level.container->push_back(std::move(value));
            return &level.container->back();
        }
        json& member = (*level.container)[level.key];
        member = std::move(value);
        return &member;
    }

    bool add(json&& value)
    {
        if (m_streamDepth > 0)
            refuse("\"" + m_streamPath + "\" holds a value that is neither text nor number");
        countValue();
        place(std::move(value));
        return true;
    }

    void countValue()
    {
        if (++m_values > m_limits.values)
            refuse("the text holds more than " + std::to_string(m_limits.values) + " values", ErrorCode::Unsupported);
    }

    bool open(json&& container)
    {
        if (m_levels.size() >= m_limits.depth)
            refuse("the text is nested more than " + std::to_string(m_limits.depth) + " deep");
        if (m_streamDepth > 0) {
            ++m_streamDepth;
            m_levels.push_back({nullptr, {}, {}});
            return true;
        }
        if (m_stream && m_stream->takes(path())) {
            m_streamPath = path();
            m_streamDepth = 1;
            countValue();
            place(json());
            m_levels.push_back({nullptr, {}, {}});
            return true;
        }
        countValue();
        json* const placed = place(std::move(container));
        m_levels.push_back({placed, {}, {}});
        return true;
    }

    bool close()
    {
        m_levels.pop_back();
        if (m_streamDepth > 0)
            --m_streamDepth;
        return true;
    }

    /// "model.vocab" while the value of that key begins.
    std::string path() const
    {
        std::string path;
        for (const Level& level : m_levels)
            path.append(path.empty() ? "" : ".").append(level.key);
        return path;
    }

    JsonLimits m_limits;
    JsonStream* m_stream;
    const std::size_t& m_byte;  ///< read so far
    json m_root;
    std::vector<Level> m_levels;
    std::size_t m_values = 0;
    std::string m_streamPath;
    std::size_t m_streamDepth = 0;  ///< 0 outside streams
};

/// Looks for the value at a path.
class Finder final : public json::json_sax_t {
public:
    Finder(std::string_view path, const std::size_t& byte) : m_wanted(path), m_byte(byte) {}

    std::size_t found() const { return m_found; }

    bool null() override { return pass(); }
    bool boolean(bool) override { return pass(); }
    bool number_integer(number_integer_t) override { return pass(); }
    bool number_unsigned(number_unsigned_t) override { return pass(); }
    bool number_float(number_float_t, const string_t&) override { return pass(); }
    bool string(string_t&) override { return pass(); }
    bool binary(json::binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(false); }
    bool start_array(std::size_t) override { return open(true); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& key) override
    {
        m_path.resize(m_levels.back().path);
        m_path.append(m_path.empty() ? "" : ".").append(key);
        return look();
    }
    bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

private:
    struct Level {
        std::size_t path;  ///< length of the container's own
        bool isArray;
        std::size_t next = 0;  ///< element
    };

    void enterElement()
    {
        if (m_levels.empty() || !m_levels.back().isArray)
            return;
        m_path.resize(m_levels.back().path);
        m_path.append("[").append(std::to_string(m_levels.back().next++)).append("]");
        look();
    }
    bool pass()
    {
        enterElement();
        return !m_isThere;
    }
    bool open(bool isArray)
    {
        enterElement();
        m_levels.push_back({m_path.size(), isArray});
        return !m_isThere;
    }
    bool close()
    {
        m_path.resize(m_levels.back().path);
        m_levels.pop_back();
        return true;
    }

    /// The path wanted, the end of a longer one, or one on the way to it: the longest that there is.
    bool look()
    {
        const std::string_view path = m_path;
        const std::size_t size = m_wanted.size();
        m_isThere = path == m_wanted || (path.size() > size && path.ends_with(m_wanted) && path[path.size() - size - 1] == '.');
        const bool isOnTheWay =
            m_wanted.starts_with(path) && size > path.size() && (m_wanted[path.size()] == '.' || m_wanted[path.size()] == '[');
        if (m_isThere || (isOnTheWay && path.size() > m_longest)) {
            m_found = m_byte;
            m_longest = path.size();
        }
        return !m_isThere;
    }

    std::string_view m_wanted;
    const std::size_t& m_byte;
    std::string m_path;
    std::vector<Level> m_levels;
    std::size_t m_found = 0, m_longest = 0;
    bool m_isThere = false;
};

}  // namespace

json readJson(std::string_view text, const JsonLimits& limits, JsonStream* stream)
{
    if (text.size() > limits.bytes)
        throw Error(ErrorCode::Unsupported,
                    {.problem = "the text has " + std::to_string(text.size()) + " bytes, more than the " + std::to_string(limits.bytes)
                         + " that are read",
                     .place = bytePlace(limits.start + limits.bytes),
                     .advice = limits.advice});
    std::size_t byte = 0;
    Builder builder(limits, stream, byte);
    parse(text, builder, byte);
    return builder.take();
}

std::size_t byteOf(std::string_view text, std::string_view path)
{
    std::size_t byte = 0;
    Finder finder(path, byte);
    parse(text, finder, byte);
    return finder.found();
}

Error withByte(const Error& error, std::string_view text)
{
    constexpr std::string_view kKey = "key ";
    const std::string& place = error.place();
    return place.starts_with(kKey) ? atByte(error, byteOf(text, std::string_view(place).substr(kKey.size()))) : error;
}

}  // namespace halftone::format
