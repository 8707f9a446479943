// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/budget_scale.h"

#include "app/widgets/format_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

struct ScaleText {
    Q_DECLARE_TR_FUNCTIONS(BudgetScale)
};

constexpr double kHair = 1 + 1e-9;

/// The last divergence above zero: the end of a logarithmic scale.
double leastDivergence(const QList<Forecast::Point>& frontier)
{
    const auto found = std::find_if(frontier.rbegin(), frontier.rend(), [](const auto& point) { return point.kld.kld > 0; });
    return found == frontier.rend() ? 1e-9 : found->kld.kld;
}

}  // namespace

BudgetScale::BudgetScale(BudgetKind kind, const QList<Forecast::Point>& frontier, double cacheBytes)
    : m_kind(kind),
      m_cacheBytes(cacheBytes),
      m_first(valueOf(frontier.first())),
      m_last(kind == BudgetKind::Quality ? leastDivergence(frontier) : valueOf(frontier.last()))
{
    if (kind == BudgetKind::Speed)
        std::swap(m_first, m_last);
    else if (kind == BudgetKind::Quality)
        m_first = std::max(m_first, m_last);
}

double BudgetScale::valueOf(const Forecast::Point& point) const
{
    switch (m_kind) {
    case BudgetKind::FileSize: return double(point.bytes);
    case BudgetKind::Memory: return double(point.tensorBytes) + m_cacheBytes;
    case BudgetKind::Speed: return point.seconds > 0 ? 1 / point.seconds : 0;
    case BudgetKind::Quality: return point.kld.kld;
    }
    return 0;
}

double BudgetScale::valueAt(double share) const
{
    return even() ? m_first + share * (m_last - m_first) : m_first * std::pow(m_last / m_first, share);
}

double BudgetScale::shareOf(double value) const
{
    if (m_first == m_last)
        return 0;
    const double share = even() ? (value - m_first) / (m_last - m_first)
        : value > 0             ? std::log(value / m_first) / std::log(m_last / m_first)
                                : 1;
    return std::clamp(share, 0.0, 1.0);
}

plan::Budget BudgetScale::budgetOf(double value, const sense::Fit& fit) const
{
    switch (m_kind) {
    case BudgetKind::FileSize: return plan::MaxFileBytes{std::uint64_t(std::llround(value))};
    case BudgetKind::Memory: return plan::MaxTensorBytes{std::uint64_t(std::llround(std::max(0.0, value - m_cacheBytes)))};
    case BudgetKind::Speed: return plan::MaxSecondsPerToken{kHair / value};
    case BudgetKind::Quality: break;
    }
    return plan::MaxError{sense::errorFor(fit, value) * kHair};
}

std::optional<double> BudgetScale::valueOf(const plan::Budget& budget, const sense::Fit& fit) const
{
    if (const auto* size = std::get_if<plan::MaxFileBytes>(&budget); size && m_kind == BudgetKind::FileSize)
        return double(size->bytes);
    if (const auto* size = std::get_if<plan::MaxTensorBytes>(&budget); size && m_kind == BudgetKind::Memory)
        return double(size->bytes) + m_cacheBytes;
    if (const auto* time = std::get_if<plan::MaxSecondsPerToken>(&budget); time && m_kind == BudgetKind::Speed)
        return kHair / time->seconds;
    if (const auto* error = std::get_if<plan::MaxError>(&budget); error && m_kind == BudgetKind::Quality)
        return sense::predict(fit, error->error / kHair).kld;
    return std::nullopt;
}

QString BudgetScale::text(double value) const
{
    switch (m_kind) {
    case BudgetKind::FileSize:
    case BudgetKind::Memory: return bytesText(quint64(std::llround(value)));
    case BudgetKind::Speed: return speedText(value);
    case BudgetKind::Quality: break;
    }
    return ScaleText::tr("KL %1").arg(numberText(value));
}

}  // namespace halftone::app
