// SPDX-License-Identifier: Apache-2.0
// Causal attention over the cache with a running softmax (Milakov and Gimelshein 2018; Dao et al. 2022), 64 positions at a time. A
// work-group takes one query, or with FOUR defined four of those that share keys and values: heads of a group, and the tokens behind. A long
// past may be cut into parts, each one work-group's, whose sums merge.comp joins.
#version 450
#extension GL_GOOGLE_include_directive : require

#ifdef FOUR
#define Rows vec4  // something of each query
#define Counts uvec4
#define OF(rows, row) rows[row]
const uint kRows = 4;
#else
#define Rows float
#define Counts uint
#define OF(rows, row) rows
const uint kRows = 1;
#endif

layout(local_size_x = 64) in;
layout(constant_id = 1) const uint kValues = 1;  // elements of a value that an invocation adds up: ceil(valueSize / 64)
layout(constant_id = 2) const uint kQuery = 16;  // keySize, rounded up to a multiple of 16

layout(std430, binding = 0) readonly buffer Queries { float queries[]; };  // tokens x heads x keySize
layout(std430, binding = 1) readonly buffer Keys { uint keys[]; };  // positions x kvHeads x headWords(keySize)
layout(std430, binding = 1) readonly buffer KeyFours { uvec4 keyFours[]; };  // the same
layout(std430, binding = 2) readonly buffer Values { uint values[]; };
layout(std430, binding = 3) readonly buffer Sinks { float sinks[]; };  // a logit for each head
// tokens x heads x valueSize; of parts: tokens x heads x parts x (valueSize + 2), the largest logit and the total behind the sums
layout(std430, binding = 4) writeonly buffer Output { float result[]; };
layout(push_constant) uniform Push
{
    uint tokens, heads, kvHeads, keySize, valueSize;
    uint position;  // of the first token
    uint window;  // positions that a token sees, its own among them
    float scale, softCap;  // 0: none
    uint hasSinks;
};

#define REDUCED Rows
#include "cache.glsl"
#include "reduce.glsl"

const float kLowest = -1e30;
shared Rows query[kQuery];  // element by element
shared Rows shares[64];

uint together() { return heads / kvHeads; }  // that share keys and values
// Query `row` of this work-group; behind the last one that one again.
uint queryOf(uint row) { return min(gl_WorkGroupID.x * kRows + row, tokens * together() - 1); }
uint tokenOf(uint query_) { return query_ / together(); }
uint headOf(uint query_) { return gl_WorkGroupID.y * together() + query_ % together(); }

vec4 signedBytes(uint word) { return vec4(ivec4(uvec4(word << 24, word << 16, word << 8, word)) >> 24); }
Rows product(vec4 key, uint i) { return key.x * query[i] + key.y * query[i + 1] + key.z * query[i + 2] + key.w * query[i + 3]; }

// Of the elements in four words of a key, and what the queries have in their place.
Rows foursProduct(uvec4 words, uint four)
{
    if (kKept == kFloats)
        return product(uintBitsToFloat(words), 4 * four);
    if (kKept == kHalves)
        return product(vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y)), 8 * four)
            + product(vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w)), 8 * four + 4);
    Rows sum = Rows(0);
    for (uint i = 0; i < 4; ++i)
        sum += product(signedBytes(words[i]), 16 * four + 4 * i);
    return sum;
}

Rows keyProduct(uint at)
{
    const uint words = elementWords(keySize);
    Rows sum = Rows(0);
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

Rows logitOf(uint seen, uint kvHead)
{
    const Rows logit = scale * keyProduct((seen * kvHeads + kvHead) * headWords(keySize));
    if (softCap == 0)
        return logit;
    return softCap * tanh(clamp(logit / softCap, Rows(-15), Rows(15)));  // tanh is 1 there, and some devices overflow
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
Rows valueSum(uint first, uint end, uint kvHead, uint element)
{
    Rows sum = Rows(0);
    for (uint i = 0; i < min(64, end - first); i += 4) {
        const uint last = end - 1;
        const vec4 four = vec4(valueAt(first + i, kvHead, element), valueAt(min(first + i + 1, last), kvHead, element),
                               valueAt(min(first + i + 2, last), kvHead, element), valueAt(min(first + i + 3, last), kvHead, element));
        sum += four.x * shares[i] + four.y * shares[i + 1] + four.z * shares[i + 2] + four.w * shares[i + 3];
    }
    return sum;
}

// 1 for each query that sees a position, else 0.
Rows sight(uint seen, Counts now, Counts oldest) { return step(Rows(oldest), Rows(seen)) * (1 - step(Rows(now), Rows(seen))); }

void loadQueries()
{
    for (uint i = gl_LocalInvocationID.x; i < kQuery; i += 64)
        for (uint r = 0; r < kRows; ++r) {
            const uint q = queryOf(r);
            OF(query[i], r) = i < keySize ? queries[(tokenOf(q) * heads + headOf(q)) * keySize + i] : 0;
        }
    barrier();
}

void main()
{
    const uint lane = gl_LocalInvocationID.x, kvHead = gl_WorkGroupID.y, part = gl_WorkGroupID.z, parts = gl_NumWorkGroups.z;
    const bool sunk = hasSinks != 0 && part == 0;
    loadQueries();
    Counts now;
    Rows largest, total = Rows(sunk ? 1 : 0), sums[kValues];
    for (uint r = 0; r < kRows; ++r) {
        OF(now, r) = position + tokenOf(queryOf(r)) + 1;
        OF(largest, r) = sunk ? sinks[headOf(queryOf(r))] : kLowest;
    }
    for (uint v = 0; v < kValues; ++v)
        sums[v] = Rows(0);
    const Counts oldest = now - min(now, Counts(window));
    const uint from = OF(oldest, 0), to = OF(now, kRows - 1);  // tokens follow one another
    const uint size = ((to - from + parts - 1) / parts + 63) / 64 * 64, begin = from + part * size, end = min(to, begin + size);
    for (uint first = begin; first < end; first += 64) {
        const uint seen = first + lane;
        const Rows sees = sight(seen, now, oldest);
        const Rows logit = seen < end ? mix(Rows(kLowest), logitOf(seen, kvHead), sees) : Rows(kLowest);
        const Rows most = max(largest, largestOfGroup(logit)), shrink = exp(largest - most);
        const Rows share = seen < end ? sees * exp(logit - most) : Rows(0);
        shares[lane] = share;
        total = total * shrink + sumOfGroup(share);
        largest = most;
        for (uint v = 0; v < kValues; ++v)
            if (lane + 64 * v < valueSize)
                sums[v] = sums[v] * shrink + valueSum(first, end, kvHead, lane + 64 * v);
    }
    for (uint r = 0; r < kRows && gl_WorkGroupID.x * kRows + r < tokens * together(); ++r) {
        const uint q = queryOf(r), row = (tokenOf(q) * heads + headOf(q)) * parts + part, at = row * (parts > 1 ? valueSize + 2 : valueSize);
        for (uint v = 0; v < kValues; ++v)
            if (lane + 64 * v < valueSize)
                result[at + lane + 64 * v] = parts > 1 ? OF(sums[v], r) : OF(sums[v], r) / OF(total, r);
        if (parts > 1 && lane == 0) {
            result[at + valueSize] = OF(largest, r);
            result[at + valueSize + 1] = OF(total, r);
        }
    }
}
