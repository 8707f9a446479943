// SPDX-License-Identifier: Apache-2.0
#include "core/format/json.h"

#include "core/base/error.h"
#include "core/format/bounded_reader.h"

#include <unordered_set>
#include <vector>

namespace halftone::format {

namespace {

using nlohmann::json;

constexpr const char* kDamaged = "the file is damaged: download it again";

class Builder final : public json::json_sax_t {
public:
    Builder(const JsonLimits& limits, JsonStream* stream) : m_limits(limits), m_stream(stream) {}

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
        m_stream->text(m_streamPath, streamKey(), m_streamDepth, std::move(value));
        return true;
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
            throw Error(ErrorCode::Malformed,
                        {.problem = "the key \"" + printable(key) + "\" occurs twice in one object", .advice = kDamaged});
        level.key = std::move(key);
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const json::exception&) override
    {
        throw Error(ErrorCode::Malformed,
                    {.problem = "the text is not valid JSON", .place = "byte " + std::to_string(position), .advice = kDamaged});
    }

private:
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
        m_stream->number(m_streamPath, streamKey(), m_streamDepth, double(value));
        return true;
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
            throw Error(ErrorCode::Malformed,
                        {.problem = "\"" + m_streamPath + "\" holds a value that is neither text nor number", .advice = kDamaged});
        countValue();
        place(std::move(value));
        return true;
    }

    void countValue()
    {
        if (++m_values > m_limits.values)
            throw Error(ErrorCode::Unsupported,
                        {.problem = "the text holds more than " + std::to_string(m_limits.values) + " values", .advice = kDamaged});
    }

    bool open(json&& container)
    {
        if (m_levels.size() >= m_limits.depth)
            throw Error(ErrorCode::Malformed,
                        {.problem = "the text is nested more than " + std::to_string(m_limits.depth) + " deep", .advice = kDamaged});
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
    json m_root;
    std::vector<Level> m_levels;
    std::size_t m_values = 0;
    std::string m_streamPath;
    std::size_t m_streamDepth = 0;  ///< 0 outside streams
};

}  // namespace

json readJson(std::string_view text, const JsonLimits& limits, JsonStream* stream)
{
    if (text.size() > limits.bytes)
        throw Error(ErrorCode::Unsupported,
                    {.problem = "the text has " + std::to_string(text.size()) + " bytes, more than the " + std::to_string(limits.bytes)
                         + " that are read",
                     .advice = kDamaged});
    Builder builder(limits, stream);
    json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

}  // namespace halftone::format
