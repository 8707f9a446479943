// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"
#include "tests/fuzz/scratch_folder.h"

#include <array>
#include <fstream>
#include <string_view>

namespace {

// What a Hugging Face folder holds, in the order of the input's parts.
constexpr std::array kFiles = {"config.json",
                               "tokenizer.json",
                               "tokenizer_config.json",
                               "generation_config.json",
                               "model.safetensors",
                               "tokenizer.model",
                               "model.safetensors.index.json",
                               "README.md",
                               "special_tokens_map.json",
                               "added_tokens.json",
                               "chat_template.jinja"};
constexpr std::string_view kCut = "\n====\n";

}  // namespace

/// Whatever the files of a folder: a model or an Error. The parts of the input are divided by lines of four equals signs; empty ones
/// are files that are not there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (const char* name : kFiles) {
        const auto end = rest.find(kCut);
        const std::string_view part = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + kCut.size());
        std::filesystem::remove(test::scratchFolder() / name);
        if (!part.empty())
            std::ofstream(test::scratchFolder() / name, std::ios::binary) << part;
    }
    try {
        const auto model = format::openModel(test::scratchFolder());
        for (const model::Tensor& tensor : model->tensors())
            if (tensor.bytes() > 0 && tensor.bytes() < (1 << 20)) {
                std::vector<std::byte> bytes(tensor.bytes());
                tensor.data.read(0, bytes);
            }
        token::Tokenizer::fromMetadata(model->metadata())->encode("Once upon a time");
    } catch (const Error&) {
    }
    return 0;
}
