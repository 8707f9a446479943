// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace halftone::evaluate {

namespace {

constexpr std::size_t kCalibrationBins = 15, kConfidenceBins = 20, kUncertaintyBins = 10, kPositionBins = 32;

using Tokens = std::span<const TokenFigures>;

struct Mean {
    double value = 0, error = 0;  ///< error: one standard error
};

template <class Get>
Mean meanOf(Tokens tokens, const Get& get)
{
    double sum = 0, squares = 0;
    for (const TokenFigures& each : tokens) {
        const double v = double(get(each));
        sum += v;
        squares += v * v;
    }
    const double n = double(tokens.size()), mean = sum / n;
    return {mean, tokens.size() > 1 ? std::sqrt(std::max(0.0, squares / n - mean * mean) / (n - 1)) : 0};
}

double trueProbability(const TokenFigures& token)
{
    return std::exp(-double(token.nll));
}

std::size_t binOf(double share, std::size_t bins)
{
    return std::min(bins - 1, std::size_t(std::max(0.0, share) * double(bins)));
}

/// By linear interpolation between order statistics.
double quantile(std::span<const float> sorted, double fraction)
{
    const double place = fraction * double(sorted.size() - 1);
    const std::size_t low = std::size_t(place), high = std::min(low + 1, sorted.size() - 1);
    return double(sorted[low]) + (place - double(low)) * (double(sorted[high]) - double(sorted[low]));
}

void addDivergence(Figures& figures, Tokens own)
{
    const Mean kld = meanOf(own, [](const TokenFigures& t) { return t.kld; });
    figures.meanKld = kld.value;
    figures.meanKldError = kld.error;
    std::vector<float> sorted(own.size());
    std::ranges::transform(own, sorted.begin(), &TokenFigures::kld);
    std::ranges::sort(sorted);
    figures.medianKld = quantile(sorted, 0.5);
    figures.p99Kld = quantile(sorted, 0.99);
    figures.maxKld = double(sorted.back());
}

void addTrueChange(Figures& figures, Tokens own, Tokens base)
{
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const double change = trueProbability(own[i]) - trueProbability(base[i]);
        sum += change;
        squares += change * change;
    }
    figures.trueChange = sum / double(own.size());
    figures.trueChangeRms = std::sqrt(squares / double(own.size()));
}

double calibrationError(Tokens own)
{
    std::array<double, kCalibrationBins> confidence{}, right{};
    for (const TokenFigures& token : own) {
        const std::size_t bin = binOf(double(token.confidence), kCalibrationBins);
        confidence[bin] += double(token.confidence);
        right[bin] += token.right;
    }
    double sum = 0;
    for (std::size_t bin = 0; bin < kCalibrationBins; ++bin)
        sum += std::abs(confidence[bin] - right[bin]);
    return sum / double(own.size());
}

/// The means of bins that were filled with sums, without the empty ones.
std::vector<Bin> means(std::vector<Bin> sums)
{
    std::erase_if(sums, [](const Bin& bin) { return bin.tokens == 0; });
    for (Bin& bin : sums) {
        bin.before /= double(bin.tokens);
        bin.after /= double(bin.tokens);
        bin.kld /= double(bin.tokens);
    }
    return sums;
}

void add(Bin& bin, double before, double after, double kld)
{
    ++bin.tokens;
    bin.before += before;
    bin.after += after;
    bin.kld += kld;
}

std::vector<Bin> byConfidence(Tokens own, Tokens base)
{
    std::vector<Bin> bins(kConfidenceBins);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const double before = trueProbability(base[i]);
        add(bins[binOf(before, kConfidenceBins)], before, trueProbability(own[i]), double(own[i].kld));
    }
    return means(std::move(bins));
}

std::vector<Bin> byUncertainty(Tokens own, Tokens base)
{
    std::vector<std::size_t> order(own.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return base[i].entropy; });
    std::vector<Bin> bins(kUncertaintyBins);
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const std::size_t i = order[rank];
        add(bins[rank * kUncertaintyBins / order.size()], double(base[i].nll), double(own[i].nll), double(own[i].kld));
    }
    return means(std::move(bins));
}

std::vector<Bin> byPosition(Tokens own, Tokens base, std::size_t scored)
{
    std::vector<Bin> bins(std::min(kPositionBins, scored));
    for (std::size_t i = 0; i < own.size(); ++i)
        add(bins[i % scored * bins.size() / scored], double(base[i].nll), double(own[i].nll), double(own[i].kld));
    return means(std::move(bins));
}

}  // namespace

Figures summarize(Tokens own, Tokens base, std::size_t scored)
{
    Figures figures;
    figures.tokens = own.size();
    const Mean nll = meanOf(own, [](const TokenFigures& t) { return t.nll; });
    figures.nll = nll.value;
    figures.perplexity = std::exp(nll.value);
    figures.perplexityError = figures.perplexity * nll.error;
    addDivergence(figures, own);
    addTrueChange(figures, own, base);
    figures.top1Agreement = meanOf(own, [](const TokenFigures& t) { return t.sameFirst; }).value;
    figures.top5Agreement = meanOf(own, [](const TokenFigures& t) { return t.sameFive; }).value / 5;
    figures.entropy = meanOf(own, [](const TokenFigures& t) { return t.entropy; }).value;
    figures.calibrationError = calibrationError(own);
    figures.confidence = byConfidence(own, base);
    figures.uncertainty = byUncertainty(own, base);
    figures.positions = byPosition(own, base, scored);
    return figures;
}

}  // namespace halftone::evaluate
