// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/distortion.h"
#include "core/inspect/statistics.h"
#include "core/model/tensor.h"

#include <QList>

#include <span>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}
namespace halftone::model {
class Model;
}

namespace halftone::app {

class WeightCounter;

// What the cards of the explore page show, as values, and the work behind them. Everything here runs in jobs.

constexpr int kFineBins = 16384;   ///< as many as a deep zoom needs; the plots join them to bars

/// What one type does to a tensor.
struct TypeError {
    quant::Type type;
    inspect::Distortion distortion;
};

/// One layer's tensor in the ridge.
struct RidgeRow {
    int tensor = -1;   ///< index into Model::tensors
    int layer = -1;
    double std = 0, absMax = 0;
    inspect::Histogram histogram;
};

struct Ridge {
    QList<RidgeRow> rows;        ///< in order of layer
    bool sampled = false;        ///< only a part of each tensor was read
};

/// The name without its block: "ffn_down.weight" of "blk.3.ffn_down.weight". Tensors of one kind make a ridge.
std::string kindOf(const model::Tensor& tensor);
/// All tensors of the same kind as this one.
QList<int> siblingsOf(const model::Model& model, int tensor);

/// This program can make `type` from this tensor, with or without an importance matrix.
bool canTake(const model::Tensor& tensor, quant::Type type, bool importance = false);

/// A view on whole rows from the middle of the tensor, with about `maxWeights` weights (at least one row).
model::Tensor middleOf(const model::Tensor& tensor, std::uint64_t maxWeights);

/// Every type of up to 8 bits that the tensor can take, in order of bits, each measured on a bounded number of rows.
/// `importance` is that of the tensor's columns, or empty.
std::vector<TypeError> measureErrors(const model::Tensor& tensor, std::span<const float> importance, const Executor& executor, Progress& progress);

/// The histograms of these tensors, without their indices. Reads all of them when they are small, else the middle of each.
Ridge measureRidge(std::span<const model::Tensor> tensors, const WeightCounter& counter, Progress& progress);

}  // namespace halftone::app
