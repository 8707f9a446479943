// SPDX-License-Identifier: Apache-2.0
#include "core/write/resume.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/write/check.h"
#include "core/write/runs.h"
#include "core/write/source_files.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace halftone::write {
namespace {

namespace fs = std::filesystem;

/// Digest of `bytes` bytes of a type that `read` gives run by run, whole blocks at a time.
std::string digestOf(std::uint64_t bytes, quant::Type type, const std::function<void(std::uint64_t offset, std::span<std::byte> out)>& read,
                     Progress& progress)
{
    const std::uint64_t most = kRunBytes / quant::info(type).blockBytes * quant::info(type).blockBytes;
    Hasher hasher;
    std::vector<std::byte> buffer;
    for (std::uint64_t done = 0; done < bytes; done += buffer.size()) {
        progress.checkpoint();
        buffer.resize(std::size_t(std::min(most, bytes - done)));
        read(done, buffer);
        hasher.add(buffer);
        progress.advance(buffer.size());
    }
    return hasher.digest();
}

/// Of each tensor, what a dead run finished of it, if anything.
using Found = std::vector<std::optional<FinishedTensor>>;

/// What a tensor of an output must be.
struct Wanted {
    const model::Model& model;
    const plan::Plan& plan;
    const std::vector<std::string>& importance;  ///< digests
};

/// The journal's entries that are what is wanted, by all that the journal says.
Found matching(const Journal& journal, const Wanted& wanted)
{
    Found found(wanted.model.tensors().size());
    if (journal.program != programVersion())
        return found;
    std::unordered_map<std::string_view, const FinishedTensor*> byName;
    for (const FinishedTensor& tensor : journal.tensors)
        byName.emplace(tensor.name, &tensor);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const model::Tensor& tensor = wanted.model.tensors()[i];
        const plan::Choice& choice = wanted.plan.choices[i];
        const auto entry = byName.find(tensor.name);
        if (entry == byName.end())
            continue;
        const FinishedTensor& old = *entry->second;
        if (old.sourceType == tensor.type && old.type == choice.type && old.bytes == choice.bytes && old.importance == wanted.importance[i])
            found[i] = old;
    }
    return found;
}

Found matching(const Journal& journal, const model::Model& model, const Target& target)
{
    return matching(journal, {model, target.plan, target.importance});
}

std::uint64_t bytesOf(const Found& found)
{
    std::uint64_t sum = 0;
    for (const auto& tensor : found)
        sum += tensor ? tensor->bytes : 0;
    return sum;
}

std::uint64_t matchingBytes(const std::optional<Journal>& journal, const model::Model& model, const Target& target)
{
    return journal ? bytesOf(matching(*journal, model, target)) : 0;
}

void removeFile(const fs::path& unfinished)
{
    std::error_code ignored;
    removeJournal(unfinished);
    fs::remove(unfinished, ignored);
}

void lock(Target& target)
{
    target.out = std::make_unique<AtomicFile>(target.destination, target.plan.fileBytes, AtomicFile::Resumable{});
}

/// The unfinished file of another layout goes aside if it holds more for this target than the one there, and there is room
/// for both. Its journal goes before it, so that no death in between loses anything.
void putAside(Target& target, const Journal& journal, const model::Model& model)
{
    const fs::path part = partOf(target.destination), old = setAsideOf(target.destination);
    if (matchingBytes(journal, model, target) <= matchingBytes(readJournal(old), model, target)
        || freeSpace(target.destination) < target.plan.fileBytes)
        return;
    removeFile(old);
    writeJournal(old, journal);
    target.out->setAside(old);
    removeJournal(part);
    lock(target);
}

/// The journal's tensors are the first ones that the target needs, and where it needs them.
bool staysInPlace(const Journal& journal, const model::Model& model, const Target& target)
{
    const auto found = matching(journal, model, target);
    const std::size_t count = journal.tensors.size();
    return journal.layout == target.layoutDigest && count <= found.size()
        && std::all_of(found.begin(), found.begin() + std::ptrdiff_t(count), [](const auto& tensor) { return tensor.has_value(); });
}

/// For the output beside what was put aside.
bool hasRoom(const Target& target)
{
    std::error_code missing;
    const std::uintmax_t present = fs::file_size(partOf(target.destination), missing);
    return freeSpace(target.destination) + (missing ? 0 : present) >= target.plan.fileBytes;
}

/// What the journals promise. Nothing of the outputs is read or cut yet.
void find(Target& target, const model::Model& model)
{
    const fs::path part = partOf(target.destination), old = setAsideOf(target.destination);
    const std::optional<Journal> journal = readJournal(part);
    target.found.assign(model.tensors().size(), std::nullopt);
    if (journal && staysInPlace(*journal, model, target)) {
        target.found = matching(*journal, model, target);
        target.kept = journal->tensors.size();
    } else if (journal) {
        putAside(target, *journal, model);
    }
    if (!hasRoom(target))
        removeFile(old);
    const std::optional<Journal> aside = readJournal(old);
    auto others = aside ? matching(*aside, model, target) : Found(target.found.size());
    std::move(others.begin() + std::ptrdiff_t(target.kept), others.end(), target.found.begin() + std::ptrdiff_t(target.kept));
    if (aside)
        target.aside = std::make_unique<InputFile>(old);
}

/// Drops what a dead run left of a tensor unless it is what its journal says, made from the source's bytes as they are now.
void check(Target& target, std::size_t i, const std::string& source, const InputFile& part, Progress& progress)
{
    std::optional<FinishedTensor>& tensor = target.found[i];
    const InputFile& file = target.isKept(i) ? part : *target.aside;
    const auto read = [&](std::uint64_t offset, std::span<std::byte> out) { file.readAt(tensor->offset + offset, out); };
    if (tensor->source != source || tensor->digest != digestOf(tensor->bytes, tensor->type, read, progress))
        tensor.reset();
}

std::uint64_t bytesToCheck(const model::Model& model, std::span<const Target> targets)
{
    std::uint64_t sum = 0;
    for (const Target& target : targets)
        sum += bytesOf(target.found);
    for (std::size_t i = 0; i < model.tensors().size(); ++i)
        if (std::ranges::any_of(targets, [&](const Target& target) { return target.found[i].has_value(); }))
            sum += model.tensors()[i].bytes();
    return sum;
}

void checkAll(const model::Model& model, const SourceFiles& sources, std::span<Target> targets, const Executor& executor,
              Progress& progress)
{
    std::vector<InputFile> parts;
    for (const Target& target : targets)
        parts.emplace_back(partOf(target.destination));
    progress.begin("checking what an earlier run wrote", bytesToCheck(model, targets), Unit::Bytes);
    executor.forEach(model.tensors().size(), [&](std::size_t i) {
        const model::Tensor& tensor = model.tensors()[i];
        std::string source;
        for (std::size_t k = 0; k < targets.size(); ++k) {
            if (!targets[k].found[i])
                continue;
            if (source.empty())
                source = digestOf(
                    tensor.bytes(), tensor.type, [&](std::uint64_t offset, std::span<std::byte> out) { sources.read(tensor, offset, out); },
                    progress);
            check(targets[k], i, source, parts[k], progress);
        }
    });
}

/// Cuts the output off after the tensors that stay in place, or begins it.
void begin(Target& target)
{
    std::size_t sound = 0;
    while (sound < target.kept && target.found[sound])
        target.finished.push_back(*target.found[sound++]);
    while (target.kept > sound)
        target.found[--target.kept].reset();  // cut off with the unsound one before them
    if (sound == 0)
        removeJournal(partOf(target.destination));  // it speaks of bytes that are about to go
    target.out->continueAt(sound == 0 ? 0 : target.finished.back().offset + target.finished.back().bytes);
    if (sound == 0)
        target.out->write(target.layout.header);
}

}  // namespace

std::string_view programVersion()
{
    return HALFTONE_VERSION;
}

std::vector<std::string> importanceDigests(const model::Model& model, const plan::Plan& plan, const Options& options)
{
    std::vector<std::string> digests(plan.choices.size());
    for (std::size_t i = 0; i < digests.size(); ++i) {
        const std::span<const float> importance = importanceOf(model.tensors()[i], plan.choices[i], options);
        if (importance.empty())
            continue;
        Hasher hasher;
        hasher.add(std::as_bytes(importance));
        digests[i] = hasher.digest();
    }
    return digests;
}

std::uint64_t reusableBytes(const model::Model& model, const plan::Plan& plan, const fs::path& destination, const Options& options)
{
    const std::vector<std::string> importance = importanceDigests(model, plan, options);
    Found found(plan.choices.size());
    for (const fs::path& unfinished : {partOf(destination), setAsideOf(destination)}) {
        const std::optional<Journal> journal = readJournal(unfinished);
        const Found here = journal ? matching(*journal, {model, plan, importance}) : Found(found.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            found[i] = found[i] ? found[i] : here[i];
    }
    return bytesOf(found);
}

void openTargets(const model::Model& model, const SourceFiles& sources, std::span<Target> targets, const Options& options,
                 const Executor& executor, Progress& progress)
{
    for (Target& target : targets) {
        lock(target);
        target.found.assign(model.tensors().size(), std::nullopt);
        // A whole file that is copied starts over: to check what was copied, source and copy would be read, which takes a disk as
        // long as to read the source and write it again. Tensors that are copied among others are checked and kept like those.
        if (options.resume && !target.copiesFile())
            find(target, model);
    }
    if (std::ranges::any_of(targets, [](const Target& target) { return bytesOf(target.found) > 0; }))
        checkAll(model, sources, targets, executor, progress);
    for (Target& target : targets)
        begin(target);
}

void removeRemains(const fs::path& destination)
{
    removeJournal(partOf(destination));
    removeFile(setAsideOf(destination));
}

}  // namespace halftone::write
