// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"
#include "app/learn/curve_plot.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "core/lesson/feedback.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr std::size_t kMostPoints = 600;  // of a curve; a screen has no more

/// Each rounding error is passed to the next weight, as a halftone print does with grey.
class FeedbackLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(FeedbackLesson)
public:
    FeedbackLesson() : Lesson(words(), new CurvePlot)
    {
        const auto hundredth = [](int value) { return QLocale().toString(value / 100.0, 'f', 2); };
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 3);
        m_rho = panel()->addKnob(tr("Correlation of neighbours, ρ"), 0, 99, 80, hundredth);
        m_share = panel()->addKnob(tr("Share of the error passed on"), 0, 100, 100, hundredth);
    }

    QString obstacle(const Material&) const override { return {}; }

protected:
    void redraw() override
    {
        const auto row = sample().row(sample().rows() / 2);
        lesson::FeedbackKnobs knobs{m_bits->value(), m_rho->value() / 100.0, 0, lesson::kBlock};
        const auto plain = lesson::quantizeWithFeedback(row, knobs);
        knobs.share = m_share->value() / 100.0;
        const auto fed = lesson::quantizeWithFeedback(row, knobs);
        const double whole = lesson::expectedSquare(row, knobs.rho), unit = whole > 0 ? 1 / whole : 0;
        static_cast<CurvePlot*>(figure())->setPicture({{curveOf(plain, tr("rounded to nearest"), CurvePlot::Ink::Muted, 100 * unit),
                                                        curveOf(fed, tr("with error feedback"), CurvePlot::Ink::Error, 100 * unit)},
                                                       {},
                                                       tr("weights of the row quantized so far"),
                                                       tr("output error, % of the output")});
        panel()->setFacts({
            {tr("Output error, plain"), percentText(plain.outputError.back() * unit), {}, meaning()},
            {tr("… with feedback"), percentText(fed.outputError.back() * unit), {}, meaning()},
            {tr("RMSE, plain"), digitsText(plain.rmse), {}, tr("Of the weights")},
            {tr("RMSE, with feedback"), digitsText(fed.rmse), {}, tr("Of the weights: it rises, and yet the output is nearer")},
        });
    }

private:
    static Text words()
    {
        return {QStringLiteral("feedback"), tr("Error feedback"),
                tr("A halftone print passes each dot's error to its neighbour, so that the eye sees the right grey. The same works for "
                   "weights: what counts is the output, a sum over a row, and where neighbouring inputs are alike an error can be made "
                   "good by the next weight. For inputs with correlation ρ between neighbours, ρ² between the next, and so on, this is "
                   "exactly what GPTQ does."),
                QStringLiteral("plan")};
    }

    static QString meaning() { return tr("Expected square of the error of the output, as a share of the output's own"); }

    static CurvePlot::Curve curveOf(const lesson::FeedbackRow& row, const QString& name, CurvePlot::Ink ink, double unit)
    {
        CurvePlot::Curve curve{name, ink, {0}, {0}, false};
        const std::size_t count = row.outputError.size(), points = std::min(count, kMostPoints);
        for (std::size_t i = 1; i <= points; ++i) {
            const std::size_t at = i * count / points;
            curve.x << double(at);
            curve.y << row.outputError[at - 1] * unit;
        }
        return curve;
    }

    Knob* m_bits;
    Knob* m_rho;
    Knob* m_share;
};

}  // namespace

std::unique_ptr<Lesson> makeFeedbackLesson()
{
    return std::make_unique<FeedbackLesson>();
}

}  // namespace halftone::app
