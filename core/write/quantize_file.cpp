// SPDX-License-Identifier: Apache-2.0
#include "core/write/quantize_file.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/output_header.h"
#include "core/write/check.h"
#include "core/write/pipeline.h"
#include "core/write/proofread.h"
#include "core/write/resume.h"
#include "core/write/tensor_hash.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace halftone::write {
namespace {

using Clock = std::chrono::steady_clock;

Target targetOf(const model::Model& model, const Output& output, const Options& options)
{
    Target target{.plan = output.plan, .destination = output.destination};
    if (!plan::copiesFile(model, output.plan))
        target.layout = format::layoutGguf(plan::outputMetadata(model, output.plan), plan::outputHeaders(model, output.plan));
    target.hasher->add(target.layout.header);
    target.layoutDigest = target.hasher->digest();
    target.hasher->reset();
    target.importance = importanceDigests(model, output.plan, options);
    return target;
}

std::string tensorHashOf(const model::Model& model, const Target& target)
{
    TensorHash hash;
    for (std::size_t i = 0; i < target.finished.size(); ++i)
        hash.add(target.finished[i].name, target.finished[i].type, model.tensors()[i].shape, target.finished[i].digest);
    return hash.text();
}

/// The header again, now that what its tensors come to is known: of the same length. An unchanged model says of them what its
/// source says.
void seal(const model::Model& model, Target& target)
{
    if (target.plan.unchanged)
        return;
    target.tensorHash = tensorHashOf(model, target);
    model::Metadata metadata = plan::outputMetadata(model, target.plan);
    metadata.set(std::string(plan::kTensorHashKey), target.tensorHash);
    target.layout.header = format::layoutGguf(metadata, plan::outputHeaders(model, target.plan)).header;
    target.out->rewrite(0, target.layout.header);
}

void verifyTargets(const model::Model& model, const SourceFiles& sources, const std::vector<Target>& targets, const Executor& executor,
                   Progress& progress)
{
    std::uint64_t total = 0;
    for (const Target& target : targets)
        total += target.plan.tensorBytes;
    progress.begin("verifying", total, Unit::Bytes);
    for (const Target& target : targets) {
        target.out->flushAndForget();
        requireAsWritten(model, sources, target, executor, progress);
    }
}

Report reportOf(const model::Model& model, const Target& target, const std::string& boundBy)
{
    const plan::Plan& plan = target.plan;
    Report report;
    report.bytes = plan.fileBytes;
    report.bitsPerWeight = plan.bitsPerWeight;
    report.tensorHash = target.tensorHash;
    report.boundBy = boundBy;
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        const double squaredError = target.copiesFile() ? 0 : target.finished[i].squaredError;
        report.tensors.push_back(
            {tensor.name, plan.choices[i].type, plan.choices[i].bytes, std::sqrt(squaredError / double(tensor.shape.elements()))});
        if (!target.copiesFile() && target.found[i])
            report.resumedBytes += target.found[i]->bytes;
    }
    return report;
}

/// What a run that ends early leaves: nothing, but where the disk filled up, what is finished and noted. True if that is so.
bool abandon(Target& target, bool diskFull)
{
    if (!target.out)
        return false;
    if (diskFull && readJournal(partOf(target.destination))) {
        target.out->leave();
        return true;
    }
    removeRemains(target.destination);
    return false;
}

Error withKeptWork(const Error& error)
{
    return Error(error.code(),
                 {.problem = error.problem(),
                  .file = error.file(),
                  .place = error.place(),
                  .advice = "free some space and do this again: what is finished is kept"});
}

/// Everything up to the complete files, which have no names yet. Returns what bound it.
std::string fillTargets(const model::Model& model, const SourceFiles& sources, std::vector<Target>& targets, const Options& options,
                        const Executor& executor, Progress& progress)
{
    openTargets(model, sources, targets, options, executor, progress);
    progress.begin("quantizing", targets.front().copiesFile() ? model.fileBytes() : model.tensorBytes(), Unit::Bytes);
    Pipeline pipeline(model, sources, targets, options, executor, progress);
    pipeline.run();
    for (Target& target : targets)
        seal(model, target);
    progress.checkpoint();
    if (options.verify)
        verifyTargets(model, sources, targets, executor, progress);
    sources.requireUnchanged();
    return pipeline.boundBy();
}

/// One pass over the source.
std::vector<Report> writeTargets(const model::Model& model, std::vector<Target> targets, const Options& options, const Executor& executor,
                                 Progress& progress)
{
    const Clock::time_point start = Clock::now();
    const SourceFiles sources(model);
    std::vector<Report> reports;
    try {
        const std::string boundBy = fillTargets(model, sources, targets, options, executor, progress);
        for (Target& target : targets) {
            target.out->commit();
            target.aside.reset();
            removeRemains(target.destination);
            reports.push_back(reportOf(model, target, boundBy));
        }
    } catch (const Error& error) {
        bool kept = false;
        for (Target& target : targets)
            kept |= abandon(target, error.code() == ErrorCode::DiskFull);
        if (kept)
            throw withKeptWork(error);
        throw;
    } catch (...) {
        for (Target& target : targets)
            abandon(target, false);
        throw;
    }
    for (Report& report : reports) {
        report.verified = options.verify;
        report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return reports;
}

}  // namespace

Report quantizeFile(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options,
                    const Executor& executor, Progress& progress)
{
    const Output output{plan, destination};
    return quantizeFiles(model, std::span(&output, 1), options, executor, progress).front();
}

std::vector<Report> quantizeFiles(const model::Model& model, std::span<const Output> outputs, const Options& options,
                                  const Executor& executor, Progress& progress)
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
    checkRoom(outputs);
    std::erase_if(passes, [](const auto& pass) { return pass.empty(); });
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
