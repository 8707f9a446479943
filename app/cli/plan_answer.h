// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"
#include "core/plan/explain.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"
#include "core/sense/sensitivity.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace halftone::cli {

/// One of the best plans.
struct FrontierPoint {
    std::uint64_t bytes;
    double tokensPerSecond, kld;
};

/// A plan that meets the budget, and what is expected of it.
struct PlanAnswer {
    std::shared_ptr<const model::Model> model;
    sense::Level level = sense::Level::Weights;
    plan::Recipe recipe;
    plan::Plan plan;
    sense::Prediction prediction;
    std::vector<plan::Explanation> reasons;
    std::string command;  ///< of llama-quantize, that makes the same file
    double cacheBytes = 0;  ///< of a text as long as the context; 0 where memory was not asked about
    double tokensPerSecond = 0;  ///< estimated; 0 where speed was not asked about
    std::vector<plan::TypeSpeed> speeds = {};  ///< that it was estimated from
    std::string speedsDevice = "CPU";  ///< that runs so fast
    std::vector<FrontierPoint> frontier = {};  ///< where asked for
    std::vector<bool> carried = {};  ///< by tensor: its figure was not measured
};

/// As the command-line contract says; `out` is the file that the plan was written to.
nlohmann::json answerJson(const PlanAnswer& answer, const std::string& out);
std::string answerText(const PlanAnswer& answer, const std::string& out);

}  // namespace halftone::cli
