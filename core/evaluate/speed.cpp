// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/speed.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/watched_accelerator.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace halftone::evaluate {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kEnough = 0.3;  ///< seconds
constexpr std::size_t kPromptTokens = 256, kDecodedTokens = 8;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Seconds of the fastest run among those that fit.
template <class Work>
double fastest(const Work& work)
{
    const auto begin = Clock::now();
    double best = 0;
    do {
        const auto start = Clock::now();
        work();
        const double seconds = secondsSince(start);
        best = best == 0 ? seconds : std::min(best, seconds);
    } while (secondsSince(begin) < kEnough);
    return std::max(best, 1e-9);
}

std::uint64_t changedBytes(const model::Model& model, const plan::Plan& plan)
{
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (plan.choices[i].type != model.tensors()[i].type)
            bytes += model.tensors()[i].bytes();
    return bytes;
}

std::vector<token::Id> someTokens(std::size_t count, std::uint64_t vocabulary)
{
    std::vector<token::Id> ids(count);
    for (std::size_t i = 0; i < count; ++i)
        ids[i] = token::Id((7 * i + 1) % vocabulary);
    return ids;
}

double promptSeconds(const std::shared_ptr<const infer::Variant>& variant, const Executor& executor, Progress& progress,
                     infer::Accelerator* accelerator)
{
    infer::Context context(variant, kPromptTokens, executor, infer::KvType::F16, accelerator);
    const auto ids = someTokens(kPromptTokens, variant->vocabularySize());
    const auto run = [&] {
        context.clear();
        context.evaluate(ids, 1, progress);
    };
    if (accelerator)
        run();  // takes the weights there
    return fastest(run);
}

void measureTokens(const std::shared_ptr<const infer::Variant>& variant, const std::string& type, const Executor& executor,
                   Progress& progress, infer::Accelerator* accelerator, Speed& speed)
{
    progress.begin("running " + type, 0, Unit::Tokens);
    speed.promptTokensPerSecond = double(kPromptTokens) / promptSeconds(variant, executor, progress, accelerator);
    speed.decodeTokensPerSecond = 1000 / decodeMilliseconds(variant, executor, progress, infer::KvType::F16, accelerator);
}

}  // namespace

Speed measureSpeed(const std::shared_ptr<const model::Model>& model, quant::Type type, const Executor& executor, Progress& progress,
                   infer::Accelerator* accelerator)
{
    const plan::Plan plan = plan::makePlan(*model, {.base = "pure:" + std::string(quant::name(type))});
    const std::uint64_t changed = changedBytes(*model, plan);
    Speed speed;
    std::shared_ptr<const infer::Variant> variant;
    const auto prepare = [&] {
        variant.reset();  // not two in memory
        variant = infer::Variant::prepare(model, plan, nullptr, executor, progress);
    };
    if (changed > 0)
        speed.quantizeBytesPerSecond = double(changed) / fastest(prepare);
    else
        prepare();
    speed.tensorBytes = variant->tensorBytes();
    std::optional<WatchedAccelerator> watched;
    if (accelerator)
        watched.emplace(*accelerator);
    measureTokens(variant, std::string(quant::name(type)), executor, progress, watched ? &*watched : nullptr, speed);
    speed.onDevice = watched && watched->computedAll();
    return speed;
}

double decodeMilliseconds(const std::shared_ptr<const infer::Variant>& variant, const Executor& executor, Progress& progress,
                          infer::KvType kvType, infer::Accelerator* accelerator)
{
    infer::Context context(variant, 2 * kDecodedTokens, executor, kvType, accelerator);
    return decodeMilliseconds(context, variant->vocabularySize(), progress);
}

double decodeMilliseconds(infer::Context& context, std::uint64_t vocabulary, Progress& progress)
{
    const std::size_t tokens = std::clamp<std::size_t>(context.capacity() / 2, 1, kDecodedTokens);
    const auto ids = someTokens(2 * tokens, vocabulary);
    Progress uncounted(progress);
    context.evaluate(std::span(ids).first(tokens), 1, uncounted);
    context.evaluate(std::span(ids).subspan(tokens, 1), 1, uncounted);  // a device compiles what a token alone takes
    const double seconds = fastest([&] {
        context.truncate(tokens);
        for (std::size_t i = 0; i < tokens; ++i)
            context.evaluate(std::span(ids).subspan(tokens + i, 1), 1, uncounted);
    });
    context.clear();
    return 1000 * seconds / double(tokens);
}

double memoryBandwidth(const Executor& executor)
{
    constexpr std::size_t kBytes = std::size_t(512) << 20, kWordsPerTask = std::size_t(1) << 18;
    const std::vector<std::uint64_t> words(kBytes / sizeof(std::uint64_t), 1);
    std::atomic<std::uint64_t> sum{0};
    double best = 0;
    for (int sweep = 0; sweep < 5; ++sweep) {
        const auto start = Clock::now();
        executor.forRanges(words.size(), kWordsPerTask, [&](std::size_t begin, std::size_t end) {
            std::uint64_t a = 0, b = 0, c = 0, d = 0;
            for (std::size_t i = begin; i < end; i += 32) {  // one load in each half line: the line comes whole
                a += words[i] + words[i + 4];
                b += words[i + 8] + words[i + 12];
                c += words[i + 16] + words[i + 20];
                d += words[i + 24] + words[i + 28];
            }
            sum += a + b + c + d;
        });
        best = std::max(best, double(kBytes) / secondsSince(start));
    }
    // Looking at the sum keeps the reading from being optimized away.
    if (sum != 5 * words.size() / 4)
        throw Error(ErrorCode::System, "the memory gave back what was not written");
    return best;
}

}  // namespace halftone::evaluate
