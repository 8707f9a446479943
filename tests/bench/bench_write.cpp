// SPDX-License-Identifier: GPL-3.0-or-later
// Plans and whole files: how long an edit takes, and how many source bytes a second become a quantized file.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/gguf_writer.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/quantize_file.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <random>

using namespace halftone;

namespace {

/// A folder of its own for the files made here, gone afterwards.
struct Scratch {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("halftone-bench-" + std::to_string(std::random_device{}()));
    Scratch() { std::filesystem::create_directory(folder); }
    ~Scratch()
    {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
};

/// 256 MiB of F16 weights, the bits of small numbers.
std::shared_ptr<const model::Model> largeModel(const std::filesystem::path& path)
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    std::vector<format::TensorHeader> headers;
    for (int layer = 0; layer < 8; ++layer)
        headers.push_back({"blk." + std::to_string(layer) + ".ffn_up.weight", {{4096, 4096, 1, 1}, 2}, quant::Type::F16});
    const format::GgufLayout layout = format::layoutGguf(metadata, headers);
    std::vector<char> file(layout.fileBytes);
    std::copy_n(reinterpret_cast<const char*>(layout.header.data()), layout.header.size(), file.begin());
    std::mt19937 random(1);
    for (std::size_t i = layout.header.size(); i + 1 < file.size(); i += 2) {
        const std::uint32_t bits = random();
        file[i] = char(bits);
        file[i + 1] = char(0x20 | (bits >> 8 & 0x8f));   // exponents of 2^-7 to 2^-4
    }
    std::ofstream(path, std::ios::binary).write(file.data(), std::streamsize(file.size()));
    return format::openModel(path);
}

void quantizeFile(benchmark::State& state, const std::string& base, bool verify)
{
    const Scratch scratch;
    const auto model = largeModel(scratch.folder / "in.gguf");
    const plan::Plan plan = plan::makePlan(*model, {.base = base});
    const Executor executor;
    std::string boundBy;
    for (auto _ : state) {
        Progress progress;
        boundBy = write::quantizeFile(*model, plan, scratch.folder / "out.gguf", {.verify = verify}, executor, progress).boundBy;
    }
    state.SetBytesProcessed(std::int64_t(state.iterations()) * std::int64_t(model->tensorBytes()));
    state.SetLabel("bound by " + boundBy);
}
BENCHMARK_CAPTURE(quantizeFile, F32, std::string("F32"), false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeFile, Q8_0, std::string("Q8_0"), false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeFile, Q4_0, std::string("Q4_0"), false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeFile, Q4_K_M, std::string("Q4_K_M"), false)->Unit(benchmark::kMillisecond)->UseRealTime();
// What reading the file again and comparing it with the source costs.
BENCHMARK_CAPTURE(quantizeFile, Q8_0_verified, std::string("Q8_0"), true)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeFile, Q4_K_M_verified, std::string("Q4_K_M"), true)->Unit(benchmark::kMillisecond)->UseRealTime();

/// A thousand tensors and a vocabulary of 150 000 with as many merges: one edit in the window.
void makePlan(benchmark::State& state)
{
    model::Model::Parts parts;
    parts.metadata.set("general.architecture", std::string("llama"));
    parts.metadata.set("tokenizer.ggml.tokens", model::Array(std::vector<std::string>(150'000, "token")));
    parts.metadata.set("tokenizer.ggml.merges", model::Array(std::vector<std::string>(150'000, "to ken")));
    for (int layer = 0; layer < 100; ++layer) {
        for (const char* role : {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "attn_q_norm", "attn_k_norm", "ffn_norm"}) {
            model::Tensor tensor;
            tensor.name = "blk." + std::to_string(layer) + "." + role + ".weight";
            tensor.shape = {{256, 256, 1, 1}, 2};
            tensor.type = quant::Type::F16;
            parts.tensors.push_back(tensor);
        }
    }
    const model::Model model(std::move(parts));
    const plan::Recipe recipe{.base = "Q4_K_M", .rules = {{"attn_(q|k)", quant::Type::Q8_0}}, .exact = {{"blk.3.ffn_up.weight", quant::Type::Q6_K}}};
    for (auto _ : state)
        benchmark::DoNotOptimize(plan::makePlan(model, recipe));
}
BENCHMARK(makePlan)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
