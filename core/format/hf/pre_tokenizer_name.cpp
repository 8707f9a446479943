// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/pre_tokenizer_name.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <vector>

namespace halftone::format::hf {

namespace {

using nlohmann::json;
using Steps = std::vector<std::string>;

// One step of a pre-tokenizer as text: "split:PATTERN" (each match stands apart), "digits" (each alone), "numbers" (runs),
// "punctuation", "gpt2" (ByteLevel with its own pattern). ByteLevel without it only spells bytes and is no step.

/// The patterns as the models' tokenizer.json files have them. Known files write some with real line ends, some with \r\n
/// escaped; both are brought to the escaped form before they are compared.
constexpr std::string_view kLlama3 =
    R"(split:(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4 =
    R"(split:'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"(split:(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen35 =
    R"(split:(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kBailing =
    R"(split:'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view kSeedCoder =
    R"(split:(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4o =
    R"(split:[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kTekken =
    R"(split:[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kDeepseek3 =
    R"(split:[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kThreeNumbers = R"(split:\p{N}{1,3})", kLineEnds = R"(split:[\r\n])", kHan = "split:[一-龥ࠀ-一가-퟿]+";
constexpr std::string_view kHanAndKana = "split:[一-龥぀-ゟ゠-ヿ]+";

struct Rule {
    std::string_view name;
    std::initializer_list<std::string_view> steps;
    std::string_view modelType = {};  ///< of config.json, where other names share the rule
    std::string_view token = {};  ///< must be in the vocabulary, where other names share the rule
    std::optional<bool> ignoreMerges = {};  ///< the model's flag, where it decides
};

/// The first that fits is taken, so the general name of a rule comes last.
const std::array kRules{
    Rule{"glm4", {kLlama3}, "glm4"},
    Rule{"chatglm-bpe", {kLlama3}, "chatglm"},
    Rule{"smaug-bpe", {kLlama3}, "llama", "<|begin_of_text|>", false},
    Rule{"lfm2", {kLlama3}, "lfm2"},
    Rule{"llama-bpe", {kLlama3}, {}, {}, true},
    Rule{"dbrx", {kLlama3}},
    Rule{"llama-bpe", {kGpt4}, {}, {}, true},
    Rule{"dbrx", {kGpt4}},
    Rule{"stablelm2", {kQwen2}, "stablelm"},
    Rule{"deepseek-r1-qwen", {kQwen2}, {}, "<｜begin▁of▁sentence｜>"},
    Rule{"qwen2", {kQwen2}},
    Rule{"qwen35", {kQwen35}},
    Rule{"bailingmoe", {kBailing}},
    Rule{"seed-coder", {kSeedCoder}},
    Rule{"llama4", {kGpt4o}, "llama4"},
    Rule{"llama4", {kGpt4o}, "llama4_text"},
    Rule{"gpt-4o", {kGpt4o}},
    Rule{"tekken", {kTekken}},
    Rule{"starcoder", {"digits", "gpt2"}, "starcoder2"},
    Rule{"starcoder", {"digits", "gpt2"}, "gpt_bigcode"},
    Rule{"command-r", {"digits", "gpt2"}, "cohere"},
    Rule{"refact", {"digits", "gpt2"}, "granite"},
    Rule{"exaone", {"digits", "gpt2"}, "exaone"},
    Rule{"smollm", {"digits", "gpt2"}},
    Rule{"phi-2", {"gpt2"}, "phi"},
    Rule{"mpt", {"gpt2"}, "mpt"},
    Rule{"olmo", {"gpt2"}, "olmo"},
    Rule{"gpt-2", {"gpt2"}},
    Rule{"falcon", {"punctuation", "gpt2", "numbers", "split:[0-9][0-9][0-9]"}},
    Rule{"deepseek-coder", {kLineEnds, R"(split:\s?\p{L}+)", R"(split:\s?\p{P}+)", kHan, "digits"}},
    Rule{"superbpe", {R"(split:\p{N}+)", R"(split:(?=(\d{3})+(?!\d)))"}},
    Rule{"tiny_aya", {R"(split:\d{1,3}(?=(?:\d{3})*\b))", kGpt4o}},
    Rule{"deepseek-v3", {kThreeNumbers, kHanAndKana, kDeepseek3}},
};

std::string escapedLineEnds(const std::string& pattern)
{
    std::string escaped;
    for (const char c : pattern) {
        if (c == '\r' || c == '\n')
            escaped += c == '\r' ? "\\r" : "\\n";
        else
            escaped += c;
    }
    return escaped;
}

bool flag(const json& object, const char* key, bool otherwise)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string text(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Appends the steps of a declared pre-tokenizer; what is not known gets a text that no rule has.
void appendSteps(const json& declared, Steps& steps)
{
    if (!declared.is_object())
        return;
    const std::string type = text(declared, "type");
    if (type == "Sequence") {
        const auto parts = declared.find("pretokenizers");
        if (parts != declared.end() && parts->is_array())
            for (const json& part : *parts)
                appendSteps(part, steps);
    } else if (type == "ByteLevel") {
        if (flag(declared, "use_regex", true))
            steps.emplace_back("gpt2");
    } else if (type == "Digits") {
        steps.emplace_back(flag(declared, "individual_digits", false) ? "digits" : "numbers");
    } else if (type == "Punctuation") {
        steps.emplace_back("punctuation");
    } else if (type == "Split" && text(declared, "behavior") != "MergedWithPrevious") {
        const auto pattern = declared.find("pattern");
        const std::string regex = pattern != declared.end() && pattern->is_object() ? text(*pattern, "Regex") : std::string();
        steps.push_back((text(declared, "behavior") == "Removed" && !flag(declared, "invert", false) ? "removed:" : "split:")
                        + escapedLineEnds(regex));
    } else {
        steps.push_back("unknown:" + type);
    }
}

/// deepseek-llm's list of letters with case is known by its beginning; it is a frozen list of an older Unicode.
bool isDeepseekLlm(const Steps& steps)
{
    return steps.size() == 6 && steps[0] == kLineEnds && steps[1].starts_with(R"(split:\s?[A-Za-zµÀ-ÖØ-öø-ƺ)")
        && steps[3] == R"(split:\s+$)" && steps[4] == kHan && (steps[5] == "numbers" || steps[5] == "digits");
}

bool hasToken(const TokenizerJson& tokenizer, std::string_view spelling)
{
    return std::ranges::find(tokenizer.added, spelling, &AddedToken::content) != tokenizer.added.end()
        || std::ranges::find(tokenizer.vocabulary, spelling, &TokenizerJson::Piece::text) != tokenizer.vocabulary.end();
}

bool fits(const Rule& rule, const Steps& steps, const TokenizerJson& tokenizer, std::string_view modelType)
{
    return std::ranges::equal(rule.steps, steps) && (rule.modelType.empty() || rule.modelType == modelType)
        && (!rule.ignoreMerges || *rule.ignoreMerges == tokenizer.modelFlag("ignore_merges"))
        && (rule.token.empty() || hasToken(tokenizer, rule.token));
}

}  // namespace

PreTokenizerName preTokenizerName(const TokenizerJson& tokenizer, std::string_view modelType)
{
    Steps steps;
    const auto declared = tokenizer.rest.find("pre_tokenizer");
    if (declared != tokenizer.rest.end())
        appendSteps(*declared, steps);
    if (isDeepseekLlm(steps))
        return {"deepseek-llm"};
    const auto found = std::ranges::find_if(kRules, [&](const Rule& rule) { return fits(rule, steps, tokenizer, modelType); });
    if (found == kRules.end())
        return {"default", false};
    return {std::string(found->name)};
}

}  // namespace halftone::format::hf
