// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/evaluate.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/text_windows.h"
#include "core/infer/accelerator.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/infer/vector_math.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace halftone::evaluate {

namespace {

struct Mean {
    double value = 0, error = 0;  ///< error: one standard error
};

Mean meanOf(std::span<const double> values)
{
    double sum = 0, squares = 0;
    for (const double v : values) {
        sum += v;
        squares += v * v;
    }
    const double n = double(values.size()), mean = sum / n;
    return {mean, values.size() > 1 ? std::sqrt(std::max(0.0, squares / n - mean * mean) / (n - 1)) : 0};
}

Perplexity summarize(std::span<const double> nll)
{
    const Mean mean = meanOf(nll);
    const double perplexity = std::exp(mean.value);
    return {.perplexity = perplexity, .error = perplexity * mean.error, .nll = mean.value, .tokens = nll.size()};
}

/// By linear interpolation between order statistics.
double quantile(std::span<const double> sorted, double fraction)
{
    const double place = fraction * double(sorted.size() - 1);
    const std::size_t low = std::size_t(place), high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (place - double(low)) * (sorted[high] - sorted[low]);
}

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// One model walking through the windows.
class Runner {
public:
    Runner(const std::shared_ptr<const infer::Variant>& variant, const TextWindows& cut, infer::KvType kvType, const Executor& executor,
           infer::Accelerator* accelerator)
        : m_cut(cut),
          m_context(variant, cut.length(), executor, kvType, accelerator),
          m_vocabulary(variant->vocabularySize())
    {
    }

    void run(std::size_t window, Progress& progress)
    {
        const Stopwatch watch;
        m_context.clear();
        m_logits = m_context.evaluate(m_cut.input(window), m_cut.scored(), progress);
        progress.advance(1);  // the token that is only predicted
        m_seconds += watch.seconds();
    }

    /// The window's next rows stay on the device, `first` of those scored being there already. False where that cannot be.
    bool keep(std::size_t window, std::size_t first, std::size_t rows, Progress& progress)
    {
        const Stopwatch watch;
        if (first == 0)
            m_context.clear();
        const std::vector<token::Id> input = m_cut.input(window);
        const std::size_t begin = first == 0 ? 0 : input.size() - m_cut.scored() + first,
                          end = input.size() - m_cut.scored() + first + rows;
        const bool kept = m_context.evaluateKept(std::span(input).subspan(begin, end - begin), rows, progress);
        m_seconds += watch.seconds();
        return kept;
    }

    std::size_t mostKept(Progress& progress) { return m_context.mostKept(progress); }
    infer::Context& context() { return m_context; }
    std::span<const float> row(std::size_t i) const { return m_logits.subspan(i * m_vocabulary, m_vocabulary); }
    double seconds() const { return m_seconds; }

private:
    const TextWindows& m_cut;
    infer::Context m_context;
    std::uint64_t m_vocabulary;
    std::span<const float> m_logits;
    double m_seconds = 0;
};

/// A window's predictions compared where they were made. False where not all of them can be: the window is as good as new then.
bool compareOnDevice(Runner& a, Runner& b, const TextWindows& cut, std::size_t window, std::span<infer::ComparedPrediction> out,
                     Progress& progress)
{
    const std::size_t mostOfB = b.mostKept(progress);  // first: a device takes more of the layers that have fewer bits
    const std::size_t most = std::min(a.mostKept(progress), mostOfB);
    for (std::size_t first = 0; first < cut.scored(); first += most) {
        const std::size_t rows = std::min(most, cut.scored() - first);
        std::vector<token::Id> targets(rows);
        for (std::size_t i = 0; i < rows; ++i)
            targets[i] = cut.target(window, first + i);
        if (most == 0 || !a.keep(window, first, rows, progress) || !b.keep(window, first, rows, progress)
            || !a.context().compare(b.context(), targets, out.subspan(first, rows), progress))
            return false;
    }
    progress.advance(2);  // the tokens that are only predicted
    return true;
}

/// The same on the CPU.
void compareHere(Runner& a, Runner& b, const TextWindows& cut, std::size_t window, std::span<infer::ComparedPrediction> out,
                 const Executor& executor, Progress& progress)
{
    a.run(window, progress);
    b.run(window, progress);
    executor.forRanges(cut.scored(), 8, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const auto x = a.row(i), y = b.row(i);
            const double logSumX = infer::logSumExp(x), logSumY = infer::logSumExp(y);
            const std::size_t target = std::size_t(cut.target(window, i));
            out[i].x.nll = logSumX - double(x[target]);
            out[i].y.nll = logSumY - double(y[target]);
            out[i].divergence = infer::klDivergence(x, logSumX, y, logSumY);
            out[i].sameFirst = infer::argMax(x) == infer::argMax(y);
        }
    });
}

/// One figure of each prediction.
template <class Figure>
std::vector<double> column(std::span<const infer::ComparedPrediction> predictions, const Figure& figure)
{
    std::vector<double> values(predictions.size());
    std::ranges::transform(predictions, values.begin(),
                           [&](const infer::ComparedPrediction& one) { return double(std::invoke(figure, one)); });
    return values;
}

}  // namespace

Perplexity perplexity(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer,
                      std::span<const token::Id> tokens, const Windows& windows, const Executor& executor, Progress& progress,
                      infer::KvType kvType, infer::Accelerator* accelerator)
{
    const Stopwatch watch;
    const TextWindows cut(tokenizer, tokens, windows, variant->vocabularySize());
    progress.begin("measuring perplexity", cut.count() * cut.length(), Unit::Tokens);
    Runner runner(variant, cut, kvType, executor, accelerator);
    std::vector<double> nll(cut.count() * cut.scored());
    for (std::size_t window = 0; window < cut.count(); ++window) {
        runner.run(window, progress);
        executor.forRanges(cut.scored(), 8, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                const auto row = runner.row(i);
                nll[window * cut.scored() + i] = infer::logSumExp(row) - double(row[std::size_t(cut.target(window, i))]);
            }
        });
    }
    Perplexity result = summarize(nll);
    result.seconds = watch.seconds();
    return result;
}

Divergence divergence(const std::shared_ptr<const infer::Variant>& base, const std::shared_ptr<const infer::Variant>& quantized,
                      const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows,
                      const Executor& executor, Progress& progress, infer::KvType kvType, infer::Accelerator* accelerator)
{
    if (base->vocabularySize() != quantized->vocabularySize())
        throw Error(ErrorCode::Usage, "the two models have different vocabularies, so their predictions cannot be compared");
    const TextWindows cut(tokenizer, tokens, windows, base->vocabularySize());
    progress.begin("measuring divergence", 2 * cut.count() * cut.length(), Unit::Tokens);
    Runner a(base, cut, infer::KvType::F16, executor, accelerator), b(quantized, cut, kvType, executor, accelerator);
    std::vector<infer::ComparedPrediction> predictions(cut.count() * cut.scored());
    for (std::size_t window = 0; window < cut.count(); ++window) {
        const auto here = std::span(predictions).subspan(window * cut.scored(), cut.scored());
        if (!compareOnDevice(a, b, cut, window, here, progress))
            compareHere(a, b, cut, window, here, executor, progress);
    }

    Divergence result;
    result.base = summarize(column(predictions, [](const auto& one) { return one.x.nll; }));
    result.base.seconds = a.seconds();
    result.quantized = summarize(column(predictions, [](const auto& one) { return one.y.nll; }));
    result.quantized.seconds = b.seconds();
    std::vector<double> kld = column(predictions, &infer::ComparedPrediction::divergence);
    const Mean mean = meanOf(kld);
    result.meanKld = mean.value;
    result.meanKldError = mean.error;
    result.top1Agreement = meanOf(column(predictions, &infer::ComparedPrediction::sameFirst)).value;
    std::sort(kld.begin(), kld.end());
    result.medianKld = quantile(kld, 0.5);
    result.p99Kld = quantile(kld, 0.99);
    result.maxKld = kld.back();
    return result;
}

}  // namespace halftone::evaluate
