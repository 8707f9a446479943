// SPDX-License-Identifier: Apache-2.0
// Causal attention over the cache with a running softmax (Milakov and Gimelshein 2018; Dao et al. 2022): a work-group for each head of each
// token, 64 positions at a time. Heads in groups share keys and values. A long past may be cut into parts, each one work-group's, whose
// sums merge.comp joins.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 1) const uint kValues = 1;  // elements of a value that an invocation adds up: ceil(valueSize / 64)

layout(std430, binding = 0) readonly buffer Queries { float queries[]; };  // tokens x heads x keySize
layout(std430, binding = 1) readonly buffer Keys { uint keys[]; };  // positions x kvHeads x headWords(keySize)
layout(std430, binding = 1) readonly buffer KeyFours { uvec4 keyFours[]; };  // the same
layout(std430, binding = 2) readonly buffer Values { uint values[]; };
layout(std430, binding = 3) readonly buffer Sinks { float sinks[]; };  // a logit for each head
// tokens x heads x valueSize; of parts: tokens x heads x parts x (valueSize + 2), the largest logit and the total behind the sums
layout(std430, binding = 4) writeonly buffer Output { float result[]; };
layout(push_constant) uniform Push
{
    uint heads, kvHeads, keySize, valueSize;
    uint position;  // of the first token
    uint window;  // positions that a token sees, its own among them
    float scale, softCap;  // 0: none
    uint hasSinks;
};

#include "cache.glsl"
#include "reduce.glsl"

const float kLowest = -1e30;
shared float query[1024];  // and zeros behind it, up to a whole four of words
shared float shares[64];

vec4 signedBytes(uint word) { return vec4(ivec4(uvec4(word << 24, word << 16, word << 8, word)) >> 24); }
vec4 queryAt(uint i) { return vec4(query[i], query[i + 1], query[i + 2], query[i + 3]); }

// Of the elements in four words of a key, and what the query has in their place.
float foursProduct(uvec4 words, uint four)
{
    if (kKept == kFloats)
        return dot(uintBitsToFloat(words), queryAt(4 * four));
    if (kKept == kHalves)
        return dot(vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y)), queryAt(8 * four))
            + dot(vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w)), queryAt(8 * four + 4));
    float sum = 0;
    for (uint i = 0; i < 4; ++i)
        sum += dot(signedBytes(words[i]), queryAt(16 * four + 4 * i));
    return sum;
}

float keyProduct(uint at)
{
    const uint words = elementWords(keySize);
    float sum = 0;
    for (uint four = 0; four < words / 4; ++four)
        if (kKept == kHalves || kKept == kFloats) {
            sum += foursProduct(keyFours[at / 4 + four], four);
        } else {  // scales move the heads away from whole fours
            const uint w = at + 4 * four;
            const float scale_ = unpackHalf2x16(keys[at + words + four / 4])[four / 2 % 2];
            sum += scale_ * foursProduct(uvec4(keys[w], keys[w + 1], keys[w + 2], keys[w + 3]), four);
        }
    return sum;
}

float logitOf(uint seen, uint kvHead)
{
    const float sum = keyProduct((seen * kvHeads + kvHead) * headWords(keySize));
    if (softCap == 0)
        return sum * scale;
    const float turned = clamp(sum * scale / softCap, -15.0, 15.0);  // tanh is 1 there, and some devices overflow
    return softCap * tanh(turned);
}

float valueAt(uint seen, uint kvHead, uint element)
{
    const uint at = (seen * kvHeads + kvHead) * headWords(valueSize);
    if (kKept == kFloats)
        return uintBitsToFloat(values[at + element]);
    if (kKept == kHalves)
        return unpackHalf2x16(values[at + element / 2])[element % 2];
    const uint block = element / kBlock;
    return signedBytes(values[at + element / 4])[element % 4] * unpackHalf2x16(values[at + elementWords(valueSize) + block / 2])[block % 2];
}

// Four positions at a time, so that their values travel together; those behind the last one have no share.
float valueSum(uint first, uint end, uint kvHead, uint element)
{
    float sum = 0;
    for (uint i = 0; i < min(64, end - first); i += 4) {
        const uint last = end - 1;
        const vec4 four = vec4(valueAt(first + i, kvHead, element), valueAt(min(first + i + 1, last), kvHead, element),
                               valueAt(min(first + i + 2, last), kvHead, element), valueAt(min(first + i + 3, last), kvHead, element));
        sum += dot(four, vec4(shares[i], shares[i + 1], shares[i + 2], shares[i + 3]));
    }
    return sum;
}

void main()
{
    const uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.x, token = gl_WorkGroupID.y, kvHead = head / (heads / kvHeads);
    const uint part = gl_WorkGroupID.z, parts = gl_NumWorkGroups.z;
    for (uint i = lane; i < min((keySize + 15) / 16 * 16, 1024); i += 64)
        query[i] = i < keySize ? queries[(token * heads + head) * keySize + i] : 0;
    barrier();

    const uint now = position + token + 1, oldest = now > window ? now - window : 0;
    const uint size = ((now - oldest + parts - 1) / parts + 63) / 64 * 64, begin = oldest + part * size, end = min(now, begin + size);
    const bool sunk = hasSinks != 0 && part == 0;
    float largest = sunk ? sinks[head] : kLowest, total = sunk ? 1 : 0;
    float sums[kValues];
    for (uint v = 0; v < kValues; ++v)
        sums[v] = 0;
    for (uint first = begin; first < end; first += 64) {
        const uint seen = first + lane;
        const float logit = seen < end ? logitOf(seen, kvHead) : kLowest;
        const float most = max(largest, largestOfGroup(logit)), shrink = exp(largest - most);
        const float share = seen < end ? exp(logit - most) : 0;
        shares[lane] = share;
        total = total * shrink + sumOfGroup(share);
        largest = most;
        for (uint v = 0; v < kValues; ++v)
            if (lane + 64 * v < valueSize)
                sums[v] = sums[v] * shrink + valueSum(first, end, kvHead, lane + 64 * v);
    }
    const uint row = (token * heads + head) * parts + part, width = parts > 1 ? valueSize + 2 : valueSize;
    for (uint v = 0; v < kValues; ++v)
        if (lane + 64 * v < valueSize)
            result[row * width + lane + 64 * v] = parts > 1 ? sums[v] : sums[v] / total;
    if (parts > 1 && lane == 0) {
        result[row * width + valueSize] = largest;
        result[row * width + valueSize + 1] = total;
    }
}
