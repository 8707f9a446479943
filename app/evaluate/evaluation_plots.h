// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluate/evaluation.h"

#include <QWidget>

namespace halftone::app {

class Card;
class Segmented;
class VariantPlot;

/// The plots of an evaluation, linked: a variant chosen in one is chosen in all.
class EvaluationPlots : public QWidget {
    Q_OBJECT
public:
    explicit EvaluationPlots(QWidget* parent = nullptr);

    void setEvaluation(const evaluate::Evaluation& evaluation);
    void setCurrent(int row);

Q_SIGNALS:
    void variantClicked(int row);

private:
    VariantPlot* addPlot(Card* card, const QString& name);
    void showCurve();

    evaluate::Evaluation m_evaluation;
    VariantPlot* m_perplexity;
    VariantPlot* m_divergence;
    VariantPlot* m_speed;
    VariantPlot* m_curve;
    Card* m_curveCard;
    Segmented* m_curveKind;
};

}  // namespace halftone::app
