// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/evaluate.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/infer/vector_math.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace halftone::evaluate {

namespace {

/// The text cut into windows.
class Cut {
public:
    Cut(const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows, std::uint64_t vocabulary)
        : m_length(windows.window)
    {
        if (m_length < 4)
            throw Error(ErrorCode::Usage, "a window has at least 4 tokens");
        if (tokenizer.addsBos())
            m_bos = tokenizer.bos();
        // The text starts with BOS before it is cut, as llama-perplexity's does.
        if (m_bos)
            m_ids.push_back(*m_bos);
        m_ids.insert(m_ids.end(), tokens.begin(), tokens.end());
        m_count = m_ids.size() / m_length;
        if (windows.maxWindows > 0)
            m_count = std::min(m_count, windows.maxWindows);
        if (m_count == 0)
            throw Error(ErrorCode::Usage, {.problem = "the text has " + std::to_string(m_ids.size()) + " tokens, fewer than one window of "
                                                          + std::to_string(m_length),
                                           .file = {}, .place = {}, .advice = "give a longer text or a shorter context"});
        const auto unknown = [&](token::Id id) { return id < 0 || std::uint64_t(id) >= vocabulary; };
        if (std::any_of(m_ids.begin(), m_ids.end(), unknown))
            throw Error(ErrorCode::Usage, "the text was cut into tokens that the model does not have");
    }

    std::size_t count() const { return m_count; }
    std::size_t length() const { return m_length; }
    /// Predictions that count: of the second half, without the one past the end.
    std::size_t scored() const { return m_length - 1 - m_length / 2; }
    /// What is run; the last token is only ever predicted.
    std::vector<token::Id> input(std::size_t window) const
    {
        const auto first = m_ids.begin() + std::ptrdiff_t(window * m_length);
        std::vector<token::Id> ids(first, first + std::ptrdiff_t(m_length) - 1);
        if (m_bos)
            ids.front() = *m_bos;
        return ids;
    }
    /// The true token after the i-th scored position.
    token::Id target(std::size_t window, std::size_t i) const { return m_ids[window * m_length + m_length / 2 + 1 + i]; }

private:
    std::vector<token::Id> m_ids;
    std::optional<token::Id> m_bos;
    std::size_t m_length, m_count = 0;
};

struct Mean {
    double value = 0, error = 0;   ///< error: one standard error
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
    Runner(const std::shared_ptr<const infer::Variant>& variant, const Cut& cut, const Executor& executor)
        : m_cut(cut)
        , m_context(variant, cut.length(), executor)
        , m_vocabulary(variant->vocabularySize())
    {
    }

    void run(std::size_t window, Progress& progress)
    {
        const Stopwatch watch;
        m_context.clear();
        m_logits = m_context.evaluate(m_cut.input(window), m_cut.scored(), progress);
        progress.advance(1);   // the token that is only predicted
        m_seconds += watch.seconds();
    }

    std::span<const float> row(std::size_t i) const { return m_logits.subspan(i * m_vocabulary, m_vocabulary); }
    double seconds() const { return m_seconds; }

private:
    const Cut& m_cut;
    infer::Context m_context;
    std::uint64_t m_vocabulary;
    std::span<const float> m_logits;
    double m_seconds = 0;
};

}  // namespace

Perplexity perplexity(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, std::span<const token::Id> tokens,
                      const Windows& windows, const Executor& executor, Progress& progress)
{
    const Stopwatch watch;
    const Cut cut(tokenizer, tokens, windows, variant->vocabularySize());
    progress.begin("measuring perplexity", cut.count() * cut.length(), Unit::Tokens);
    Runner runner(variant, cut, executor);
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
                      const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows, const Executor& executor,
                      Progress& progress)
{
    if (base->vocabularySize() != quantized->vocabularySize())
        throw Error(ErrorCode::Usage, "the two models have different vocabularies, so their predictions cannot be compared");
    const Cut cut(tokenizer, tokens, windows, base->vocabularySize());
    progress.begin("measuring divergence", 2 * cut.count() * cut.length(), Unit::Tokens);
    Runner a(base, cut, executor), b(quantized, cut, executor);
    const std::size_t scored = cut.scored(), total = cut.count() * scored;
    std::vector<double> nllA(total), nllB(total), kld(total), same(total);
    for (std::size_t window = 0; window < cut.count(); ++window) {
        a.run(window, progress);
        b.run(window, progress);
        executor.forRanges(scored, 8, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                const auto x = a.row(i), y = b.row(i);
                const double logSumX = infer::logSumExp(x), logSumY = infer::logSumExp(y);
                const std::size_t target = std::size_t(cut.target(window, i)), at = window * scored + i;
                nllA[at] = logSumX - double(x[target]);
                nllB[at] = logSumY - double(y[target]);
                kld[at] = infer::klDivergence(x, logSumX, y, logSumY);
                same[at] = infer::argMax(x) == infer::argMax(y) ? 1 : 0;
            }
        });
    }

    Divergence result;
    result.base = summarize(nllA);
    result.base.seconds = a.seconds();
    result.quantized = summarize(nllB);
    result.quantized.seconds = b.seconds();
    const Mean mean = meanOf(kld);
    result.meanKld = mean.value;
    result.meanKldError = mean.error;
    result.top1Agreement = meanOf(same).value;
    std::sort(kld.begin(), kld.end());
    result.medianKld = quantile(kld, 0.5);
    result.p99Kld = quantile(kld, 0.99);
    result.maxKld = kld.back();
    return result;
}

}  // namespace halftone::evaluate
