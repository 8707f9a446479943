// SPDX-License-Identifier: Apache-2.0
#include "core/write/journal.h"

#include "core/base/error.h"
#include "core/base/file.h"

#include <nlohmann/json.hpp>

namespace halftone::write {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint64_t kLargestJournal = 64u << 20;

fs::path journalOf(const fs::path& destination)
{
    fs::path path = partOf(destination);
    path += ".json";
    return path;
}

Journal fromJson(const json& document)
{
    return {document.at("fingerprint").get<std::string>(), document.at("bytes").get<std::uint64_t>(), document.at("errors").get<std::vector<double>>()};
}

}  // namespace

void writeJournal(const fs::path& destination, const Journal& journal)
{
    const std::string text = json{{"fingerprint", journal.fingerprint}, {"bytes", journal.bytes}, {"errors", journal.errors}}.dump();
    // Its neighbour has a fixed name too: what a death in the middle leaves is written over or removed by the next run.
    AtomicFile file(journalOf(destination), 0, AtomicFile::Resumable{});
    file.continueAt(0);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
}

std::optional<Journal> readJournal(const fs::path& destination)
{
    try {
        const InputFile file(journalOf(destination));
        if (file.size() > kLargestJournal)
            return std::nullopt;
        std::string text(std::size_t(file.size()), '\0');
        file.readAt(0, std::as_writable_bytes(std::span(text)));
        return fromJson(json::parse(text));
    } catch (const Error&) {
        return std::nullopt;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

void removeJournal(const fs::path& destination)
{
    std::error_code ignored;
    fs::remove(journalOf(destination), ignored);
    fs::remove(partOf(journalOf(destination)), ignored);
}

std::optional<Leftover> findLeftover(const fs::path& destination)
{
    std::error_code ignored;
    const fs::path part = partOf(destination);
    if (!fs::is_regular_file(part, ignored))
        return std::nullopt;
    const std::optional<Journal> journal = readJournal(destination);
    const bool whole = journal && journal->bytes <= fs::file_size(part, ignored);
    return Leftover{part, whole ? journal->bytes : 0};
}

void removeLeftover(const fs::path& destination)
{
    removeJournal(destination);
    std::error_code code;
    fs::remove(partOf(destination), code);
    if (code)
        throw Error(ErrorCode::System, {.problem = "the unfinished file cannot be removed: " + code.message(), .file = toUtf8(partOf(destination)), .advice = "check your permissions"});
}

}  // namespace halftone::write
