// SPDX-License-Identifier: Apache-2.0
// Causal attention over the cache with a running softmax (Milakov and Gimelshein 2018; Dao et al. 2022): a work-group for each
// head of each token, 64 positions at a time. Heads in groups share keys and values.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 1) const uint kValues = 1;  // elements of a value that an invocation adds up: ceil(valueSize / 64)

layout(std430, binding = 0) readonly buffer Queries { float queries[]; };  // tokens x heads x keySize
layout(std430, binding = 1) readonly buffer Keys { uint keys[]; };  // positions x kvHeads x keyWords
layout(std430, binding = 2) readonly buffer Values { uint values[]; };
layout(std430, binding = 3) readonly buffer Sinks { float sinks[]; };  // a logit for each head
layout(std430, binding = 4) writeonly buffer Output { float result[]; };  // tokens x heads x valueSize
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
shared float query[1024];
shared float shares[64];

vec4 signedBytes(uint word) { return vec4(ivec4(uvec4(word << 24, word << 16, word << 8, word)) >> 24); }

// Of the elements in a word of a key, and what the query has in their place.
float wordProduct(uint word, uint w)
{
    if (kKept == kFloats)
        return uintBitsToFloat(word) * query[w];
    if (kKept == kHalves)
        return dot(unpackHalf2x16(word), vec2(query[2 * w], query[2 * w + 1]));
    return dot(signedBytes(word), vec4(query[4 * w], query[4 * w + 1], query[4 * w + 2], query[4 * w + 3]));
}

float keyProduct(uint at)
{
    const uint words = elementWords(keySize), each = kBlock / 4;
    float sum = 0;
    if (kKept == kHalves || kKept == kFloats) {
        for (uint w = 0; w < words; ++w)
            sum += wordProduct(keys[at + w], w);
        return sum;
    }
    for (uint block = 0; block * each < words; ++block) {
        float part = 0;
        for (uint w = block * each; w < min(words, (block + 1) * each); ++w)
            part += wordProduct(keys[at + w], w);
        sum += part * unpackHalf2x16(keys[at + words + block / 2])[block % 2];
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

void main()
{
    const uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.x, token = gl_WorkGroupID.y, kvHead = head / (heads / kvHeads);
    for (uint i = lane; i < (keySize + 3) / 4 * 4; i += 64)  // whole words, of whatever type
        query[i] = i < keySize ? queries[(token * heads + head) * keySize + i] : 0;
    barrier();

    const uint end = position + token + 1, begin = end > window ? end - window : 0;
    float largest = hasSinks != 0 ? sinks[head] : kLowest, total = hasSinks != 0 ? 1 : 0;
    float sums[kValues];
    for (uint v = 0; v < kValues; ++v)
        sums[v] = 0;
    for (uint first = begin; first < end; first += 64) {
        const uint seen = first + lane, count = min(64, end - first);
        const float logit = seen < end ? logitOf(seen, kvHead) : kLowest;
        const float most = max(largest, largestOfGroup(logit)), shrink = exp(largest - most);
        const float share = seen < end ? exp(logit - most) : 0;
        shares[lane] = share;
        total = total * shrink + sumOfGroup(share);
        largest = most;
        for (uint v = 0; v < kValues; ++v) {
            const uint element = lane + 64 * v;
            if (element >= valueSize)
                continue;
            float sum = sums[v] * shrink;
            for (uint i = 0; i < count; ++i)
                sum += shares[i] * valueAt(first + i, kvHead, element);
            sums[v] = sum;
        }
    }
    for (uint v = 0; v < kValues; ++v)
        if (lane + 64 * v < valueSize)
            result[(token * heads + head) * valueSize + lane + 64 * v] = sums[v] / total;
}
