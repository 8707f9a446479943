// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/plan/importance.h"
#include "core/plan/importance_file.h"
#include "core/plan/importance_statistics.h"

#include <cmath>
#include <cstdlib>

/// Whatever the bytes: an importance matrix of either form or an Error. What was accepted has as many values as it says, and
/// its means and statistics are numbers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace halftone;
    try {
        const plan::ImportanceSums sums = plan::parseImportance(std::as_bytes(std::span(data, size)));
        for (const auto& [name, entry] : sums.tensors)
            if (entry.counts.empty() || entry.sums.size() % entry.counts.size() != 0)
                std::abort();
        for (const auto& [name, values] : plan::meansOf(sums).columns)
            for (const float value : values)
                if (!std::isfinite(value) || value < 0)
                    std::abort();
        for (const auto& statistics : plan::importanceStatistics(sums))
            if (!std::isfinite(statistics.entropy) || statistics.reached > statistics.experts)
                std::abort();
        plan::mergedImportance(std::vector{sums, sums});
    } catch (const Error&) {
    }
    return 0;
}
