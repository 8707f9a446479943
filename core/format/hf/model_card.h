// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace halftone::format::hf {

/// One entry of a model card's front matter: "license: mit" has one value, a list several.
struct CardEntry {
    std::string key;
    std::vector<std::string> values;
    bool list = false;
};

/// The front matter of a README.md: the lines between the first two "---". The simple part of YAML that model cards use is
/// read: top-level keys with a plain or quoted value, "[a, b]" or a list of "- item" lines. What goes beyond is skipped.
std::vector<CardEntry> readModelCard(std::string_view text);

}  // namespace halftone::format::hf
