// SPDX-License-Identifier: Apache-2.0
#include "core/plan/name_pattern.h"

#include "core/base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <new>

namespace halftone::plan {
namespace {

// Tensor names are short; an honest pattern needs a few hundred steps.
constexpr std::uint32_t kMatchLimit = 100'000;
constexpr std::uint32_t kDepthLimit = 10'000;
constexpr std::uint32_t kHeapLimitKiB = 4096;
constexpr std::size_t kMaxPatternBytes = 4096;
constexpr std::uint32_t kMaxNesting = 50;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const { Free(object); }
};
using Code = std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Deleter<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>>;

template <class Pointer>
Pointer allocated(Pointer pointer)
{
    if (!pointer)
        throw std::bad_alloc();
    return pointer;
}

std::string messageOf(int code)
{
    std::array<PCRE2_UCHAR, 256> buffer{};
    pcre2_get_error_message(code, buffer.data(), buffer.size());
    return reinterpret_cast<const char*>(buffer.data());
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

Code compile(const std::string& pattern)
{
    const CompileContext context = allocated(CompileContext(pcre2_compile_context_create(nullptr)));
    pcre2_set_max_pattern_length(context.get(), kMaxPatternBytes);
    pcre2_set_parens_nest_limit(context.get(), kMaxNesting);
    int error = 0;
    PCRE2_SIZE offset = 0;
    Code code(pcre2_compile(units(pattern), pattern.size(), PCRE2_CASELESS | PCRE2_NEVER_UTF, &error, &offset, context.get()));
    if (!code) {
        throw Error(ErrorCode::Usage, {.problem = "the pattern \"" + pattern.substr(0, 200) + "\" is no regular expression: " + messageOf(error),
                                       .place = "character " + std::to_string(offset + 1)});
    }
    return code;
}

}  // namespace

struct NamePattern::Compiled {
    Code code;
    MatchContext context;
    MatchData data;
};

NamePattern::NamePattern(std::string pattern)
    : m_pattern(std::move(pattern)), m_compiled(std::make_unique<Compiled>())
{
    m_compiled->code = compile(m_pattern);
    m_compiled->context = allocated(MatchContext(pcre2_match_context_create(nullptr)));
    pcre2_set_match_limit(m_compiled->context.get(), kMatchLimit);
    pcre2_set_depth_limit(m_compiled->context.get(), kDepthLimit);
    pcre2_set_heap_limit(m_compiled->context.get(), kHeapLimitKiB);
    m_compiled->data = allocated(MatchData(pcre2_match_data_create(1, nullptr)));
}

NamePattern::~NamePattern() = default;
NamePattern::NamePattern(NamePattern&&) noexcept = default;
NamePattern& NamePattern::operator=(NamePattern&&) noexcept = default;

bool NamePattern::matches(std::string_view name) const
{
    const int result = pcre2_match(m_compiled->code.get(), units(name), name.size(), 0, 0, m_compiled->data.get(), m_compiled->context.get());
    if (result >= 0)
        return true;
    if (result == PCRE2_ERROR_NOMATCH)
        return false;
    throw Error(ErrorCode::Usage, {.problem = "the pattern \"" + m_pattern.substr(0, 200) + "\" cannot be matched: " + messageOf(result),
                                   .place = "tensor " + std::string(name),
                                   .advice = "use a simpler pattern"});
}

}  // namespace halftone::plan
