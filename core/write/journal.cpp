// SPDX-License-Identifier: Apache-2.0
#include "core/write/journal.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace halftone::write {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint64_t kLargestJournal = 64u << 20;

fs::path journalOf(const fs::path& unfinished)
{
    fs::path path = unfinished;
    path += ".json";
    return path;
}

/// Both that an output can leave.
std::array<fs::path, 2> unfinishedOf(const fs::path& destination)
{
    return {partOf(destination), setAsideOf(destination)};
}

json toJson(const FinishedTensor& tensor)
{
    return {{"name", tensor.name},
            {"source_type", quant::name(tensor.sourceType)},
            {"type", quant::name(tensor.type)},
            {"importance", tensor.importance},
            {"source", tensor.source},
            {"digest", tensor.digest},
            {"offset", tensor.offset},
            {"bytes", tensor.bytes},
            {"squared_error", tensor.squaredError}};
}

quant::Type typeFrom(const json& name)
{
    const quant::TypeInfo* type = quant::findType(name.get<std::string>());
    if (!type)
        throw Error(ErrorCode::Malformed, "the journal names an unknown type");
    return type->type;
}

FinishedTensor tensorFrom(const json& object)
{
    return {.name = object.at("name").get<std::string>(),
            .sourceType = typeFrom(object.at("source_type")),
            .type = typeFrom(object.at("type")),
            .importance = object.at("importance").get<std::string>(),
            .source = object.at("source").get<std::string>(),
            .digest = object.at("digest").get<std::string>(),
            .offset = object.at("offset").get<std::uint64_t>(),
            .bytes = object.at("bytes").get<std::uint64_t>(),
            .squaredError = object.at("squared_error").get<double>()};
}

Journal journalFrom(const json& document)
{
    Journal journal{document.at("program").get<std::string>(), document.at("layout").get<std::string>(), {}};
    for (const json& tensor : document.at("tensors"))
        journal.tensors.push_back(tensorFrom(tensor));
    return journal;
}

/// One after the other, within the file: a loss of power may keep a journal and lose what it speaks of.
bool isHeldBy(const Journal& journal, std::uint64_t fileBytes)
{
    std::uint64_t end = 0;
    return std::ranges::all_of(journal.tensors, [&](const FinishedTensor& tensor) {
        const bool fits = tensor.offset >= end && tensor.bytes <= fileBytes && tensor.offset <= fileBytes - tensor.bytes;
        end = tensor.offset + tensor.bytes;
        return fits;
    });
}

std::string textOf(const fs::path& path)
{
    const InputFile file(path);
    if (file.size() > kLargestJournal)
        throw Error(ErrorCode::Malformed, "the journal is too large");
    std::string text(std::size_t(file.size()), '\0');
    file.readAt(0, std::as_writable_bytes(std::span(text)));
    return text;
}

}  // namespace

std::uint64_t Journal::bytes() const
{
    std::uint64_t sum = 0;
    for (const FinishedTensor& tensor : tensors)
        sum += tensor.bytes;
    return sum;
}

void writeJournal(const fs::path& unfinished, const Journal& journal)
{
    json tensors = json::array();
    std::ranges::transform(journal.tensors, std::back_inserter(tensors), toJson);
    const std::string text = json{{"program", journal.program}, {"layout", journal.layout}, {"tensors", std::move(tensors)}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
    // Its neighbour has a fixed name too: what a death in the middle leaves is written over or removed by the next run.
    AtomicFile file(journalOf(unfinished), 0, AtomicFile::Resumable{});
    file.continueAt(0);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
}

std::optional<Journal> readJournal(const fs::path& unfinished)
{
    try {
        Journal journal = journalFrom(format::readJson(textOf(journalOf(unfinished)), {.bytes = kLargestJournal, .depth = 4}));
        if (isHeldBy(journal, InputFile(unfinished).size()))
            return journal;
    } catch (const Error&) {
    } catch (const json::exception&) {
    }
    return std::nullopt;
}

void removeJournal(const fs::path& unfinished)
{
    std::error_code ignored;
    fs::remove(journalOf(unfinished), ignored);
    fs::remove(partOf(journalOf(unfinished)), ignored);
}

fs::path setAsideOf(const fs::path& destination)
{
    fs::path path = partOf(destination);
    path += ".old";
    return path;
}

std::optional<Leftover> findLeftover(const fs::path& destination)
{
    std::optional<Leftover> found;
    if (isBeingWritten(destination))
        return found;
    for (const fs::path& unfinished : unfinishedOf(destination)) {
        std::error_code ignored;
        if (!fs::is_regular_file(unfinished, ignored))
            continue;
        const std::optional<Journal> journal = readJournal(unfinished);
        const std::uint64_t bytes = journal ? journal->bytes() : 0;
        if (!found || bytes > found->bytes)
            found = Leftover{unfinished, bytes};
    }
    return found;
}

void removeLeftover(const fs::path& destination)
{
    {
        const AtomicFile lock(destination, 0, AtomicFile::Resumable{});   // its part file goes with it
        for (const fs::path& unfinished : unfinishedOf(destination))
            removeJournal(unfinished);
    }
    std::error_code code;
    fs::remove(setAsideOf(destination), code);
    if (code || fs::exists(partOf(destination)))
        throw Error(ErrorCode::System, {.problem = "the unfinished file cannot be removed", .file = toUtf8(partOf(destination)), .advice = "check your permissions"});
}

}  // namespace halftone::write
