// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/chat/prompt.h"
#include "core/model/metadata.h"
#include "core/token/tokenizer.h"

/// Whatever the messages: a prompt or an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    static const model::Metadata metadata = [] {
        model::Metadata made;
        made.set("tokenizer.ggml.model", std::string("gpt2"));
        made.set("tokenizer.ggml.tokens", model::Array(std::vector<std::string>{"<s>", "a", "b", "ab"}));
        made.set("tokenizer.ggml.merges", model::Array(std::vector<std::string>{"a b"}));
        made.set("tokenizer.ggml.bos_token_id", std::uint32_t(0));
        return made;
    }();
    static const auto tokenizer = token::Tokenizer::fromMetadata(metadata);
    try {
        chat::renderPrompt("{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content | trim }}{{ tools | tojson }}{% endfor %}",
                           {reinterpret_cast<const char*>(data), size}, metadata, *tokenizer, {});
    } catch (const Error&) {
    }
    return 0;
}
