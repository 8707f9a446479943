// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/evaluation.h"
#include "core/evaluate/svg_plot.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace halftone::evaluate {

namespace {

constexpr const char* kStyle =
    R"(body{font:14px/1.45 system-ui,sans-serif;max-width:1120px;margin:32px auto;padding:0 16px;color:#1c2127;background:#fff}
table{border-collapse:collapse;width:100%}th,td{padding:5px 8px;text-align:right;border-bottom:1px solid #dfe3e8;font-variant-numeric:tabular-nums}
th{color:#5c6773;font-weight:500}th:first-child,td:first-child{text-align:left}.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:16px;margin-top:24px}
svg text{font-size:11px;fill:#5c6773}svg .title{font-size:13px;font-weight:600;fill:#1c2127}svg .grid{stroke:#e8ebef}p{color:#5c6773}
@media(prefers-color-scheme:dark){body{color:#e3e7ec;background:#191c21}th,td{border-color:#323841}svg .title{fill:#e3e7ec}svg .grid{stroke:#323841}th,p,svg text{color:#98a2ae;fill:#98a2ae}})";

/// The window's ramp from few bits (warm) to many (cool).
std::string colourOf(int bits)
{
    return bits <= 2 ? "#cf4a44"
        : bits == 3  ? "#e07545"
        : bits == 4  ? "#dfa052"
        : bits == 5  ? "#cdbd78"
        : bits == 6  ? "#7fb2c4"
        : bits <= 8  ? "#4c86bd"
                     : "#7c8794";
}

std::string fixed(double value, int decimals)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

std::string dateText(std::int64_t seconds)
{
    const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    const std::chrono::year_month_day date(day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", int(date.year()), unsigned(date.month()), unsigned(date.day()));
    return text.data();
}

std::string row(const EvaluatedVariant& variant)
{
    const Figures& f = variant.figures;
    std::string html = "<tr><td>" + escaped(variant.name) + "</td>";
    const auto cell = [&](const std::string& text) { html += "<td>" + text + "</td>"; };
    cell(fixed(double(variant.bytes) / 1e6, 2));
    cell(fixed(variant.bitsPerWeight, 2));
    if (f.tokens == 0)
        return html + "<td colspan='11'>not measured</td></tr>\n";
    cell(fixed(f.perplexity, 3) + " &#177; " + fixed(f.perplexityError, 3));
    for (const double kld : {f.meanKld, f.medianKld, f.p99Kld, f.maxKld})
        cell(fixed(kld, 5));
    cell(fixed(100 * f.trueChange, 2));
    cell(fixed(100 * f.top1Agreement, 2));
    cell(fixed(100 * f.top5Agreement, 2));
    cell(fixed(f.entropy, 3));
    cell(fixed(100 * f.calibrationError, 2));
    cell(variant.decodeMs > 0 ? fixed(variant.decodeMs, 2) : "&#8211;");
    return html + "</tr>\n";
}

/// One point for each variant.
template <class X, class Y>
SvgPlot points(const Evaluation& evaluation, SvgPlot plot, const X& x, const Y& y)
{
    for (const EvaluatedVariant& variant : evaluation.variants)
        if (variant.figures.tokens > 0)
            plot.series.push_back({variant.name, colourOf(variant.bits), {x(variant)}, {y(variant)}, false});
    return plot;
}

/// One line for each variant.
template <class X, class Y>
SvgPlot lines(const Evaluation& evaluation, SvgPlot plot, std::vector<Bin> Figures::*bins, const X& x, const Y& y)
{
    for (const EvaluatedVariant& variant : evaluation.variants) {
        SvgSeries series{variant.name, colourOf(variant.bits), {}, {}, true};
        for (std::size_t i = 0; i < (variant.figures.*bins).size(); ++i) {
            series.x.push_back(x((variant.figures.*bins)[i], i));
            series.y.push_back(y((variant.figures.*bins)[i]));
        }
        plot.series.push_back(std::move(series));
    }
    return plot;
}

/// Which colour is whose, for the plots of lines.
std::string legendHtml(const Evaluation& evaluation)
{
    std::string html = "<p>";
    for (const EvaluatedVariant& variant : evaluation.variants)
        html += "<span style='color:" + colourOf(variant.bits) + "'>&#9679;</span> " + escaped(variant.name) + " &#160; ";
    return html + "</p>\n";
}

std::string plotsHtml(const Evaluation& evaluation)
{
    const auto megabytes = [](const EvaluatedVariant& v) { return double(v.bytes) / 1e6; };
    const auto index = [](const Bin&, std::size_t i) { return double(i + 1); };
    std::string html = toSvg(points(evaluation, {"Perplexity against size", "MB", "perplexity", false, {}}, megabytes,
                                    [](const EvaluatedVariant& v) { return v.figures.perplexity; }));
    html += toSvg(points(evaluation, {"KL divergence against size", "MB", "nats, logarithmic", true, {}}, megabytes,
                         [](const EvaluatedVariant& v) { return v.figures.meanKld; }));
    html += toSvg(points(
        evaluation, {"Milliseconds per token", "bits per weight", "ms", false, {}},
        [](const EvaluatedVariant& v) { return v.bitsPerWeight; },
        [](const EvaluatedVariant& v) { return v.decodeMs > 0 ? v.decodeMs : NAN; }));
    html += toSvg(lines(
        evaluation, {"How confidence in the true token changes", "its probability in the original", "percentage points", false, {}},
        &Figures::confidence, [](const Bin& bin, std::size_t) { return bin.before; },
        [](const Bin& bin) { return 100 * (bin.after - bin.before); }));
    html +=
        toSvg(lines(evaluation, {"Where the loss falls", "tenths of the tokens, from sure to unsure", "change of loss, nats", false, {}},
                    &Figures::uncertainty, index, [](const Bin& bin) { return bin.after - bin.before; }));
    return html
        + toSvg(lines(evaluation, {"Along the window", "parts of the scored half", "mean KL, logarithmic", true, {}}, &Figures::positions,
                      index, [](const Bin& bin) { return bin.kld; }));
}

}  // namespace

std::string toHtml(const Evaluation& evaluation)
{
    std::string html = "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>" + escaped(evaluation.model)
        + " evaluated</title><style>" + kStyle + "</style></head><body>\n<h1>" + escaped(evaluation.model) + "</h1>\n<p>On "
        + escaped(evaluation.text) + ", " + std::to_string(evaluation.windows) + " windows of " + std::to_string(evaluation.window)
        + " tokens, the second half of each scored, on " + (evaluation.device.empty() ? "the CPU" : escaped(evaluation.device)) + "; "
        + dateText(evaluation.created) + (evaluation.complete() ? "" : "; not complete")
        + ".</p>\n<table><tr><th>variant</th><th>MB</th><th>bits / weight</th><th>perplexity</th><th>mean KL</th><th>median KL</th><th>99 "
          "% KL</th>"
          "<th>largest KL</th><th>true token, %-points</th><th>same first, %</th><th>same five, %</th><th>entropy</th><th>calibration "
          "error, %</th>"
          "<th>ms / token</th></tr>\n";
    for (const EvaluatedVariant& variant : evaluation.variants)
        html += row(variant);
    return html + "</table>\n" + legendHtml(evaluation) + "<div class='plots'>\n" + plotsHtml(evaluation) + "</div>\n</body></html>\n";
}

}  // namespace halftone::evaluate
