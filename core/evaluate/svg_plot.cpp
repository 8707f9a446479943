// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace halftone::evaluate {

namespace {

constexpr double kWidth = 520, kHeight = 300, kLeft = 56, kRight = 508, kTop = 34, kBottom = 258;

std::string number(double value, int digits = 1)
{
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    std::ranges::replace(text, ',', '.');  // the locale's
    return text.data();
}

std::string shortNumber(double value)
{
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    std::ranges::replace(text, ',', '.');
    return text.data();
}

/// From values to places on the page.
struct Axis {
    double low = INFINITY, high = -INFINITY;
    double from = 0, to = 1;
    bool logarithmic = false;

    double scaled(double value) const { return logarithmic ? std::log10(value) : value; }
    bool shows(double value) const { return std::isfinite(value) && (!logarithmic || value > 0); }
    void include(double value)
    {
        low = std::min(low, scaled(value));
        high = std::max(high, scaled(value));
    }
    void widen()
    {
        if (!(low <= high))
            low = 0, high = 1;
        const double margin = high > low ? 0.06 * (high - low) : std::max(0.5, 0.1 * std::abs(low));
        low -= margin;
        high += margin;
    }
    double place(double value) const { return from + (scaled(value) - low) / (high - low) * (to - from); }
};

/// 1, 2 or 5 times a power of ten, about five steps; whole decades on a logarithmic axis of more than one.
std::vector<double> ticks(const Axis& axis)
{
    const double rough = (axis.high - axis.low) / 5, decade = std::pow(10, std::floor(std::log10(rough)));
    double step = rough > 5 * decade ? 10 * decade : rough > 2 * decade ? 5 * decade : rough > decade ? 2 * decade : decade;
    if (axis.logarithmic && axis.high - axis.low > 1)
        step = std::max(1.0, step);
    std::vector<double> values;
    for (double value = std::ceil(axis.low / step) * step; value <= axis.high; value += step)
        values.push_back(axis.logarithmic ? std::pow(10, value) : std::abs(value) < step / 1000 ? 0 : value);
    return values;
}

std::string label(double x, double y, const char* anchor, const std::string& text, const std::string& more = {})
{
    return "<text x='" + number(x) + "' y='" + number(y) + "' text-anchor='" + anchor + "'" + more + ">" + escaped(text) + "</text>";
}

std::string frame(const SvgPlot& plot, const Axis& x, const Axis& y)
{
    std::string svg;
    for (const double tick : ticks(y)) {
        const std::string place = number(y.place(tick));
        svg += "<line x1='" + number(kLeft) + "' x2='" + number(kRight) + "' y1='" + place + "' y2='" + place + "' class='grid'/>";
        svg += label(kLeft - 6, y.place(tick) + 4, "end", shortNumber(tick));
    }
    for (const double tick : ticks(x))
        svg += label(x.place(tick), kBottom + 16, "middle", shortNumber(tick));
    svg += label(kLeft, 18, "start", plot.title, " class='title'");
    return svg + label((kLeft + kRight) / 2, kHeight - 6, "middle", plot.xLabel) + label(kRight, 18, "end", plot.yLabel);
}

/// Names that keep apart: each takes the first place around its point that is free, or none; the point's title has it too.
class Names {
public:
    void block(double x, double y) { m_taken.push_back({x - 5, x + 5, y - 5, y + 5}); }

    std::string beside(double x, double y, const std::string& name)
    {
        constexpr double kGap = 8, kLetter = 6.2, kLine = 11;  // pixels
        const double w = kLetter * double(name.size());
        using Place = std::pair<double, double>;
        for (const auto& [left, base] :
             {Place{x - w / 2, y - kGap}, Place{x + kGap, y + 4}, Place{x - kGap - w, y + 4}, Place{x - w / 2, y + kGap + kLine}}) {
            const Box box{left, left + w, base - kLine, base};
            if (box.left < kLeft || box.right > kWidth || box.bottom > kBottom + 4
                || std::ranges::any_of(m_taken, [&](const Box& other) { return meet(box, other); }))
                continue;
            m_taken.push_back(box);
            return label(left, base, "start", name);
        }
        return {};
    }

private:
    struct Box {
        double left, right, top, bottom;
    };
    static bool meet(const Box& a, const Box& b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }

    std::vector<Box> m_taken;
};

/// body(point's place on the page, its index) for every point that has one.
template <class Body>
void forPlaces(const SvgSeries& series, const Axis& x, const Axis& y, const Body& body)
{
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
        if (x.shows(series.x[i]) && y.shows(series.y[i]))
            body(x.place(series.x[i]), y.place(series.y[i]), i);
}

std::string seriesSvg(const SvgSeries& series, const Axis& x, const Axis& y)
{
    std::string line, dots;
    forPlaces(series, x, y, [&](double px, double py, std::size_t i) {
        line += number(px) + ',' + number(py) + ' ';
        dots += "<circle cx='" + number(px) + "' cy='" + number(py) + "' r='" + (series.joined ? "2" : "4.5") + "' fill='" + series.colour
            + "'><title>" + escaped(series.name) + ": " + shortNumber(series.x[i]) + ", " + shortNumber(series.y[i]) + "</title></circle>";
    });
    if (!series.joined)
        return dots;
    return "<polyline fill='none' stroke='" + series.colour + "' stroke-width='1.6' points='" + line + "'/>" + dots;
}

std::string namesSvg(const SvgPlot& plot, const Axis& x, const Axis& y)
{
    Names names;
    std::string svg;
    for (const SvgSeries& series : plot.series)
        forPlaces(series, x, y, [&](double px, double py, std::size_t) { names.block(px, py); });
    for (const SvgSeries& series : plot.series)
        if (!series.joined)
            forPlaces(series, x, y, [&](double px, double py, std::size_t) { svg += names.beside(px, py, series.name); });
    return svg;
}

}  // namespace

std::string escaped(const std::string& text)
{
    std::string result;
    for (const char c : text)
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        case '\'': result += "&#39;"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20)
                result += c;
        }
    return result;
}

std::string toSvg(const SvgPlot& plot)
{
    Axis x{.from = kLeft + 8, .to = kRight - 8}, y{.from = kBottom, .to = kTop + 8, .logarithmic = plot.logarithmic};
    for (const SvgSeries& series : plot.series)
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
            if (x.shows(series.x[i]) && y.shows(series.y[i])) {
                x.include(series.x[i]);
                y.include(series.y[i]);
            }
    x.widen();
    y.widen();
    std::string svg =
        "<svg viewBox='0 0 " + number(kWidth, 0) + ' ' + number(kHeight, 0) + "' role='img' aria-label='" + escaped(plot.title) + "'>";
    svg += frame(plot, x, y);
    for (const SvgSeries& series : plot.series)
        svg += seriesSvg(series, x, y);
    return svg + namesSvg(plot, x, y) + "</svg>\n";
}

}  // namespace halftone::evaluate
