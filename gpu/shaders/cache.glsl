// SPDX-License-Identifier: Apache-2.0
// How the past is kept: each head of a position for itself, its elements in whole fours of words filled up with zeros. Q8_0 has its scales
// behind the bytes of a head: halves, each of 32 elements; the last block may be shorter.

layout(constant_id = 0) const uint kKept = 0;  // 0: halves, 1: floats, 2: Q8_0
const uint kHalves = 0, kFloats = 1;
const uint kBlock = 32;  // elements with one scale

uint fours(uint words) { return (words + 3) / 4 * 4; }
// Words of the elements of a head of `size`.
uint elementWords(uint size) { return fours(kKept == kHalves ? (size + 1) / 2 : kKept == kFloats ? size : (size + 3) / 4); }
// With its scales: cacheWords() in gpu/infer/placement.h.
uint headWords(uint size)
{
    return elementWords(size) + (kKept == kHalves || kKept == kFloats ? 0 : (size + 2 * kBlock - 1) / (2 * kBlock));
}
