// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/anatomy.h"

#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/codec.h"
#include "core/quant/codes.h"
#include "core/quant/half.h"
#include "core/quant/k_scales.h"

#include <algorithm>
#include <cmath>

namespace halftone::lesson {
namespace {

using quant::Type;

constexpr Type kTypes[] = {Type::Q8_0, Type::Q4_0, Type::Q4_1, Type::Q4_K, Type::Q6_K};
constexpr int kMostPercent = 200;

constexpr Field kFieldsQ8_0[] = {{FieldKind::Scale, 16}, {FieldKind::Codes, 256}};
constexpr Field kFieldsQ4_0[] = {{FieldKind::Scale, 16}, {FieldKind::Codes, 128}};
constexpr Field kFieldsQ4_1[] = {{FieldKind::Scale, 16}, {FieldKind::Minimum, 16}, {FieldKind::Codes, 128}};
constexpr Field kFieldsQ4_K[] = {
    {FieldKind::Scale, 16}, {FieldKind::Minimum, 16}, {FieldKind::SubScalesAndMinimums, 96}, {FieldKind::Codes, 1024}};
constexpr Field kFieldsQ6_K[] = {
    {FieldKind::LowBits, 1024}, {FieldKind::HighBits, 512}, {FieldKind::SubScales, 128}, {FieldKind::Scale, 16}};

/// Codes first..last around the type's zero.
std::pair<int, int> codesOf(Type type)
{
    switch (type) {
    case Type::Q8_0: return {-127, 127};
    case Type::Q4_0: return {-8, 7};
    case Type::Q6_K: return {-32, 31};
    default: return {0, 15};
    }
}

double half(std::uint16_t bits)
{
    return double(quant::halfToFloat(bits));
}

Dial percentDial()
{
    return {0, kMostPercent, 100, true};
}

void takeApart(const quant::BlockQ4_K& block, Anatomy& out)
{
    out.d = half(block.d);
    out.dmin = half(block.dmin);
    for (int sub = 0; sub < 8; ++sub) {
        const auto [scale, minimum] = quant::scaleAndMinimum(block.scales, sub);
        out.subBlocks.push_back({out.d * scale, -out.dmin * minimum, {0, 63, scale}, {0, 63, minimum}});
    }
}

void takeApart(const quant::BlockQ6_K& block, Anatomy& out)
{
    out.d = half(block.d);
    for (const int scale : block.scales)
        out.subBlocks.push_back({out.d * scale, 0, {-128, 127, scale}, {}});
}

/// The legacy types: the block is its only sub-block, and both numbers are halves.
template <class Block>
void takeLegacyApart(const Block& block, Anatomy& out)
{
    out.d = half(block.d);
    if constexpr (requires { block.m; })
        out.dmin = half(block.m);
    out.subBlocks.push_back({out.d, out.dmin, percentDial(), out.type == Type::Q4_1 ? percentDial() : Dial{}});
}

void takeApart(std::span<const std::byte> packed, Anatomy& out)
{
    switch (out.type) {
    case Type::Q8_0: return takeLegacyApart(quant::loadBlock<quant::BlockQ8_0>(packed.data(), 0), out);
    case Type::Q4_0: return takeLegacyApart(quant::loadBlock<quant::BlockQ4_0>(packed.data(), 0), out);
    case Type::Q4_1: return takeLegacyApart(quant::loadBlock<quant::BlockQ4_1>(packed.data(), 0), out);
    case Type::Q4_K: return takeApart(quant::loadBlock<quant::BlockQ4_K>(packed.data(), 0), out);
    default: return takeApart(quant::loadBlock<quant::BlockQ6_K>(packed.data(), 0), out);
    }
}

/// What the dial at `at` stores, rounded as the file would.
double turned(const Dial& dial, int at, double packed, double unit)
{
    return dial.isPercent ? half(quant::floatToHalf(float(packed * at / 100))) : unit * at;
}

double squaredError(std::span<const float> weights, const Grid& grid)
{
    double sum = 0;
    for (const float weight : weights) {
        const double error = double(weight) - grid.snap(double(weight));
        sum += error * error;
    }
    return sum;
}

}  // namespace

std::span<const Type> anatomyTypes()
{
    return kTypes;
}

std::span<const Field> fieldsOf(Type type)
{
    switch (type) {
    case Type::Q8_0: return kFieldsQ8_0;
    case Type::Q4_0: return kFieldsQ4_0;
    case Type::Q4_1: return kFieldsQ4_1;
    case Type::Q4_K: return kFieldsQ4_K;
    default: return kFieldsQ6_K;
    }
}

std::span<const float> Anatomy::weightsOf(std::size_t sub) const
{
    return std::span(weights).subspan(sub * subBlockSize(), subBlockSize());
}

Grid Anatomy::grid(std::size_t sub, int scaleDial, int minimumDial) const
{
    const SubBlock& part = subBlocks[sub];
    const auto [first, last] = codesOf(type);
    const double offset = part.minimumDial.exists() ? turned(part.minimumDial, minimumDial, part.minimum, -dmin) : 0;
    return {turned(part.scaleDial, scaleDial, part.scale, d), offset, first, last};
}

Grid Anatomy::packedGrid(std::size_t sub) const
{
    return grid(sub, subBlocks[sub].scaleDial.packed, subBlocks[sub].minimumDial.packed);
}

double Anatomy::rmse(std::size_t changed, const Grid& grid) const
{
    const int zero = codesOf(type).first;
    double sum = squaredError(weightsOf(changed), grid);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::size_t sub = i / subBlockSize();
        if (sub == changed)
            continue;
        const int code = type == Type::Q8_0 ? int(std::int8_t(codes[i])) : int(codes[i]) + zero;  // the bytes of Q8_0 have a sign
        const double error = double(weights[i]) - (subBlocks[sub].scale * code + subBlocks[sub].minimum);
        sum += error * error;
    }
    return std::sqrt(sum / double(weights.size()));
}

Anatomy dissect(Type type, std::span<const float> weights)
{
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    quant::quantize(type, weights, weights.size(), {}, packed);
    Anatomy anatomy{type, 0, 0, {weights.begin(), weights.end()}, std::vector<std::uint8_t>(weights.size()), {}};
    quant::unpackCodes(type, packed, anatomy.codes);
    takeApart(packed, anatomy);
    return anatomy;
}

BestDials bestDials(const Anatomy& anatomy, std::size_t sub)
{
    const SubBlock& part = anatomy.subBlocks[sub];
    const auto weights = anatomy.weightsOf(sub);
    BestDials best{part.scaleDial.packed, part.minimumDial.packed};
    double least = squaredError(weights, anatomy.packedGrid(sub));
    for (int scale = part.scaleDial.low; scale <= part.scaleDial.high; ++scale)
        for (int minimum = part.minimumDial.low; minimum <= part.minimumDial.high; ++minimum)
            if (const double error = squaredError(weights, anatomy.grid(sub, scale, minimum)); error < least) {
                least = error;
                best = {scale, minimum};
            }
    return best;
}

}  // namespace halftone::lesson
