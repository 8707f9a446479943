// SPDX-License-Identifier: Apache-2.0
// IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS and IQ3_S: an invocation searches scale and points of each sub-block, signs aside; then the scales of a
// super-block are rounded to four bits. The arithmetic is that of core/quant/lattice_search.cpp and lattice_quantize.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"
#include "quantize/positive_search.glsl"

// Of every word of a lattice: its index (0xffff: none) and above it the number of its neighbours; then where those begin; then they.
layout(std430, binding = 5) readonly buffer Book { uint book[]; };

const bool kThree = kType == kIQ3_XXS || kType == kIQ3_S, kEvenSigns = kType == kIQ2_XXS || kType == kIQ2_XS || kType == kIQ3_XXS;
const bool kSearchesStart = kType == kIQ2_XXS;
const uint kWords = kThree ? 4096 : 65536, kGroupWeights = kThree ? 4 : 8, kBits = kThree ? 3 : 2, kGroups = kPart / kGroupWeights;
const int kTop = kThree ? 7 : 2, kTries = kType == kIQ2_XXS ? 6 : kType == kIQ3_XXS ? 15 : 9;
const float kStep = kThree ? 0.2 : 0.1;
const float kTiniest = kType == kIQ2_S || kType == kIQ3_XXS ? 1e-8 : kType == kIQ3_S ? 0.0 : 1e-15;
const uint kMostGroups = 8;

shared float roots[kLists];  // of w, which choose among neighbours

struct SubBlock {
    bool empty;
    float scale;
    uint points[kMostGroups];
    uint signs[4];  // of each eight weights
};

void weigh()
{
    precise float spread = blockSumOfSquares() * ((kType == kIQ2_XXS || kType == kIQ2_XS ? 1.0 : 2.0) / 256.0);
    if (kWeighted)
        weighByImportance(spread);
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float plain = kType == kIQ2_S ? 0.25 * spread + x[i] * x[i] : x[i] * x[i];
        if (!kWeighted)
            w[i] = plain;
        roots[i] = root(w[i]);
    }
}

/// Signs of eight weights from place `at` on, whose magnitudes stay. Where signs must come out even the one that costs least is turned.
uint takeSigns(uint at)
{
    uint signs = 0, cheapest = 0;
    [[dont_unroll]] for (uint i = 0; i < 8; ++i)
        if (!(x[at + i] >= 0.0)) {
            x[at + i] = negated(x[at + i]);
            signs |= 1u << i;
        }
    if (!kEvenSigns || bitCount(signs) % 2 == 0)
        return signs;
    precise float least = w[at] * x[at] * x[at];
    [[dont_unroll]] for (uint i = 1; i < 8; ++i) {
        precise float cost = w[at + i] * x[at + i] * x[at + i];
        if (cost < least) {
            least = cost;
            cheapest = i;
        }
    }
    x[at + cheapest] = negated(x[at + cheapest]);
    return signs ^ 1u << cheapest;
}

float levelOf(uint point, uint i) { return float(2 * (point >> (i * kBits) & ((1u << kBits) - 1)) + 1); }

uint bestNeighbour(uint at, uint point, float scale)
{
    const uint begin = book[kWords + point], end = begin + (book[point] >> 16);
    uint best = book[begin];
    float least = 3.4028234663852886e38;
    [[dont_unroll]] for (uint k = begin; k < end; ++k) {
        const uint candidate = book[k];
        precise float error = 0.0;
        [[unroll]] for (uint i = 0; i < kGroupWeights; ++i) {
            precise float difference = scale * levelOf(candidate, i) - x[at + i];
            error += roots[at + i] * difference * difference;
        }
        if (error < least) {
            least = error;
            best = candidate;
        }
    }
    return best;
}

/// The point of a group; `off` tells whether the nearest one is not in the book.
uint choosePoint(uint group, float inverse, float scale, out bool off)
{
    const uint at = first() + group * kGroupWeights;
    uint point = 0;
    [[unroll]] for (uint i = 0; i < kGroupWeights; ++i) {
        precise float scaled = 0.5 * (inverse * x[at + i] - 1.0);
        point |= uint(nearestIn(scaled, 0, kTop)) << (i * kBits);
    }
    off = (book[point] & 0xffffu) == 0xffffu;
    return off ? bestNeighbour(at, point, scale) : point;
}

/// Sums of a least-squares fit x ~ scale * level.
vec2 sumsOf(uint points[kMostGroups])
{
    precise float product = 0.0, square = 0.0;
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float level = levelOf(points[i / kGroupWeights], i % kGroupWeights), weight = w[first() + i];
        product += weight * x[first() + i] * level;
        square += weight * level * level;
    }
    return vec2(product, square);
}

/// Some points once more, for the best scale found.
void chooseAgain(inout SubBlock found, uint off)
{
    const bool wanted = kType == kIQ2_XXS || off != 0;
    if (!wanted || !(found.scale > 0.0))
        return;
    const float inverse = quotient(1.0, found.scale);
    bool unused;
    [[dont_unroll]] for (uint group = 0; group < kGroups; ++group)
        if (kType == kIQ2_XXS || kType == kIQ3_S || (off >> group & 1) != 0)
            found.points[group] = choosePoint(group, inverse, found.scale, unused);
    const vec2 sums = sumsOf(found.points);
    if (sums.y > 0.0)
        found.scale = quotient(sums.x, sums.y);
}

void searchLattice(float largest, inout SubBlock found)
{
    uint off = kType == kIQ3_S ? ~0u : 0u;
    precise float score = 0.0;
    [[dont_unroll]] for (int step_ = -kTries; step_ <= kTries; ++step_) {
        precise float levels = float(2 * kTop + 1) + float(step_) * kStep;
        const float inverse = quotient(levels, largest), scale = quotient(1.0, inverse);
        uint trial[kMostGroups], trialOff = 0;
        [[dont_unroll]] for (uint group = 0; group < kGroups; ++group) {
            bool isOff;
            trial[group] = choosePoint(group, inverse, scale, isOff);
            trialOff |= (isOff ? 1u : 0u) << group;
        }
        const vec2 sums = sumsOf(trial);
        if (outOfReach(floatBitsToUint(sums.x), -60, 60) || outOfReach(floatBitsToUint(sums.y), -60, 60))
            refuseMine();
        precise float mine = sums.x * sums.x, theirs = score * sums.y;
        if (sums.y > 0.0 && mine > theirs) {
            found.scale = quotient(sums.x, sums.y);
            score = found.scale * sums.x;
            found.points = trial;
            off = trialOff;
        }
    }
    chooseAgain(found, off);
}

SubBlock findSubBlock()
{
    SubBlock found;
    found.empty = true;
    found.scale = 0.0;
    for (uint k = 0; k < kMostGroups; ++k)
        found.points[k] = 0;
    for (uint k = 0; k < kPart / 8; ++k)
        found.signs[k] = takeSigns(first() + k * 8);
    float start = 0.0, largest = x[first()];
    if (kSearchesStart) {
        int unused[kMostCodes];
        start = searchPositive(first(), kPart, kTop + 2, unused);
    }
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i)
        largest = max(largest, x[i]);
    if (largest <= 0.0 || largest < kTiniest)
        return found;
    if (kSearchesStart) {
        precise float around = start * float(kTop + 1);
        largest = around;
    } else {
        start = quotient(largest, float(2 * kTop + 1));
    }
    if (largest <= 0.0)
        return found;
    found.empty = false;
    found.scale = start;
    searchLattice(largest, found);
    for (uint k = 0; k < kPart / 8; ++k)
        found.signs[k] = (found.scale < 0.0 ? ~found.signs[k] : found.signs[k]) & (kEvenSigns ? 127u : 255u);
    found.scale = abs(found.scale);
    return found;
}

/// Four bits of the sub-block's scale, as a share of the largest one.
uint packedScale(float top, float scale)
{
    precise float scaled = 0.5 * (quotient(1.0, quotient(top, 31.0)) * scale - 1.0);
    return uint(nearestIn(scaled, 0, 15));
}

void packPoints(SubBlock found, uint place, uint scale)
{
    for (uint k = 0; k < kGroups; ++k) {
        const uint index = book[found.points[k]] & 0xffffu, group = place * kGroups + k;
        if (kType == kIQ2_XS) {
            putHalf(2 + group * 2, index | found.signs[k] << 9);
            continue;
        }
        putByte(2 + (kType == kIQ2_XXS ? place * 8 + k : group), index);
        if (kType == kIQ2_S)
            putByte(66 + group / 4, index >> 8 << (group % 4 * 2));
        if (kType == kIQ3_S)
            putByte(66 + sub(), index >> 8 << k);
    }
    if (kType == kIQ2_XXS || kType == kIQ3_XXS) {
        const uint at = kType == kIQ2_XXS ? 2 + place * 8 + 4 : 66 + place * 4;
        const uint word = found.signs[0] | found.signs[1] << 7 | found.signs[2] << 14 | found.signs[3] << 21 | scale << 28;
        putHalf(at, word & 0xffffu);
        putHalf(at + 2, word >> 16);
    } else if (kType == kIQ2_S || kType == kIQ3_S) {
        for (uint k = 0; k < kPart / 8; ++k)
            putByte((kType == kIQ2_S ? 34 : 74) + place * (kPart / 8) + k, found.signs[k]);
    }
}

void pack(SubBlock found)
{
    float top = 0.0;
    uint place = sub(), before = 0;
    for (uint s = 0; s < partsPerBlock(); ++s) {
        top = max(top, x[scalesOf(block()) + s]);
        before += s < sub() && w[scalesOf(block()) + s] == 0.0 ? 1 : 0;
    }
    if (top == 0.0)
        return;
    if (kType == kIQ3_S)  // the reference leaves no room for empty sub-blocks
        place = before;
    if (sub() == 0) {
        precise float d = quotient(top, 31.0) * (kType == kIQ2_S ? 0.9875 : kType == kIQ3_XXS ? 1.0125 : kType == kIQ3_S ? 1.033 : 1.0);
        putHalf(0, toHalf(d));
    }
    const uint scale = packedScale(top, found.scale);
    if (kType == kIQ2_XS || kType == kIQ2_S || kType == kIQ3_S)
        putByte((kType == kIQ2_XS ? 66 : kType == kIQ2_S ? 74 : 106) + sub() / 2, scale << (sub() % 2 * 4));
    if (!found.empty)
        packPoints(found, place, scale);
}

void main()
{
    load();
    if (busy())
        weigh();
    barrier();  // before signs are taken from what others sum up
    SubBlock found;
    if (busy()) {
        found = findSubBlock();
        x[scalesOf(block()) + sub()] = found.scale;
        w[scalesOf(block()) + sub()] = found.empty ? 1.0 : 0.0;
    }
    barrier();
    if (busy())
        pack(found);
    store();
}
