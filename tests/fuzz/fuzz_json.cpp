// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/format/json.h"

#include <charconv>
#include <cstdlib>

namespace {

/// Takes every object and list in the document's own objects, and looks at what it is given.
class Everything final : public halftone::format::JsonStream {
public:
    bool takes(std::string_view path) override { return !path.empty() && path.find('.') == std::string_view::npos; }
    void text(std::string_view, std::string_view key, std::size_t depth, std::string&& value) override
    {
        if (depth == 0)
            std::abort();
        seen += key.size() + value.size();
    }
    void number(std::string_view path, std::string_view key, std::size_t depth, double) override { text(path, key, depth, {}); }
    std::size_t seen = 0;
};

/// "byte 17, ..." within the text.
void requireByte(const halftone::Error& error, std::size_t size)
{
    constexpr std::string_view kByte = "byte ";
    const std::string_view place = error.place();
    std::size_t byte = size + 1;
    if (!place.starts_with(kByte))
        std::abort();
    std::from_chars(place.data() + kByte.size(), place.data() + place.size(), byte);
    if (byte > size)
        std::abort();
}

}  // namespace

/// Whatever the text: a document, or an Error that names a byte in it; the same as a stream. A document is what the library reads of it,
/// and the byte of any path is in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const format::JsonLimits limits{.depth = 16, .values = 10'000};
    try {
        const nlohmann::json document = format::readJson(text, limits);
        if (document != nlohmann::json::parse(text))
            std::abort();
    } catch (const Error& error) {
        requireByte(error, size);
    }
    try {
        Everything everything;
        format::readJson(text, limits, &everything);
    } catch (const Error& error) {
        requireByte(error, size);
    }
    for (const char* path : {"a", "a.b[1].c", "[0]", ""})
        if (format::byteOf(text, path) > size)
            std::abort();
    return 0;
}
