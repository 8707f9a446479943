// SPDX-License-Identifier: Apache-2.0
#include "core/token/pre_tokenizer.h"

#include "core/base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace halftone::token {

namespace {

// The patterns that the models' authors trained with, as llama.cpp applies them: each pattern in turn cuts every piece
// into its matches and the stretches between.
constexpr const char* kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S))";
constexpr const char* kLlama3 = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3})"
                                R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2 = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
                               R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kTekken = R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
                                R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
                                R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kDeepseek3 = R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
                                   R"(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// Qwen 3.5: combining marks stay with their letters.
constexpr const char* kQwen35 = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N})"
                                R"(| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kBailing = R"('(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
                                 R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr const char* kSeedCoder = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
                                   R"(| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kMiniCpm5 = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+)"
                                  R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// EXAONE's mixture: words may hold single spaces.
// Possessive where nothing follows that could make it give back: a word of any length takes no stack.
constexpr const char* kExaoneMoe =
    R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*+(?: \p{L}\p{M}*+)*+)++|\p{N})"
    R"(| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)";
// Kimi K2, as in its tokenization_kimi.py: Chinese characters are words of their own, never parts of others. (llama.cpp, which
// cannot tell case in this pattern, nor in Youtu's, leaves CamelCase whole.)
constexpr const char* kKimi2 =
    R"(\p{Han}+)"
    R"(|[^\r\n\p{L}\p{N}]?(?:(?!\p{Han})[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])*(?:(?!\p{Han})[\p{Ll}\p{Lm}\p{Lo}\p{M}])+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|[^\r\n\p{L}\p{N}]?(?:(?!\p{Han})[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])+(?:(?!\p{Han})[\p{Ll}\p{Lm}\p{Lo}\p{M}])*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// Youtu: scripts of East Asia and their marks first, then GPT-4o's words with single digits.
constexpr const char* kEastAsian = "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+";
constexpr const char* kYoutu =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?)"
    R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// SuperBPE: words hold spaces; only numbers are cut, before every third digit from their end. What runs up to such a cut is
// matched, always from where the last match ended.
constexpr const char* kBeforeThreeDigits = R"(\G(?s:.)+?(?=(?:[0-9]{3})+(?![0-9])))";
constexpr const char* kThreeDigits = R"(\d{1,3}(?=(?:\d{3})*\b))";
constexpr const char* kSpark = R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
                               R"(| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+)";
// Ufakzeka: Qwen 2 without English contractions, so that Turkish suffixes behind an apostrophe are words.
constexpr const char* kUfakzeka = R"([^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// Jais 2: spaces in runs of powers of two.
constexpr const char* kJais2 =
    R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+)"
    R"(|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s)";
constexpr const char* kLines = R"([^\n]+|\n+)";
constexpr const char* kKanaAndHan = "[一-龥぀-ゟ゠-ヿ]+";
// BLOOM: everything that is no space and none of these marks.
constexpr const char* kBloom = R"( ?[^(\s|.,!?…。，、।۔،)]+)";
constexpr const char* kHan = "[一-龥ࠀ-一가-퟿]+";
// The letters with case that deepseek-llm was trained with, a frozen list of an older Unicode.
// Letters that Unicode normalisation would turn into others are written as numbers: an editor must not.
constexpr const char* kCasedLetters =
    R"(\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝ\x{1F5F}-\x{1F7D}ᾀ-ᾴᾶ-ᾼ\x{1FBE}ῂ-ῄῆ-ῌ\x{1FD0}-\x{1FD3}\x{1FD6}-\x{1FDB}ῠ-Ῥῲ-ῴῶ-ῼ)"
    R"(ℂℇℊ-ℓℕℙ-ℝℤ\x{2126}ℨ\x{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+)";

struct Rule {
    std::vector<std::string_view> names;  // not an initializer_list, whose elements need not live as long as it
    std::vector<const char*> patterns;
    bool addsBos = false;
    bool wholeWordsFirst = false;
};

const std::vector<Rule>& allRules()
{
    static const std::vector<Rule> rules{
        Rule{{"default"}, {R"([\p{P}\$\+<=>\^~\|]+)", kGpt2, R"(\p{N}+)", "[0-9][0-9][0-9]"}},
        Rule{{"gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "gigachat", "mellum", "modern-bert", "roberta-bpe", "mpt",
              "olmo", "jais", "trillion", "jina-v1-en", "jina-v2-code", "a.x-4.0", "exaone4", "granite-docling"},
             {kGpt2}},
        Rule{{"llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"},
             {kLlama3},
             true,
             true},
        Rule{{"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {kLlama3}},
        Rule{{"qwen2", "deepseek-r1-qwen", "megrez", "stablelm2", "hunyuan", "kormo", "f2llmv2", "grok-2", "solar-open"}, {kQwen2}},
        Rule{{"gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"}, {kGpt4o}},
        Rule{{"granite-embed-multi-97m"}, {kGpt4o}, false, true},
        Rule{{"tekken"}, {kTekken}, true, true},
        Rule{{"starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"}, {R"(\p{N})", kGpt2}},
        Rule{{"falcon"}, {R"([\p{P}\$\+<=>\^~\|`]+)", kGpt2, "[0-9][0-9][0-9]"}},
        Rule{{"deepseek-coder"}, {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", kHan, R"(\p{N})"}},
        // The look-behind changes no match; it keeps a long run of spaces from being tried at each of its bytes.
        Rule{{"deepseek-llm"}, {R"([\r\n])", kCasedLetters, R"(\s?[!-/:-~！-／：-～‘-‟　-。]+)", R"((?<!\s)\s++$)", kHan, R"(\p{N}+)"}},
        Rule{{"deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"}, {R"(\p{N}{1,3})", kKanaAndHan, kDeepseek3}},
        Rule{{"spark2_5"}, {R"(\p{N}{1,3})", kKanaAndHan, kSpark, R"(\p{N})"}},
        Rule{{"kimi-k2"}, {kKimi2}},
        Rule{{"youtu"}, {kEastAsian, kYoutu}, false, true},
        Rule{{"superbpe"}, {R"(\p{N}+)", kBeforeThreeDigits}},
        Rule{{"tiny_aya", "cohere2moe"}, {kThreeDigits, kGpt4o}},
        Rule{{"ufakzeka"}, {kUfakzeka}},
        Rule{{"jais-2"}, {kJais2}},
        Rule{{"laguna"}, {kLines, kQwen2}},
        Rule{{"qwen35"}, {kQwen35}},
        Rule{{"bailingmoe", "bailingmoe2", "llada-moe"}, {kBailing}},
        Rule{{"seed-coder"}, {kSeedCoder}},
        Rule{{"minicpm5"}, {R"(\p{N}{1,3})", kMiniCpm5}, false, true},
        Rule{{"exaone-moe"}, {kExaoneMoe}},
        Rule{{"bloom", "poro-chat", "gpt3-finnish"}, {kBloom}},
        Rule{{"viking"}, {kBloom, R"(\p{N})"}},
        Rule{{"chameleon"},
             {"<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", "([\\t\\n]|    |  )", R"(\p{N})", R"([\p{P}!-/:-@\[-`{-~])",
              kGpt2},
             true},
    };
    return rules;
}

const Rule* find(std::string_view name)
{
    const auto found = std::find_if(allRules().begin(), allRules().end(), [&](const Rule& rule) {
        return std::find(rule.names.begin(), rule.names.end(), name) != rule.names.end();
    });
    return found == allRules().end() ? nullptr : &*found;
}

// Far more than a sane text needs; PCRE2 gives up beyond and split() says so.
constexpr std::uint32_t kMatchLimit = 50'000'000;
constexpr std::uint32_t kDepthLimit = 1000;
constexpr std::size_t kJitStackStart = 32 * 1024, kJitStackMost = 1024 * 1024;

struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// What a thread needs to run patterns.
struct Engine {
    Owned<pcre2_match_data> data{pcre2_match_data_create(1, nullptr)};
    Owned<pcre2_match_context> context{pcre2_match_context_create(nullptr)};
    Owned<pcre2_jit_stack> stack{pcre2_jit_stack_create(kJitStackStart, kJitStackMost, nullptr)};

    Engine()
    {
        if (!data || !context)
            throw Error(ErrorCode::OutOfMemory, "no memory to split the text");
        pcre2_set_match_limit(context.get(), kMatchLimit);
        pcre2_set_depth_limit(context.get(), kDepthLimit);
        if (stack)
            pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    }
};

}  // namespace

struct PreTokenizer::Pattern {
    Owned<pcre2_code> code;

    explicit Pattern(std::string_view source)
    {
        int error = 0;
        PCRE2_SIZE place = 0;
        code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY,
                                 &error, &place, nullptr));
        if (!code)
            throw Error(ErrorCode::Unsupported, "the pattern library refuses a pre-tokenizer's pattern at byte " + std::to_string(place));
        pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // without JIT it is slower, no more
    }

    /// Appends matches of `piece` and what lies between them.
    void split(std::string_view piece, Engine& engine, std::vector<std::string_view>& pieces) const
    {
        std::size_t done = 0;
        while (done < piece.size()) {
            const int count = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(piece.data()), piece.size(), done,
                                          PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, engine.data.get(), engine.context.get());
            if (count == PCRE2_ERROR_NOMATCH)
                break;
            if (count < 0)
                throw Error(ErrorCode::Unsupported, "the text is too long or too intricate for the pre-tokenizer's pattern");
            const PCRE2_SIZE* const range = pcre2_get_ovector_pointer(engine.data.get());
            if (range[0] > done)
                pieces.push_back(piece.substr(done, range[0] - done));
            pieces.push_back(piece.substr(range[0], range[1] - range[0]));
            done = range[1];
        }
        if (done < piece.size())
            pieces.push_back(piece.substr(done));
    }
};

PreTokenizer::PreTokenizer(std::string_view name)
{
    const Rule* rule = find(name);
    m_known = rule != nullptr;
    if (!rule)
        rule = find("default");
    m_addsBos = rule->addsBos;
    m_wholeWordsFirst = rule->wholeWordsFirst;
    for (const char* pattern : rule->patterns)
        m_patterns.push_back(std::make_shared<const Pattern>(pattern));
}

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const
{
    Engine engine;
    std::vector<std::string_view> pieces{text}, finer;
    for (const auto& pattern : m_patterns) {
        finer.clear();
        for (const std::string_view piece : pieces)
            pattern->split(piece, engine, finer);
        pieces.swap(finer);
    }
    return pieces;
}

}  // namespace halftone::token
