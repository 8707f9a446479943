// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace halftone::cli {

class Console;

/// What a parsed command does; called once the common options are known.
using Action = std::function<void(Console&)>;

// Each adds its subcommand to the program; when it is the one typed, `chosen` becomes its action.
void addInspect(CLI::App& program, Action& chosen);
void addDevices(CLI::App& program, Action& chosen);
void addQuantize(CLI::App& program, Action& chosen);
void addConvert(CLI::App& program, Action& chosen);
void addTokenize(CLI::App& program, Action& chosen);
void addChat(CLI::App& program, Action& chosen);
void addGenerate(CLI::App& program, Action& chosen);
void addPerplexity(CLI::App& program, Action& chosen);
void addDivergence(CLI::App& program, Action& chosen);
void addEvaluate(CLI::App& program, Action& chosen);
void addCompare(CLI::App& program, Action& chosen);
void addImportance(CLI::App& program, Action& chosen);
void addVerify(CLI::App& program, Action& chosen);
void addDiff(CLI::App& program, Action& chosen);
void addCompress(CLI::App& program, Action& chosen);
void addBench(CLI::App& program, Action& chosen);
void addFamily(CLI::App& program, Action& chosen);
void addSensitivity(CLI::App& program, Action& chosen);
void addPlan(CLI::App& program, Action& chosen);

}  // namespace halftone::cli
