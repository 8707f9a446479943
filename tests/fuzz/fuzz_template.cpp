// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/chat/template.h"

#include <nlohmann/json.hpp>

/// Whatever the template: a text or an Error, within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    static const chat::Variables variables = {
        {"messages",
         chat::fromJson(
             nlohmann::ordered_json::parse(R"([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a <b> é"}])"))},
        {"tools", chat::fromJson(nlohmann::ordered_json::parse(R"([{"name": "f", "parameters": {"x": [1, 2.5, null, true]}}])"))},
        {"add_generation_prompt", chat::fromJson(true)},
        {"bos_token", chat::fromJson("<s>")},
    };
    try {
        chat::RenderOptions options;
        options.limits.steps = 20'000;
        chat::Template({reinterpret_cast<const char*>(data), size}).render(variables, options);
    } catch (const Error&) {
    }
    return 0;
}
