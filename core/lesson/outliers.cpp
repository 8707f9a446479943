// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/outliers.h"

#include "core/lesson/sample.h"
#include "core/quant/half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace halftone::lesson {
namespace {

/// Largest |w| first; equal ones in their order.
std::vector<std::size_t> byMagnitude(std::span<const float> weights)
{
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return std::abs(weights[i]); });
    return order;
}

double rmseOfOthers(const OutlierBlock& block)
{
    std::vector<float> others;
    for (std::size_t i = 0; i < block.weights.size(); ++i)
        if (i != block.enlarged && !block.isAside(i))
            others.push_back(block.weights[i]);
    return rmse(others, block.grid);
}

}  // namespace

bool OutlierBlock::isAside(std::size_t index) const
{
    return std::ranges::find(aside, index) != aside.end();
}

double OutlierBlock::stored(std::size_t index) const
{
    if (isAside(index))
        return double(quant::halfToFloat(quant::floatToHalf(weights[index])));
    return grid.snap(double(weights[index]));
}

OutlierBlock withOutlier(std::span<const float> source, double size, std::size_t aside, int bits)
{
    OutlierBlock block;
    block.weights.assign(source.begin(), source.end());
    block.enlarged = byMagnitude(source).front();
    block.weights[block.enlarged] = float(double(block.weights[block.enlarged]) * size);
    block.aside = byMagnitude(block.weights);
    const double reach = std::abs(double(block.weights[block.aside[aside]]));
    block.aside.resize(aside);
    block.grid = symmetricGrid(reach, bits);
    block.rmseOfOthers = rmseOfOthers(block);
    const int placeBits = int(std::bit_width(source.size() - 1));
    block.bitsPerWeight = bits + double(kScaleBits + int(aside) * (16 + placeBits)) / double(source.size());
    return block;
}

}  // namespace halftone::lesson
