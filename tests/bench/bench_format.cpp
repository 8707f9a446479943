// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/system.h"
#include "core/format/gguf_writer.h"
#include "core/format/open.h"
#include "core/model/model.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <random>

using namespace halftone;
namespace fs = std::filesystem;

namespace {

constexpr int kVocabulary = 150'000, kMerges = 290'000, kLayers = 32;

std::vector<std::string> randomWords(std::size_t count, std::size_t longest)
{
    std::mt19937 random(1);
    std::vector<std::string> words(count);
    for (std::string& word : words)
        for (std::size_t length = 2 + random() % (longest - 1); word.size() < length;)
            word += char('a' + random() % 26);
    return words;
}

/// An 8 B model's header before 4 GB of Q4_0 weights that are a hole in the file.
fs::path makeModel()
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("tokenizer.ggml.model", std::string("gpt2"));
    metadata.set("tokenizer.ggml.tokens", model::Array(randomWords(kVocabulary, 20)));
    metadata.set("tokenizer.ggml.token_type", model::Array(std::vector<std::int32_t>(kVocabulary, 1)));
    metadata.set("tokenizer.ggml.merges", model::Array(randomWords(kMerges, 24)));

    std::vector<format::TensorHeader> tensors;
    const auto add = [&](const std::string& name, std::uint64_t columns, std::uint64_t rows, quant::Type type) {
        tensors.push_back({name, {{columns, rows, 1, 1}, rows > 1 ? 2u : 1u}, type});
    };
    add("token_embd.weight", 4096, kVocabulary, quant::Type::Q4_0);
    for (int layer = 0; layer < kLayers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        add(block + "attn_norm.weight", 4096, 1, quant::Type::F32);
        for (const char* name : {"attn_q", "attn_output"})
            add(block + name + ".weight", 4096, 4096, quant::Type::Q4_0);
        for (const char* name : {"attn_k", "attn_v"})
            add(block + name + ".weight", 4096, 1024, quant::Type::Q4_0);
        add(block + "ffn_norm.weight", 4096, 1, quant::Type::F32);
        for (const char* name : {"ffn_gate", "ffn_up"})
            add(block + name + ".weight", 4096, 14336, quant::Type::Q4_0);
        add(block + "ffn_down.weight", 14336, 4096, quant::Type::Q4_0);
    }
    const format::GgufLayout layout = format::layoutGguf(metadata, tensors);
    const fs::path path = fs::temp_directory_path() / "halftone-bench-format.gguf";
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(layout.header.data()), std::streamsize(layout.header.size()));
    fs::resize_file(path, layout.fileBytes);
    return path;
}

/// Resident memory is compared with that before the file was made: what the allocator kept from making it counts too,
/// so the figure errs on the large side.
void openLargeModel(benchmark::State& state)
{
    static const auto before = residentBytes();
    const fs::path path = makeModel();
    double held = 0;
    for (auto _ : state) {
        const auto model = format::openModel(path);
        benchmark::DoNotOptimize(model);
        held = std::max(held, double(residentBytes()) - double(before));
    }
    state.counters["file_GB"] = double(fs::file_size(path)) / 1e9;
    state.counters["resident_MB"] = held / 1e6;
    fs::remove(path);
}
BENCHMARK(openLargeModel)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
