// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/tokenizer_json.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/bounded_reader.h"
#include "core/format/hf/text_file.h"

#include <charconv>

namespace halftone::format::hf {

namespace {

using nlohmann::json;

constexpr JsonLimits kLimits{.bytes = std::size_t(256) << 20};
constexpr std::string_view kVocabulary = "model.vocab", kMerges = "model.merges";

[[noreturn]] void refuse(std::string problem, std::string_view place)
{
    throw Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = std::string(place), .advice = "download the file again"});
}

std::uint32_t tokenId(double value, std::string_view place)
{
    if (!(value >= 0 && value < kMostTokens) || value != double(std::uint32_t(value)))
        refuse("a token's id is not an integer below " + std::to_string(kMostTokens), place);
    return std::uint32_t(value);
}

/// "Ġ": a space as byte-level BPE writes it. Merges are kept as two parts with a plain space between.
std::string withoutSpaces(const std::string& part)
{
    std::string result;
    for (const char byte : part) {
        if (byte == ' ')
            result += "\xC4\xA0";
        else
            result += byte;
    }
    return result;
}

class Lists final : public JsonStream {
public:
    explicit Lists(TokenizerJson& tokenizer) : m_tokenizer(tokenizer) {}

    bool takes(std::string_view path) override { return path == kVocabulary || path == kMerges; }

    void text(std::string_view path, std::string_view, std::size_t depth, std::string&& value) override
    {
        if (path == kVocabulary)
            addPiece(depth, std::move(value));
        else if (depth == 1)
            m_tokenizer.merges.push_back(std::move(value));
        else
            addMergePart(std::move(value));
    }

    void number(std::string_view path, std::string_view key, std::size_t depth, double value) override
    {
        if (path != kVocabulary)
            refuse("a merge is a number", path);
        auto& pieces = m_tokenizer.vocabulary;
        if (depth == 1)  // {"piece": id}
            pieces.push_back({std::string(key), tokenId(value, path), 0});
        else if (!m_awaitsScore)
            refuse("a score without a piece", path);
        else
            pieces.back().score = float(value);
        m_awaitsScore = false;
    }

    void finish() const
    {
        if (m_awaitsScore || !m_left.empty())
            refuse("the last entry of the vocabulary or of the merges is half", "key " + std::string(kVocabulary));
    }

private:
    /// Unigram: [["piece", score], ...], the id being the place.
    void addPiece(std::size_t depth, std::string&& value)
    {
        if (depth != 2 || m_awaitsScore)
            refuse("the vocabulary is neither a list of pieces with scores nor an object of ids", kVocabulary);
        m_tokenizer.vocabulary.push_back({std::move(value), tokenId(double(m_tokenizer.vocabulary.size()), kVocabulary), 0});
        m_awaitsScore = true;
    }

    /// Newer files: [["left", "right"], ...].
    void addMergePart(std::string&& value)
    {
        if (value.empty())
            refuse("a part of a merge is empty", kMerges);
        if (m_left.empty()) {
            m_left = withoutSpaces(value);
            return;
        }
        m_tokenizer.merges.push_back(m_left + " " + withoutSpaces(value));
        m_left.clear();
    }

    TokenizerJson& m_tokenizer;
    bool m_awaitsScore = false;
    std::string m_left;
};

AddedToken addedToken(std::uint32_t id, const json& entry, std::string_view place)
{
    const auto content = entry.is_object() ? entry.find("content") : entry.end();
    if (content == entry.end() || !content->is_string())
        refuse("an added token has no content", place);
    const auto special = entry.find("special");
    return {id, content->get<std::string>(), special != entry.end() && special->is_boolean() && special->get<bool>()};
}

}  // namespace

std::string TokenizerJson::modelType() const
{
    const auto model = rest.find("model");
    if (model == rest.end() || !model->is_object())
        refuse("there is no model", "key model");
    const auto type = model->find("type");
    if (type != model->end() && type->is_string())
        return type->get<std::string>();
    return merges.empty() ? std::string() : "BPE";  // files of early versions
}

bool TokenizerJson::modelFlag(const char* key) const
{
    const json& model = rest.at("model");
    const auto flag = model.find(key);
    return flag != model.end() && flag->is_boolean() && flag->get<bool>();
}

std::vector<AddedToken> addedTokens(const json& list)
{
    constexpr std::string_view place = "key added_tokens";
    if (list.is_null())
        return {};
    if (!list.is_array())
        refuse("the value is not a list", place);
    std::vector<AddedToken> tokens;
    for (const json& entry : list) {
        const auto id = entry.is_object() ? entry.find("id") : entry.end();
        if (id == entry.end() || !id->is_number())
            refuse("an added token has no id", place);
        tokens.push_back(addedToken(tokenId(id->get<double>(), place), entry, place));
    }
    return tokens;
}

std::vector<AddedToken> addedTokensDecoder(const json& object)
{
    constexpr std::string_view place = "key added_tokens_decoder";
    if (object.is_null())
        return {};
    if (!object.is_object())
        refuse("the value is not an object", place);
    std::vector<AddedToken> tokens;
    for (const auto& [key, entry] : object.items()) {
        std::uint32_t id = 0;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
        if (error != std::errc() || end != key.data() + key.size())
            refuse("a key is no token's id: " + printable(key), place);
        tokens.push_back(addedToken(tokenId(id, place), entry, place));
    }
    return tokens;
}

TokenizerJson readTokenizerJson(const std::filesystem::path& path)
{
    TokenizerJson tokenizer;
    Lists lists(tokenizer);
    tokenizer.rest = readJsonFile(path, kLimits, &lists);
    try {
        lists.finish();
        if (!tokenizer.rest.is_object())
            refuse("the tokenizer is not an object", "byte 0");
        tokenizer.added = addedTokens(tokenizer.rest.value("added_tokens", json()));
        tokenizer.modelType();
    } catch (const Error& error) {
        throw aboutJsonFile(error, path);
    }
    return tokenizer;
}

}  // namespace halftone::format::hf
