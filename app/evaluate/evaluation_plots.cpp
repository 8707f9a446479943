// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_plots.h"

#include "app/evaluate/variant_plot.h"
#include "app/widgets/card.h"
#include "app/widgets/segmented.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace halftone::app {
namespace {

using evaluate::Bin;
using evaluate::EvaluatedVariant;
using evaluate::Evaluation;

enum CurveKind { Confidence, Loss, Position };

QString nameOf(const Evaluation& evaluation, std::size_t row)
{
    return row == 0 ? EvaluationPlots::tr("Original") : QString::fromStdString(evaluation.variants[row].name);
}

/// One point for each variant that was measured.
template <class Point>
QList<VariantPlot::Series> points(const Evaluation& evaluation, const Point& point)
{
    QList<VariantPlot::Series> series;
    for (std::size_t i = 0; i < evaluation.variants.size(); ++i)
        if (const EvaluatedVariant& variant = evaluation.variants[i]; variant.figures.tokens > 0)
            series.append({nameOf(evaluation, i), variant.bits, int(i), {point(variant)}});
    return series;
}

/// One line for each.
template <class Point>
QList<VariantPlot::Series> lines(const Evaluation& evaluation, std::vector<Bin> evaluate::Figures::*bins, const Point& point)
{
    QList<VariantPlot::Series> series;
    for (std::size_t i = 0; i < evaluation.variants.size(); ++i) {
        VariantPlot::Series line{nameOf(evaluation, i), evaluation.variants[i].bits, int(i), {}};
        const auto& of = evaluation.variants[i].figures.*bins;
        for (std::size_t bin = 0; bin < of.size(); ++bin)
            line.points.append(point(of[bin], double(bin) / double(of.size())));
        series.append(line);
    }
    return series;
}

}  // namespace

EvaluationPlots::EvaluationPlots(QWidget* parent)
    : QWidget(parent),
      m_curveCard(new Card({}, this)),
      m_curveKind(new Segmented({tr("Confidence"), tr("Loss"), tr("Position")}, m_curveCard))
{
    auto* perplexity = new Card(tr("Perplexity against size"), this);
    auto* divergence = new Card(tr("KL to the original"), this);
    auto* speed = new Card(tr("Milliseconds per token"), this);
    m_perplexity = addPlot(perplexity, tr("Perplexity against size"));
    m_divergence = addPlot(divergence, tr("KL against size"));
    m_speed = addPlot(speed, tr("Milliseconds per token against bits"));
    m_curve = addPlot(m_curveCard, tr("Change of confidence and loss"));
    m_curveCard->controls()->addWidget(m_curveKind);
    connect(m_curveKind, &Segmented::indexChanged, this, &EvaluationPlots::showCurve);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(10);
    grid->addWidget(perplexity, 0, 0);
    grid->addWidget(divergence, 0, 1);
    grid->addWidget(speed, 1, 0);
    grid->addWidget(m_curveCard, 1, 1);
    for (int i = 0; i < 2; ++i) {
        grid->setColumnStretch(i, 1);
        grid->setRowStretch(i, 1);
    }
}

VariantPlot* EvaluationPlots::addPlot(Card* card, const QString& name)
{
    auto* plot = new VariantPlot(card);
    plot->setAccessibleName(name);
    connect(plot, &VariantPlot::variantClicked, this, &EvaluationPlots::variantClicked);
    card->body()->addWidget(plot, 1);
    return plot;
}

void EvaluationPlots::setEvaluation(const Evaluation& evaluation)
{
    m_evaluation = evaluation;
    const auto megabytes = [](const EvaluatedVariant& variant) { return double(variant.bytes) / 1e6; };
    m_perplexity->setContent({.xLabel = tr("file size, MB"), .series = points(evaluation, [&](const EvaluatedVariant& v) {
                                                                 return QPointF(megabytes(v), v.figures.perplexity);
                                                             })});
    m_divergence->setContent(
        {.xLabel = tr("file size, MB"), .logarithmic = true, .series = points(evaluation, [&](const EvaluatedVariant& v) {
                                                                 return QPointF(megabytes(v), v.figures.meanKld);
                                                             })});
    m_speed->setContent({.xLabel = tr("bits per weight"), .series = points(evaluation, [](const EvaluatedVariant& v) {
                                                              return QPointF(v.bitsPerWeight, v.decodeMs > 0 ? v.decodeMs : NAN);
                                                          })});
    showCurve();
}

void EvaluationPlots::showCurve()
{
    switch (m_curveKind->index()) {
    case Confidence:
        m_curveCard->setNote(tr("true token, percentage points"));
        m_curve->setContent({.xLabel = tr("its probability in the original"),
                             .joined = true,
                             .series = lines(m_evaluation, &evaluate::Figures::confidence,
                                             [](const Bin& bin, double) { return QPointF(bin.before, 100 * (bin.after - bin.before)); })});
        break;
    case Loss:
        m_curveCard->setNote(tr("change of the loss, nats"));
        m_curve->setContent({.xLabel = tr("tokens from sure to unsure, by the original's entropy, %"),
                             .joined = true,
                             .series = lines(m_evaluation, &evaluate::Figures::uncertainty, [](const Bin& bin, double place) {
                                 return QPointF(100 * place + 5, bin.after - bin.before);
                             })});
        break;
    default:
        m_curveCard->setNote(tr("mean KL along the window"));
        m_curve->setContent({.xLabel = tr("place in the scored half, %"),
                             .joined = true,
                             .logarithmic = true,
                             .series = lines(m_evaluation, &evaluate::Figures::positions,
                                             [](const Bin& bin, double place) { return QPointF(100 * place, bin.kld); })});
    }
}

void EvaluationPlots::setCurrent(int row)
{
    for (VariantPlot* plot : {m_perplexity, m_divergence, m_speed, m_curve})
        plot->setCurrent(row);
}

}  // namespace halftone::app
