// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/forecast.h"
#include "core/plan/solver.h"

#include <QList>
#include <QString>

#include <optional>

namespace halftone::app {

/// What a budget limits.
enum class BudgetKind { FileSize, Memory, Speed, Quality };

/// From a place on a slider to a budget and back, as a value: bytes in even steps, tokens a second and divergences in even ratios.
/// The number rises from left to right for bytes and speed; quality rises, so its divergence falls.
class BudgetScale {
public:
    /// `frontier`: not empty, from the least cost to the least error; of times for Speed, of sizes for the others. `cacheBytes`: what
    /// lies in memory beside the weights.
    BudgetScale(BudgetKind kind, const QList<Forecast::Point>& frontier, double cacheBytes);

    double first() const { return m_first; }  ///< bytes, tokens a second or nats, at the left end
    double last() const { return m_last; }
    double valueAt(double share) const;  ///< share 0 (left) to 1
    double shareOf(double value) const;  ///< 0 to 1

    /// `value` as the solver takes it; a hair looser, so that the value of a point on the frontier admits it.
    plan::Budget budgetOf(double value, const sense::Fit& fit) const;
    /// Back; empty for a budget of another kind.
    std::optional<double> valueOf(const plan::Budget& budget, const sense::Fit& fit) const;
    double valueOf(const Forecast::Point& point) const;

    QString text(double value) const;  ///< "4.79 MB", "31 tokens / s", "KL 0.0034"

private:
    bool even() const { return m_kind == BudgetKind::FileSize || m_kind == BudgetKind::Memory; }

    BudgetKind m_kind;
    double m_cacheBytes;
    double m_first, m_last;
};

}  // namespace halftone::app
