// SPDX-License-Identifier: Apache-2.0
// IQ1_S and IQ1_M: an invocation sorts a sub-block and tries all splits of it into three levels, then takes the points of the code book
// that are nearest; then the scales of a super-block are rounded to three bits. The arithmetic is that of core/quant/split_search.cpp and
// i1_quantize.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"

// Of every word of the lattice: its index (0xffff: none) and above it the number of its neighbours; then where those begin; then they.
layout(std430, binding = 5) readonly buffer Book { uint book[]; };

const bool kApart = kType == kIQ1_M;  // the halves of a sub-block are shifted each on its own
const uint kWords = 65536, kEights = kPart / 8, kMostWeights = 32, kMostEights = 4;
const float kShift = 0.125;

// Points and shifts of the sub-blocks of IQ1_M, for the invocation that fits the scale of a super-block.
shared uint chosen[kGroup / 16], shifts[kGroup / 16];

// This invocation's sub-block in ascending order. Bit i of `sortedSecond` is set where weight i comes from the sub-block's second half.
// Arrays in parameters would be copied at each call.
float sortedX[kMostWeights], sortedW[kMostWeights];
uint sortedSecond;
// Sums over the first weights of those.
float sumX[kMostWeights + 1], sumW[kMostWeights + 1];

// The best split so far: weights before `first` get level 0, those before `second` level 1.
struct Split {
    float score, scale;
    uint first, second;
    int choice;  // of shifts; none yet where negative
};

struct SubBlock {
    float scale;
    uvec2 down;  // 1 where a half is shifted downwards
    uint points[kMostEights];
};

/// Level 0, 1 or 2 as a number.
float levelOf(uint level, uint down) { return float(level) - 1.0 + (down != 0 ? -kShift : kShift); }

/// Place of a weight in ascending order; of equal ones the first comes first.
uint rankOf(uint i)
{
    uint rank = 0;
    [[dont_unroll]] for (uint j = 0; j < kPart; ++j) {
        const float other = x[first() + j], mine = x[first() + i];
        rank += other < mine || (other == mine && j < i) ? 1 : 0;
    }
    return rank;
}

void sortWeights()
{
    sortedSecond = 0;
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        const uint rank = rankOf(i);
        sortedX[rank] = x[first() + i];
        sortedW[rank] = w[first() + i];
        sortedSecond |= (i >= kPart / 2 ? 1u : 0u) << rank;
    }
}

/// The scale of a least-squares fit.
float fitted(float product, float square)
{
    const float scale = quotient(product, square);
    if (outOfReach(floatBitsToUint(scale), -60, 60) || (scale == 0.0 && product != 0.0))
        refuseMine();
    return scale;
}

/// Below this drivers may flush products to zero.
const float kLeast = 7.52316384526264e-37;  // 2^-120

/// Takes a split if it is better. Splits are offered in the CPU's order, because rounding lets a later equal one win at times.
void offer(float product, float square, uint i1, uint i2, int choice, inout Split best)
{
    precise float mine = product * product, theirs = best.score * square;
    const bool isFirst = best.choice < 0;
    if (product != 0.0 && !isFirst && mine < kLeast && theirs < kLeast)  // which is larger?
        refuseMine();
    if (!(square > 0.0) || !(isFirst || mine > theirs))
        return;
    const float scale = fitted(product, square);
    precise float score = scale * product;
    if (product != 0.0 && score < kLeast)
        refuseMine();
    best = Split(score, scale, i1, i2, choice);
}

float productOf(uint i1, uint i2, uint down)
{
    precise float product = sumX[i1] * levelOf(0, down) + (sumX[i2] - sumX[i1]) * levelOf(1, down) + (sumX[kPart] - sumX[i2]) * levelOf(2, down);
    return product;
}

float squareOf(uint i1, uint i2, uint down)
{
    const float low = levelOf(0, down), middle = levelOf(1, down), high = levelOf(2, down);
    precise float square = sumW[i1] * low * low + (sumW[i2] - sumW[i1]) * middle * middle + (sumW[kPart] - sumW[i2]) * high * high;
    return square;
}

/// All levels shifted alike.
Split splitTogether()
{
    sumX[0] = sumW[0] = 0.0;
    [[dont_unroll]] for (uint j = 0; j < kPart; ++j) {
        precise float nextX = sumX[j] + sortedW[j] * sortedX[j], nextW = sumW[j] + sortedW[j];
        sumX[j + 1] = nextX;
        sumW[j + 1] = nextW;
    }
    Split best = Split(0.0, 0.0, 0, 0, -1);
    [[dont_unroll]] for (uint i1 = 0; i1 <= kPart; ++i1)
        [[dont_unroll]] for (uint i2 = i1; i2 <= kPart; ++i2)
            [[dont_unroll]] for (uint down = 0; down < 2; ++down)
                offer(productOf(i1, i2, down), squareOf(i1, i2, down), i1, i2, int(down), best);
    return best;
}

/// Sums of a least-squares fit for each of the four choices of shifts of two halves: up up, up down, down up, down down.
struct FourSums {
    vec4 product, square;
};

void add(uint j, uint level, inout FourSums sums)
{
    const float up = levelOf(level, 0), down = levelOf(level, 1);
    const vec4 l = (sortedSecond >> j & 1) != 0 ? vec4(up, down, up, down) : vec4(up, up, down, down);
    precise vec4 weighted = sortedW[j] * l;
    precise vec4 product = sums.product + weighted * sortedX[j], square = sums.square + weighted * l;
    sums.product = product;
    sums.square = square;
}

/// Each half shifted on its own. What splits have in common, their first weights, is added up once.
Split splitApart()
{
    Split best = Split(0.0, 0.0, 0, 0, -1);
    FourSums low = FourSums(vec4(0.0), vec4(0.0));
    [[dont_unroll]] for (uint i1 = 0; i1 <= kPart; ++i1) {
        FourSums middle = low;
        [[dont_unroll]] for (uint i2 = i1; i2 <= kPart; ++i2) {
            FourSums sums = middle;
            [[dont_unroll]] for (uint j = i2; j < kPart; ++j)
                add(j, 2, sums);
            for (int choice = 0; choice < 4; ++choice)
                offer(sums.product[choice], sums.square[choice], i1, i2, choice, best);
            if (i2 < kPart)
                add(i2, 1, middle);
        }
        if (i1 < kPart)
            add(i1, 0, low);
    }
    return best;
}

/// Whether drivers may flush weight * difference^2 to zero where it is not.
bool mayVanish(float weight, float difference)
{
    const int exponents = int(floatBitsToUint(weight) >> 23) + 2 * int(floatBitsToUint(difference) >> 23 & 255u) - 3 * 127;
    return weight != 0.0 && difference != 0.0 && exponents < -122;
}

uint bestNeighbour(uint at, uint point, uint down, float scale)
{
    [[dont_unroll]] for (uint i = 0; i < 8; ++i)
        for (uint level = 0; level < 3; ++level) {
            precise float difference = scale * levelOf(level, down) - x[at + i];
            if (mayVanish(w[at + i], difference))
                refuseMine();
        }
    const uint begin = book[kWords + point], end = begin + (book[point] >> 16);
    uint best = book[begin];
    float least = 3.4028234663852886e38;
    [[dont_unroll]] for (uint k = begin; k < end; ++k) {
        const uint candidate = book[k];
        precise float error = 0.0;
        [[unroll]] for (uint i = 0; i < 8; ++i) {
            precise float difference = scale * levelOf(candidate >> (2 * i) & 3, down) - x[at + i];
            error += w[at + i] * difference * difference;
        }
        if (error < least) {
            least = error;
            best = candidate;
        }
    }
    return best;
}

/// Adds eight weights from place `at` on to the sums of a fit x ~ scale * level * factor.
void addFit(uint at, uint point, uint down, float factor, inout vec2 sums)
{
    [[dont_unroll]] for (uint i = 0; i < 8; ++i) {
        precise float level = levelOf(point >> (2 * i) & 3, down) * factor, weighted = w[at + i] * level;
        precise float product = sums.x + weighted * x[at + i], square = sums.y + weighted * level;
        sums = vec2(product, square);
    }
}

/// The levels of eight weights under a split, as a word of the lattice. A negative scale turns everything round.
uint pointOf(Split best, uint eight)
{
    uint point = 0;
    [[dont_unroll]] for (uint i = 0; i < 8; ++i) {
        const uint rank = rankOf(eight * 8 + i), level = (rank >= best.first ? 1 : 0) + (rank >= best.second ? 1 : 0);
        point |= (best.scale < 0.0 ? 2 - level : level) << (2 * i);
    }
    return point;
}

/// From levels to points of the book, with a new scale if any of them is not there.
void choosePoints(Split best, inout SubBlock found)
{
    const uint turned = best.scale < 0.0 ? 1 : 0;
    found.scale = abs(best.scale);
    found.down = uvec2(kApart ? best.choice >> 1 : best.choice, best.choice & 1) ^ turned;
    vec2 sums = vec2(0.0);
    bool moved = false;
    [[dont_unroll]] for (uint k = 0; k < kEights; ++k) {
        const uint at = first() + k * 8, down = found.down[k * 2 / kEights];
        uint point = pointOf(best, k);
        if ((book[point] & 0xffffu) == 0xffffu) {
            point = bestNeighbour(at, point, down, found.scale);
            moved = true;
        }
        found.points[k] = point;
        addFit(at, point, down, 1.0, sums);
    }
    if (moved && sums.x > 0.0 && sums.y > 0.0)
        found.scale = fitted(sums.x, sums.y);
}

SubBlock findSubBlock()
{
    SubBlock found;
    found.scale = 0.0;
    found.down = uvec2(0);
    for (uint k = 0; k < kMostEights; ++k)
        found.points[k] = 0;
    float top = 0.0;
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i)
        top = max(top, abs(x[i]));
    if (top == 0.0)  // what the CPU takes for nothing beyond that is out of reach here
        return found;
    sortWeights();
    const Split best = kApart ? splitApart() : splitTogether();
    if (best.choice >= 0)
        choosePoints(best, found);
    return found;
}

/// Three bits of a sub-block's scale, `inverse` being that of a fifteenth of the largest.
uint scaleCode(float inverse, float scale)
{
    precise float scaled = 0.5 * (inverse * scale - 1.0);
    return uint(nearestIn(scaled, 0, 7));
}

/// The scale of the super-block that fits best once all else is chosen.
float fitScale(float d)
{
    const float inverse = quotient(1.0, d);
    vec2 sums = vec2(0.0);
    [[dont_unroll]] for (uint k = 0; k < 32; ++k) {
        const uint p = part() + k / 2, code = scaleCode(inverse, x[scalesOf(block()) + k / 2]);
        addFit(p * (kPart + 1) + k % 2 * 8, chosen[p] >> (k % 2 * 16), shifts[p] >> (k % 2) & 1, float(2 * code + 1), sums);
    }
    return sums.y > 0.0 ? fitted(sums.x, sums.y) : d;
}

void packIQ1_S(SubBlock found, float top, float d)
{
    uint high = 0;
    [[dont_unroll]] for (uint k = 0; k < kEights; ++k) {
        const uint index = book[found.points[k]] & 0xffffu;
        putByte(2 + sub() * 4 + k, index);
        high |= index >> 8 << (k * 3);
    }
    if (top != 0.0)
        high |= (scaleCode(quotient(1.0, d), found.scale) | found.down.x << 3) << 12;
    putHalf(34 + sub() * 2, high);
    if (sub() == 0 && top != 0.0) {
        precise float scale = d * 1.125;
        putHalf(0, toHalf(scale));
    }
}

void packIQ1_M(SubBlock found, float top, float d)
{
    for (uint k = 0; k < 2; ++k) {
        const uint index = book[found.points[k]] & 0xffffu;
        putByte(sub() * 2 + k, index);
        putByte(32 + sub(), (index >> 8 | found.down[k] << 3) << (k * 4));
    }
    if (top == 0.0)
        return;
    putHalf(48 + sub() / 4 * 2, scaleCode(quotient(1.0, d), found.scale) << (sub() % 4 * 3));
    if (sub() > 0)
        return;
    precise float scale = fitScale(d) * 1.1125;
    const uint half_ = toHalf(scale);
    for (uint k = 0; k < 4; ++k)
        putHalf(48 + k * 2, (half_ >> (4 * k) & 15) << 12);
}

void pack(SubBlock found)
{
    float top = 0.0;
    for (uint s = 0; s < partsPerBlock(); ++s)
        top = max(top, x[scalesOf(block()) + s]);
    const float d = quotient(top, 15.0);
    if (kApart)
        packIQ1_M(found, top, d);
    else
        packIQ1_S(found, top, d);
}

void weigh()
{
    if (kWeighted) {
        precise float spread = blockSumOfSquares() * (2.0 / 256.0);
        weighByImportance(spread);
        return;
    }
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float square = x[i] * x[i];
        w[i] = square;
    }
}

void main()
{
    load();
    SubBlock found;
    if (busy()) {
        weigh();
        found = findSubBlock();
        x[scalesOf(block()) + sub()] = found.scale;
        chosen[part()] = found.points[0] | found.points[1] << 16;
        shifts[part()] = found.down.x | found.down.y << 1;
    }
    barrier();
    if (busy())
        pack(found);
    store();
}
