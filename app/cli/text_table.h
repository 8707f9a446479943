// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace halftone::cli {

/// Columns as wide as their widest cell; the first left-aligned, the others right-aligned.
std::string textTable(const std::vector<std::vector<std::string>>& rows);

/// Texts beside each other under their titles, wrapped at spaces to columns of equal width.
std::string sideBySide(const std::vector<std::string>& titles, const std::vector<std::string>& texts, int totalWidth);

std::string fixed(double value, int decimals);

}  // namespace halftone::cli
