// SPDX-License-Identifier: GPL-3.0-or-later
// bench_tokens MODEL [THREADS] [KV]: tokens a second of a model as it is, the best of three runs each: a prompt of 512 tokens, and 64
// tokens one after the other behind a prompt of four. KV: what past keys and values are kept as, f16, f32 or q8_0. Other engines'
// benchmarks ask the same, so that figures can be laid beside each other.
// Tokens a second of the processor's time, all threads together, mean something on a busy machine too; ask for one thread then.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t kPromptTokens = 512, kDecodedTokens = 64, kShortPrompt = 4;
constexpr int kRuns = 3;

struct Seconds {
    double passed = 1e30, ofProcessor = 1e30;
};

template <class Work>
void keepBest(Seconds& best, const Work& work)
{
    const std::clock_t ticks = std::clock();
    const auto start = std::chrono::steady_clock::now();
    work();
    best.passed = std::min(best.passed, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    best.ofProcessor = std::min(best.ofProcessor, double(std::clock() - ticks) / CLOCKS_PER_SEC);
}

void print(const char* what, std::size_t tokens, Seconds best)
{
    std::printf("\"%s_tokens_per_second\": %.2f, \"%s_tokens_per_processor_second\": %.2f, ", what, double(tokens) / best.passed, what,
                double(tokens) / best.ofProcessor);
}

void measure(const char* path, int threads, infer::KvType kvType)
{
    const Executor executor(threads);
    Progress progress;
    const auto variant = infer::Variant::original(format::openModel(path), executor, progress);
    infer::Context context(variant, kPromptTokens + kDecodedTokens, executor, kvType);
    std::vector<token::Id> ids(kPromptTokens);
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = token::Id((1 + 7 * i) % variant->vocabularySize());
    const std::span<const token::Id> all = ids;
    Seconds prompt, decode;
    context.evaluate(all.first(16), 1, progress);
    for (int run = 0; run < kRuns; ++run) {
        context.clear();
        keepBest(prompt, [&] { context.evaluate(all, 1, progress); });
        context.clear();
        context.evaluate(all.first(kShortPrompt), 1, progress);
        keepBest(decode, [&] {
            for (std::size_t i = 0; i < kDecodedTokens; ++i)
                context.evaluate(all.subspan(i, 1), 1, progress);
        });
    }
    std::printf("{");
    print("prompt", kPromptTokens, prompt);
    print("decode", kDecodedTokens, decode);
    std::printf("\"threads\": %d}\n", executor.threads());
}

}  // namespace

int main(int argc, char** argv)
try {
    const auto kvType = infer::findKvType(argc > 3 ? argv[3] : "f16");
    if (argc < 2 || !kvType) {
        std::fputs("bench_tokens MODEL [THREADS] [f16|f32|q8_0]\n", stderr);
        return 2;
    }
    measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 0, *kvType);
    return 0;
} catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
