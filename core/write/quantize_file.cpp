// SPDX-License-Identifier: Apache-2.0
#include "core/write/quantize_file.h"

#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/output_header.h"
#include "core/write/check.h"
#include "core/write/journal.h"
#include "core/write/pipeline.h"

#include <algorithm>
#include <cmath>

namespace halftone::write {
namespace {

using Clock = std::chrono::steady_clock;

Target targetOf(const model::Model& model, const Output& output, const Options& options)
{
    Target target{.plan = output.plan, .destination = output.destination, .layout = {}, .weighted = {}, .errors = std::vector<double>(model.tensors().size()), .out = {}};
    if (!plan::copiesFile(model, output.plan))
        target.layout = format::layoutGguf(plan::outputMetadata(model, output.plan), plan::outputHeaders(model, output.plan));
    for (std::size_t i = 0; i < model.tensors().size(); ++i)
        target.weighted.push_back(!importanceOf(model.tensors()[i], output.plan.choices[i], options).empty());
    return target;
}

void addSource(Hasher& hasher, const model::Model& model)
{
    for (const std::filesystem::path& path : model.paths()) {
        std::error_code code;
        hasher.add(std::to_string(std::filesystem::file_size(path, code)) + ' ');
        hasher.add(std::to_string(std::filesystem::last_write_time(path, code).time_since_epoch().count()) + '\n');
    }
}

/// Differs where other bytes would be written: another program, source, type, importance or set of outputs.
std::string fingerprintOf(const model::Model& model, const std::vector<Target>& targets, const Options& options)
{
    Hasher hasher;
    hasher.add(HALFTONE_VERSION "\n");
    addSource(hasher, model);
    for (const Target& target : targets) {
        hasher.add(target.layout.header);
        for (std::size_t i = 0; i < target.weighted.size(); ++i)
            hasher.add(std::as_bytes(importanceOf(model.tensors()[i], target.plan.choices[i], options)));
    }
    return hasher.digest();
}

/// Opens the output, after what a dead run of the same fingerprint left, or with a header of its own.
void openTarget(Target& target, const std::string& fingerprint, const Options& options)
{
    target.out = std::make_unique<AtomicFile>(target.destination, target.plan.fileBytes, AtomicFile::Resumable{});
    const std::optional<Leftover> leftover = findLeftover(target.destination);   // ours alone from here on
    const std::optional<Journal> journal = options.resume && leftover && leftover->bytes > 0 ? readJournal(target.destination) : std::nullopt;
    if (journal && journal->fingerprint == fingerprint && journal->errors.size() == target.errors.size()) {
        target.kept = journal->bytes;
        target.errors = journal->errors;
    } else {
        removeJournal(target.destination);   // it speaks of bytes that are about to go
    }
    target.out->continueAt(target.kept);
    if (target.kept == 0)
        target.out->write(target.layout.header);
}

Report reportOf(const model::Model& model, const Target& target, std::string boundBy)
{
    const plan::Plan& plan = target.plan;
    Report report;
    report.tensors.reserve(plan.choices.size());
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        report.tensors.push_back({tensor.name, plan.choices[i].type, plan.choices[i].bytes, std::sqrt(target.errors[i] / double(tensor.shape.elements()))});
    }
    report.bytes = plan.fileBytes;
    report.bitsPerWeight = plan.bitsPerWeight;
    report.resumedBytes = target.kept;
    report.boundBy = std::move(boundBy);
    return report;
}

/// One pass over the source. The journals of a run that fails or is cancelled go with their files.
std::vector<Report> writeTargets(const model::Model& model, std::vector<Target> targets, const Options& options, const Executor& executor, Progress& progress)
{
    const Clock::time_point start = Clock::now();
    const std::string fingerprint = fingerprintOf(model, targets, options);
    Pipeline pipeline(model, targets, fingerprint, options, executor, progress);
    try {
        for (Target& target : targets)
            openTarget(target, fingerprint, options);
        pipeline.run();
        progress.checkpoint();
    } catch (...) {
        for (const Target& target : targets)
            if (target.out)
                removeJournal(target.destination);
        throw;
    }
    std::vector<Report> reports;
    for (Target& target : targets) {
        target.out->commit();
        removeJournal(target.destination);
        reports.push_back(reportOf(model, target, pipeline.boundBy()));
    }
    for (Report& report : reports)
        report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return reports;
}

}  // namespace

Report quantizeFile(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options,
                    const Executor& executor, Progress& progress)
{
    const Output output{plan, destination};
    return quantizeFiles(model, std::span(&output, 1), options, executor, progress).front();
}

std::vector<Report> quantizeFiles(const model::Model& model, std::span<const Output> outputs, const Options& options, const Executor& executor,
                                  Progress& progress)
{
    // Copies of the whole file know no tensors: each is a pass of its own.
    std::vector<std::vector<std::size_t>> passes(1);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        checkQuantize(model, outputs[i].plan, outputs[i].destination, options);
        if (plan::copiesFile(model, outputs[i].plan))
            passes.push_back({i});
        else
            passes.front().push_back(i);
    }
    std::erase_if(passes, [](const auto& pass) { return pass.empty(); });
    std::uint64_t total = 0;
    for (const auto& pass : passes)
        total += plan::copiesFile(model, outputs[pass.front()].plan) ? model.fileBytes() : model.tensorBytes();
    progress.begin("quantizing", total, Unit::Bytes);
    progress.checkpoint();

    std::vector<Report> reports(outputs.size());
    for (const auto& pass : passes) {
        std::vector<Target> targets;
        for (const std::size_t i : pass)
            targets.push_back(targetOf(model, outputs[i], options));
        std::vector<Report> done = writeTargets(model, std::move(targets), options, executor, progress);
        for (std::size_t k = 0; k < pass.size(); ++k)
            reports[pass[k]] = std::move(done[k]);
    }
    return reports;
}

}  // namespace halftone::write
