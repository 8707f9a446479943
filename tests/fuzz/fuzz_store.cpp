// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/store/evaluation_store.h"
#include "tests/fuzz/scratch_folder.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

using namespace halftone;

namespace {

void readEverything(store::EvaluationStore& store)
{
    for (const store::RunSummary& run : store.history())
        for (const auto& variant : store.evaluation(run.id).variants)
            if (!std::isfinite(variant.figures.meanKld) || !std::isfinite(variant.figures.nll))
                std::abort();
}

}  // namespace

/// Whatever the database: figures that make sense, or an Error. A broken one can always be moved aside for a new one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::filesystem::path file = test::scratchFolder() / "store.sqlite";
    for (const auto& left : std::filesystem::directory_iterator(test::scratchFolder()))
        std::filesystem::remove(left);
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
    try {
        store::EvaluationStore store(file);
        readEverything(store);
    } catch (const Error&) {
    }
    try {
        store::EvaluationStore store(file, store::Damage::MoveAside);
        readEverything(store);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::System)
            std::abort();
    }
    return 0;
}
