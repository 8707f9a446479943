// SPDX-License-Identifier: Apache-2.0
// What the kernels that quantize have in common. A group packs 1024 weights, which are whole blocks of every type and whole words of
// packed bytes; each invocation has a part of kPart weights, searched as one.
#extension GL_EXT_control_flow_attributes : require

#include "numbers.glsl"

layout(local_size_x_id = 0) in;  // 1024 / kPart
layout(constant_id = 1) const uint kPart = 32;
layout(constant_id = 2) const uint kType = 0;  // of GGUF
layout(constant_id = 3) const uint kBlock = 32;  // weights
layout(constant_id = 4) const uint kBlockBytes = 18;
layout(constant_id = 5) const bool kWeighted = false;

layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };  // floats as bits
layout(std430, binding = 1) readonly buffer Importance { uint importance[]; };  // of a row's columns
layout(std430, binding = 2) readonly buffer Spreads { float spreads[]; };  // mean square of each row, below zero where out of reach
layout(std430, binding = 3) writeonly buffer Packed { uint packed[]; };
layout(std430, binding = 4) buffer Refused { uint refused[]; };  // a bit for each block that is left to the CPU
layout(push_constant) uniform Push
{
    uint count;  // weights
    uint columns;
    uint firstColumn;  // of the first weight
};

const uint kQ4_0 = 2, kQ4_1 = 3, kQ5_0 = 6, kQ5_1 = 7, kQ8_0 = 8, kQ2_K = 10, kQ3_K = 11, kQ4_K = 12, kQ5_K = 13, kQ6_K = 14,
           kIQ2_XXS = 16, kIQ2_XS = 17, kIQ3_XXS = 18, kIQ1_S = 19, kIQ4_NL = 20, kIQ3_S = 21, kIQ2_S = 22, kIQ4_XS = 23, kIQ1_M = 29,
           kTQ1_0 = 34, kTQ2_0 = 35, kMXFP4 = 39, kNVFP4 = 40, kQ1_0 = 41, kQ2_0 = 42;

const uint kGroup = 1024, kMostBlocks = 4;  // super-blocks
const uint kMostValues = 16;  // scales of a super-block
const uint kLists = kGroup + 64, kMinimums = kLists + kMostBlocks * kMostValues, kLength = kMinimums + kMostBlocks * kMostValues;

// Weights, part by part with one place between two so that invocations meet in no bank, then the scales and the minimums of the group's
// super-blocks. How much an error of each counts.
shared float x[kLength];
shared float w[kLength];
shared uint bytes[272];

uint part() { return gl_LocalInvocationIndex; }
/// Place of this invocation's first weight in x and w.
uint first() { return part() * (kPart + 1); }
uint firstWeight() { return gl_WorkGroupID.x * kGroup; }
/// Whether this invocation has weights at all.
bool busy() { return firstWeight() + part() * kPart < count; }
uint partsPerBlock() { return kBlock / kPart; }
/// Block of this invocation within the group, and its part within the block.
uint block() { return part() * kPart / kBlock; }
uint sub() { return part() % partsPerBlock(); }
/// Places of the lists of a block's scales and minimums.
uint scalesOf(uint block_) { return kLists + block_ * kMostValues; }
uint minimumsOf(uint block_) { return kMinimums + block_ * kMostValues; }

void refuse(uint block_) { atomicOr(refused[block_ / 32], 1u << (block_ % 32)); }
void refuseMine() { refuse(firstWeight() / kBlock + block()); }

// Products of up to six factors must stay clear of subnormal numbers and infinities. What is beyond is left to the CPU; zeros are not.
bool outOfReach(uint bits, int least, int most)
{
    const int exponent = int(bits >> 23 & 255u) - 127;
    return (bits & 0x7fffffffu) != 0 && (exponent < least || exponent > most);
}

/// Reads the group's weights, and their importance where it counts. Ends with a barrier.
void load()
{
    for (uint i = gl_LocalInvocationIndex; i < kGroup; i += gl_WorkGroupSize.x) {
        const uint at = firstWeight() + i, place = i + i / kPart;
        uint bits = at < count ? weights[at] : 0u;
        if (outOfReach(bits, -30, 14)) {
            refuse(at / kBlock);
            bits = 0;
        }
        x[place] = uintBitsToFloat(bits);
        if (kWeighted) {
            const uint weight = at < count ? importance[(firstColumn + at) % columns] : 0u;
            if (outOfReach(weight, -60, 60))
                refuse(at / kBlock);
            w[place] = uintBitsToFloat(weight);
        }
    }
    for (uint i = gl_LocalInvocationIndex; i < bytes.length(); i += gl_WorkGroupSize.x)
        bytes[i] = 0;
    barrier();
    uint top = 0;
    for (uint i = 0; i < kPart; ++i)
        top = max(top, floatBitsToUint(x[first() + i]) & 0x7fffffffu);
    if (outOfReach(top, -20, 14))
        refuseMine();
}

/// How much an error of this part's weights counts where there is importance: importance * sqrt(spread + x^2).
void weighByImportance(float spread)
{
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float square = spread + x[i] * x[i];
        precise float weight = w[i] * root(square);
        w[i] = weight;
        if (outOfReach(floatBitsToUint(weight), -40, 40))
            refuseMine();
    }
}

/// Of a run of places, one after the other as the CPU adds: the bytes depend on how the sum is rounded.
float sumOfSquares(uint from, uint length)
{
    precise float sum = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + length; ++i)
        sum += x[i] * x[i];
    return sum;
}

/// Of this invocation's whole block, its parts one after the other.
float blockSumOfSquares()
{
    precise float sum = 0.0;
    [[dont_unroll]] for (uint p = part() - sub(); p < part() - sub() + partsPerBlock(); ++p)
        [[dont_unroll]] for (uint i = p * (kPart + 1); i < p * (kPart + 1) + kPart; ++i)
            sum += x[i] * x[i];
    return sum;
}

float sumOfWeights()
{
    precise float sum = 0.0;
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i)
        sum += w[i];
    return sum;
}

/// Sets bits of a byte of block `block_`.
void put(uint block_, uint place, uint bits)
{
    const uint at = block_ * kBlockBytes + place;
    atomicOr(bytes[at / 4], bits << (at % 4 * 8));
}
void putByte(uint place, uint bits) { put(block(), place, bits & 255u); }
void putHalf(uint place, uint bits)
{
    putByte(place, bits);
    putByte(place + 1, bits >> 8);
}

/// Writes the group's bytes. Begins with a barrier.
void store()
{
    barrier();
    const uint blocks = min(kGroup, count - firstWeight()) / kBlock, words = (blocks * kBlockBytes + 3) / 4,
               to = firstWeight() / kBlock * kBlockBytes / 4;
    for (uint i = gl_LocalInvocationIndex; i < words; i += gl_WorkGroupSize.x)
        packed[to + i] = bytes[i];
}
