// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/special_tokens.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace halftone::format::hf {

namespace {

using nlohmann::json;

struct KeyOfKind {
    std::string_view kind;  ///< in Hugging Face's files: "bos_token", "bos_token_id"
    std::string_view key;  ///< under tokenizer.ggml.
};
/// In the order that the converter writes. The key of "sep" is a slip that became the format.
constexpr KeyOfKind kKinds[] = {{"bos", "bos_token_id"},       {"eos", "eos_token_id"},     {"unk", "unknown_token_id"},
                                {"sep", "seperator_token_id"}, {"pad", "padding_token_id"}, {"cls", "cls_token_id"},
                                {"mask", "mask_token_id"},     {"eot", "eot_token_id"}};

std::string withSuffix(std::string_view kind, std::string_view suffix)
{
    return std::string(kind) + std::string(suffix);
}

/// A token's text: plain or in an object with its properties.
std::string contentOf(const json& object, const std::string& key)
{
    const auto entry = object.find(key);
    if (entry == object.end())
        return {};
    if (entry->is_string())
        return entry->get<std::string>();
    const auto content = entry->is_object() ? entry->find("content") : entry->end();
    return entry->is_object() && content != entry->end() && content->is_string() ? content->get<std::string>() : std::string();
}

/// The special token that a part of a template stands for, "" for a sequence.
std::string specialOf(const json& part)
{
    const auto token = part.is_object() ? part.find("SpecialToken") : part.end();
    return part.is_object() && token != part.end() && token->is_object() ? contentOf(*token, "id") : std::string();
}

class Reader {
public:
    Reader(const TokenizerFiles& files, const Config& config, std::size_t vocabularySize)
        : m_files(files),
          m_config(config),
          m_size(vocabularySize)
    {
        for (const KeyOfKind& one : kKinds)
            m_contents[one.kind] = contentOf(files.tokenizerConfig, withSuffix(one.kind, "_token"));
        useInstead("bos", "cls");
        useInstead("eos", "sep");
    }

    void read()
    {
        if (m_files.tokenizer)
            readPostProcessor(m_files.tokenizer->rest);
        for (const KeyOfKind& one : kKinds) {
            if (const auto added = m_files.tokenizerConfig.find("add_" + withSuffix(one.kind, "_token"));
                added != m_files.tokenizerConfig.end() && added->is_boolean())
                m_added[one.kind] = added->get<bool>();
            readId(one.kind);
        }
    }

    void write(model::Metadata& metadata) const
    {
        for (const KeyOfKind& one : kKinds) {
            if (const auto id = m_ids.find(one.kind); id != m_ids.end())
                metadata.set("tokenizer.ggml." + std::string(one.key), id->second);
        }
        for (const std::string_view kind : {"bos", "eos", "sep"}) {
            const auto added = m_added.find(kind);
            if (added != m_added.end() && (added->second || kind == "bos"))
                metadata.set("tokenizer.ggml.add_" + withSuffix(kind, "_token"), model::Bool{added->second});
        }
    }

private:
    void useInstead(std::string_view missing, std::string_view other)
    {
        if (m_contents[missing].empty())
            m_contents[missing] = m_contents[other];
    }

    void readPostProcessor(const json& tokenizer)
    {
        const auto processor = tokenizer.find("post_processor");
        if (processor == tokenizer.end() || !processor->is_object())
            return;
        const auto parts = processor->find("processors");
        if (parts == processor->end() || !parts->is_array()) {
            readProcessor(*processor);
            return;
        }
        for (const json& part : *parts)
            readProcessor(part);
    }

    void readProcessor(const json& processor)
    {
        const std::string type = processor.is_object() ? contentOf(processor, "type") : std::string();
        if (type == "RobertaProcessing")
            m_added["bos"] = m_added["eos"] = m_added["sep"] = true;
        const auto single = type == "TemplateProcessing" ? processor.find("single") : processor.end();
        if (type != "TemplateProcessing" || single == processor.end() || !single->is_array() || single->size() < 2)
            return;
        if (const std::string first = specialOf(single->front()); !first.empty())
            m_added["bos"] = first == m_contents["bos"] || first == m_contents["cls"];
        if (const std::string last = specialOf(single->back()); !last.empty()) {
            if (last != m_contents["eos"])  // what ends a text is EOS, what was called so ends a turn
                m_contents["eot"] = std::exchange(m_contents["eos"], last);
            m_added["eos"] = true;
        }
    }

    void readId(std::string_view kind)
    {
        const std::string& content = m_contents[kind];
        std::optional<std::uint32_t> id;
        if (!content.empty())
            id = idOf(content);
        if (!id) {
            const std::string key = withSuffix(kind, "_token_id");
            const json* value = m_config.find(key);  // some models list several ids: then the generation's configuration is meant
            if (value && value->is_number_unsigned())
                id = m_config.integer({key});
        }
        if (id && *id < m_size)
            m_ids[kind] = *id;
    }

    std::optional<std::uint32_t> idOf(const std::string& content) const
    {
        const auto search = [&](const std::vector<AddedToken>& tokens) {
            const auto found = std::ranges::find(tokens, content, &AddedToken::content);
            return found == tokens.end() ? std::nullopt : std::optional(found->id);
        };
        if (m_files.tokenizer)
            return search(m_files.tokenizer->added);
        return search(addedTokensDecoder(m_files.tokenizerConfig.value("added_tokens_decoder", json())));
    }

    const TokenizerFiles& m_files;
    const Config& m_config;
    std::size_t m_size;
    std::map<std::string_view, std::string> m_contents;
    std::map<std::string_view, std::uint32_t> m_ids;
    std::map<std::string_view, bool> m_added;
};

void writeTemplates(const TokenizerFiles& files, model::Metadata& metadata)
{
    std::vector<std::string> names;
    for (const auto& [name, text] : files.templates) {
        if (name == "default") {
            metadata.set("tokenizer.chat_template", text);
            continue;
        }
        names.push_back(name);
        metadata.set("tokenizer.chat_template." + name, text);
    }
    if (!names.empty())
        metadata.set("tokenizer.chat_templates", model::Array(std::move(names)));
}

}  // namespace

void addSpecialTokens(const TokenizerFiles& files, const Config& config, std::size_t vocabularySize, model::Metadata& metadata)
{
    Reader reader(files, config, vocabularySize);
    reader.read();
    reader.write(metadata);
    writeTemplates(files, metadata);
}

}  // namespace halftone::format::hf
