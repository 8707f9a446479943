// SPDX-License-Identifier: Apache-2.0
#include "core/chat/prompt.h"

#include "core/base/error.h"
#include "core/chat/template.h"
#include "core/model/metadata.h"
#include "core/token/utf8.h"

#include <nlohmann/json.hpp>

namespace halftone::chat {
namespace {

using Json = nlohmann::ordered_json;

Json parsedMessages(std::string_view text)
{
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        throw Error(ErrorCode::Malformed, {.problem = "the messages are no valid JSON", .place = "byte " + std::to_string(error.byte)});
    } catch (const Json::exception&) {  // a number that no double holds
        throw Error(ErrorCode::Malformed, "the messages hold a number that is too large");
    }
    if (json.is_array())
        json = Json{{"messages", std::move(json)}};
    if (!json.is_object() || !json.contains("messages") || !json["messages"].is_array())
        throw Error(ErrorCode::Malformed,
                    {.problem = "the messages are no list", .advice = R"(write [{"role": "user", "content": "..."}])"});
    return json;
}

/// The names that templates use, and GGUF's keys of their ids.
void addSpecialTokens(Variables& variables, const model::Metadata& metadata, const token::Tokenizer& tokenizer)
{
    const auto add = [&](const char* name, std::optional<std::int64_t> id) {
        if (id && *id >= 0 && std::uint64_t(*id) < tokenizer.size())
            variables.emplace_back(name, Value::text(tokenizer.spelling(token::Id(*id))));
    };
    add("bos_token", tokenizer.bos());
    add("eos_token", tokenizer.eos());
    add("unk_token", metadata.integer("tokenizer.ggml.unknown_token_id"));
    add("pad_token", metadata.integer("tokenizer.ggml.padding_token_id"));
}

/// gguf keeps the default under this key and others under KEY.NAME, with their names in a list.
constexpr std::string_view kTemplate = "tokenizer.chat_template", kNames = "tokenizer.chat_templates";

std::optional<std::string_view> findTemplate(const model::Metadata& metadata)
{
    if (const auto text = metadata.string(kTemplate))
        return *text;
    const auto* names = metadata.array<std::string>(kNames);
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        if (const auto text = metadata.string(std::string(kTemplate).append(".").append((*names)[i])))
            return *text;
    }
    return std::nullopt;
}

}  // namespace

std::string_view chatTemplate(const model::Metadata& metadata)
{
    if (const auto text = findTemplate(metadata))
        return *text;
    throw Error(ErrorCode::Unsupported, {.problem = "the model has no chat template", .advice = "give one with --template"});
}

bool hasChatTemplate(const model::Metadata& metadata)
{
    return findTemplate(metadata).has_value();
}

std::string conversation(std::string_view system, std::string_view user)
{
    Json messages = Json::array();
    if (!system.empty())
        messages.push_back({{"role", "system"}, {"content", token::repairedUtf8(system)}});
    messages.push_back({{"role", "user"}, {"content", token::repairedUtf8(user)}});
    return messages.dump();
}

void checkMessages(std::string_view messages)
{
    parsedMessages(messages);
}

Prompt renderPrompt(std::string_view chatTemplate, std::string_view messages, const model::Metadata& metadata,
                    const token::Tokenizer& tokenizer, const std::tm& now)
{
    Variables variables{{"tools", None{}}, {"documents", None{}}};
    addSpecialTokens(variables, metadata, tokenizer);
    variables.emplace_back("add_generation_prompt", true);
    const Json given = parsedMessages(messages);
    for (const auto& [name, value] : given.items())
        variables.emplace_back(name, fromJson(value));
    Prompt prompt{.text = token::repairedUtf8(Template(chatTemplate).render(variables, {.now = now})), .ids = {}};
    prompt.ids = tokenizer.encode(prompt.text, {.addSpecial = false, .parseSpecial = true});
    if (tokenizer.addsBos() && tokenizer.bos() && (prompt.ids.empty() || prompt.ids.front() != *tokenizer.bos()))
        prompt.ids.insert(prompt.ids.begin(), *tokenizer.bos());
    return prompt;
}

}  // namespace halftone::chat
