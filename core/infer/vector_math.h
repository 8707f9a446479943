// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace halftone::infer {

/// Arithmetic on rows of activations, SIMD chosen at run time. Every function runs on the calling thread, touches nothing
/// but its arguments and accepts any length, zero included. Spans of one call have the same length unless said otherwise.

/// IEEE binary16 to float and back (ties to even).
void widenHalves(std::span<const std::uint16_t> halves, std::span<float> out);
void narrowToHalves(std::span<const float> x, std::span<std::uint16_t> out);

/// y += x
void addTo(std::span<float> y, std::span<const float> x);
/// y += factor * x
void addTimes(std::span<float> y, std::span<const float> x, float factor);
/// gate = silu(gate) * up, where silu(x) = x / (1 + exp(-x))
void siluTimes(std::span<float> gate, std::span<const float> up);
/// The same with gelu(x) = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), the approximation that engines use.
void geluTimes(std::span<float> gate, std::span<const float> up);
/// gpt-oss: gate = g / (1 + exp(-1.702 g)) * (u + 1), where g is gate up to 7 and u is up from -7 to 7.
void clampedSiluTimes(std::span<float> gate, std::span<const float> up);
/// x = gelu(x)
void gelu(std::span<float> x);
/// x = cap * tanh(factor * x / cap): like factor * x where that is small, and never beyond cap. `cap` is more than 0.
void softCap(std::span<float> x, float factor, float cap);
/// out = x / sqrt(mean(x^2) + epsilon) * weight. `out` may be `x`.
void rmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> out);

/// out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight. `out` may be `x`.
void layerNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> out);

/// Which elements of a head turn together.
enum class RopePairing {
    Neighbours,  ///< (0, 1), (2, 3), ...: how GGUF stores the llama family
    Halves,  ///< (0, n/2), (1, n/2 + 1), ...: GPT-NeoX and Qwen
};
/// Turns the first 2 * cosine.size() elements of `head` by the angles whose cosines and sines are given, one per pair.
void rotate(std::span<float> head, std::span<const float> cosine, std::span<const float> sine, RopePairing pairing);

/// x = softmax(scale * x), in place. -infinity is allowed for all but one element.
void softmax(std::span<float> x, float scale);
/// x = exp(scale * x - shift), which should not be above exp(88); returns the sum.
float exponentials(std::span<float> x, float scale, float shift);
/// The largest element. `x` is not empty.
float largest(std::span<const float> x);

/// c[i][j] += sum over k of a[i][k] * b[k][j], all row-major with the given strides; `columns` is a multiple of 16.
/// The sum runs in order of k for each element, whatever the number of rows.
struct Product {
    const float* a;
    const float* b;
    float* c;
    std::size_t rows, depth, columns;
    std::size_t strideA, strideB, strideC;
};
void addProduct(const Product& product);
inline constexpr std::size_t kProductLanes = 16;

/// log(sum(exp(x))), to about 1e-7. `x` is not empty.
double logSumExp(std::span<const float> x);
/// KL(p || q) in nats for p = softmax(x), q = softmax(y), given their logSumExp.
double klDivergence(std::span<const float> x, double logSumX, std::span<const float> y, double logSumY);
/// Index of the first of the largest elements. `x` is not empty.
std::size_t argMax(std::span<const float> x);

}  // namespace halftone::infer
