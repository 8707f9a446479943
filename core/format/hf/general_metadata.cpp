// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/general_metadata.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/hf/model_card.h"
#include "core/format/hf/text_file.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <utf8proc.h>

namespace halftone::format::hf {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

constexpr std::size_t kLargestCard = std::size_t(4) << 20;

bool isValidUtf8(std::string_view text)
{
    auto next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (auto left = utf8proc_ssize_t(text.size()); left > 0;) {
        utf8proc_int32_t code = 0;
        const utf8proc_ssize_t length = utf8proc_iterate(next, left, &code);
        if (length <= 0)
            return false;
        next += length;
        left -= length;
    }
    return true;
}

/// "v2", "3.1", "7b": anything that begins with a digit, and v with a version.
bool isVersion(std::string_view word)
{
    if (std::isdigit(static_cast<unsigned char>(word.front())))
        return true;
    return word.front() == 'v' && word.size() > 1
        && std::ranges::all_of(word.substr(1), [](char c) { return c == '.' || std::isdigit(static_cast<unsigned char>(c)); });
}

/// Python's str.islower() and str.title() for what names are made of.
std::string titleWord(std::string_view word)
{
    const auto isUpper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
    if (isVersion(word) || std::ranges::any_of(word, isUpper))
        return std::string(word);
    std::string title(word);
    bool letterBefore = false;
    for (char& c : title) {
        const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
        if (letter && !letterBefore)
            c = char(std::toupper(static_cast<unsigned char>(c)));
        letterBefore = letter;
    }
    return title;
}

/// The name that the model was published under, else the folder's.
std::string nameOf(const fs::path& folder, const Config& config)
{
    const std::string published = config.text({"_name_or_path"}).value_or("");
    if (!published.empty() && std::ranges::count(published, '/') <= 1 && published.front() != '.')
        return titleOf(published.substr(published.rfind('/') + 1));
    std::error_code ignored;
    fs::path path = fs::weakly_canonical(folder, ignored);
    if (path.filename().empty())
        path = path.parent_path();
    return titleOf(toUtf8(path.filename()));
}

struct SamplingKey {
    const char* from;
    const char* to;
    bool integer = false;
};
/// gguf-py's names for the settings of Transformers' generation.
constexpr SamplingKey kSampling[] = {{"top_k", "general.sampling.top_k", true},
                                     {"top_p", "general.sampling.top_p"},
                                     {"min_p", "general.sampling.min_p"},
                                     {"temperature", "general.sampling.temp"}};

void addSampling(const json& generation, model::Metadata& metadata)
{
    if (!generation.is_object())
        return;
    for (const SamplingKey& key : kSampling) {
        const auto value = generation.find(key.from);
        if (value == generation.end() || !value->is_number())
            continue;
        if (!key.integer)
            metadata.set(key.to, value->get<float>());
        else if (value->is_number_integer() && value->get<std::int64_t>() >= 0 && value->get<std::int64_t>() <= 1'000'000)
            metadata.set(key.to, value->get<std::int32_t>());
    }
}

json readSettings(const fs::path& path, std::vector<model::Warning>& warnings)
{
    try {
        return readJsonFile(path);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Malformed)
            throw;
        warnings.push_back({.kind = model::Warning::Kind::SettingsLeftOut, .subject = error.problem()});
        return {};
    }
}

void addCard(const std::vector<CardEntry>& card, model::Metadata& metadata)
{
    const auto find = [&](std::string_view key) {
        const auto found = std::ranges::find(card, key, &CardEntry::key);
        return found == card.end() || found->values.empty() ? nullptr : &*found;
    };
    const auto addText = [&](const char* from, const char* to) {
        const CardEntry* entry = find(from);
        if (!entry)
            return;
        std::string joined;
        for (const std::string& value : entry->values)
            joined.append(joined.empty() ? "" : ",").append(value);
        metadata.set(to, std::move(joined));
    };
    const auto addList = [&](std::initializer_list<const char*> from, const char* to) {
        std::vector<std::string> values;
        for (const char* key : from) {
            if (const CardEntry* entry = find(key))
                values.insert(values.end(), entry->values.begin(), entry->values.end());
        }
        if (!values.empty())
            metadata.set(to, model::Array(std::move(values)));
    };
    addText("license", "general.license");
    addText("license_name", "general.license.name");
    addText("license_link", "general.license.link");
    addList({"tags", "pipeline_tag"}, "general.tags");
    addList({"languages", "language"}, "general.languages");
}

}  // namespace

std::string sizeLabel(std::uint64_t parameters)
{
    constexpr const char* kSuffixes = "KMBT";
    int power = 0;
    double scaled = double(parameters) / 1e3;
    for (; scaled >= 1e3 && power < 3; ++power)
        scaled /= 1e3;
    // At least two digits: one behind the point where there is only one before it.
    const int decimals = scaled < 0.5 ? 2 : scaled < 9.5 ? 1 : 0;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f%c", decimals, scaled, kSuffixes[power]);
    return text.data();
}

std::string titleOf(std::string_view name)
{
    std::string title;
    while (!name.empty()) {
        const std::size_t end = name.find_first_of("- ");
        if (const std::string_view word = name.substr(0, end); !word.empty())
            title.append(title.empty() ? "" : " ").append(titleWord(word));
        name.remove_prefix(end == name.npos ? name.size() : end + 1);
    }
    return title;
}

void addGeneralMetadata(const fs::path& folder, std::span<const model::Tensor> tensors, const Config& config, model::Metadata& metadata,
                        std::vector<fs::path>& read, std::vector<model::Warning>& warnings)
{
    metadata.set("general.type", "model");
    std::error_code ignored;
    if (const fs::path path = folder / "generation_config.json"; fs::is_regular_file(path, ignored)) {
        read.push_back(path);
        addSampling(readSettings(path, warnings), metadata);
    }
    if (const std::string name = nameOf(folder, config); !name.empty())
        metadata.set("general.name", name);
    std::uint64_t parameters = 0;
    for (const model::Tensor& tensor : tensors)
        parameters += tensor.shape.elements();
    if (parameters > 0)
        metadata.set("general.size_label", sizeLabel(parameters));
    if (const fs::path path = folder / "README.md"; fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) <= kLargestCard) {
        read.push_back(path);
        if (const std::string text = readTextFile(path, kLargestCard); isValidUtf8(text))
            addCard(readModelCard(text), metadata);
    }
}

}  // namespace halftone::format::hf
