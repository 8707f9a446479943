// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/evaluation.h"

#include <array>
#include <charconv>

namespace halftone::evaluate {

namespace {

/// The shortest text that reads back as the same number, whatever the locale.
std::string number(double value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string quoted(const std::string& text)
{
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + '"';
}

std::string line(const EvaluatedVariant& variant)
{
    const Figures& f = variant.figures;
    std::string text = quoted(variant.name) + ',' + std::to_string(variant.bytes) + ',' + number(variant.bitsPerWeight) + ','
        + std::to_string(variant.windows) + ',' + std::to_string(f.tokens);
    for (const double value : {f.perplexity, f.perplexityError, f.nll, f.meanKld, f.meanKldError, f.medianKld, f.p99Kld, f.maxKld,
                               f.trueChange, f.trueChangeRms, f.top1Agreement, f.top5Agreement, f.entropy, f.calibrationError})
        text += ',' + (f.tokens > 0 ? number(value) : std::string());
    return text + ',' + (variant.decodeMs > 0 ? number(variant.decodeMs) : std::string()) + '\n';
}

}  // namespace

std::string toCsv(const Evaluation& evaluation)
{
    std::string text = "name,bytes,bits_per_weight,windows,tokens,perplexity,perplexity_error,nll,mean_kld,mean_kld_error,median_kld,"
                       "p99_kld,max_kld,true_token_change,true_token_change_rms,top1_agreement,top5_agreement,entropy,ece,ms_per_token\n";
    for (const EvaluatedVariant& variant : evaluation.variants)
        text += line(variant);
    return text;
}

}  // namespace halftone::evaluate
