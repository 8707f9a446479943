// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tensor_details.h"

#include "app/cli/text_table.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

using inspect::ChannelMeasure;
using inspect::ChannelSide;
using nlohmann::json;

constexpr std::size_t kListed = 10;
constexpr double kShares[] = {0.5, 0.9, 0.99};

json topJson(const ChannelSide& side, ChannelMeasure by)
{
    json top = json::array();
    for (const std::size_t i : inspect::strongest(side, by, kListed))
        top.push_back({{"index", i},
                       {"mean", side.mean[i]},
                       {"max", side.max[i]},
                       {"mean_ratio", side.meanRatio(i)},
                       {"max_ratio", side.maxRatio(i)}});
    return top;
}

json sideJson(const ChannelSide& side)
{
    return {{"count", side.mean.size()},
            {"median_mean", side.medianMean},
            {"median_max", side.medianMax},
            {"outliers", inspect::outliers(side).size()},
            {"by_mean", topJson(side, ChannelMeasure::Mean)},
            {"by_max", topJson(side, ChannelMeasure::Max)}};
}

std::string sideText(const std::string& name, const ChannelSide& side)
{
    std::vector<std::vector<std::string>> rows{{name, "mean |w|", "x median", "max |w|", "x median"}};
    for (const std::size_t i : inspect::strongest(side, ChannelMeasure::Mean, kListed))
        rows.push_back({std::to_string(i), fixed(double(side.mean[i]), 6), fixed(side.meanRatio(i), 2), fixed(double(side.max[i]), 6),
                        fixed(side.maxRatio(i), 2)});
    return textTable(rows);
}

std::string countText(const inspect::Spectrum& spectrum, double share)
{
    const auto count = spectrum.countFor(share);
    return count ? std::to_string(*count) : "more than " + std::to_string(spectrum.values.size());
}

}  // namespace

json channelsJson(const inspect::Channels& channels)
{
    return {{"rows", sideJson(channels.rows)}, {"columns", sideJson(channels.columns)}};
}

std::string channelsText(const inspect::Channels& channels)
{
    return sideText("column", channels.columns) + "\n" + sideText("row", channels.rows);
}

json spectrumJson(const inspect::Spectrum& spectrum)
{
    json object{{"count", spectrum.count}, {"energy", spectrum.energy}, {"exact", spectrum.exact}, {"values", spectrum.values}};
    for (const double share : kShares) {
        const auto count = spectrum.countFor(share);
        object[std::string("k").append(fixed(100 * share, 0))] = count ? json(*count) : json();
    }
    return object;
}

std::string spectrumText(const inspect::Spectrum& spectrum)
{
    std::vector<std::vector<std::string>> rows{
        {"energy in the first singular values", "of " + std::to_string(spectrum.count) + (spectrum.exact ? "" : ", estimated")}};
    for (const double share : kShares)
        rows.push_back({fixed(100 * share, 0) + " %", countText(spectrum, share)});
    return textTable(rows);
}

}  // namespace halftone::cli
