// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/curve_plot.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "app/widgets/format_text.h"
#include "core/lesson/granularity.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLocale>
#include <QSignalBlocker>

#include <algorithm>

namespace halftone::app {
namespace {

using lesson::Granularity;
using lesson::GranularityCost;

/// How many weights should share a scale.
class GranularityLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(GranularityLesson)
public:
    GranularityLesson() : Lesson(words(), new CurvePlot)
    {
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 4);
        m_granularity = panel()->addChoice(tr("One scale for"), {});
    }

    QString obstacle(const Material&) const override { return {}; }

protected:
    void takeMaterial() override
    {
        const QSignalBlocker quiet(m_granularity);
        const QString before = m_granularity->currentText();
        m_granularity->clear();
        for (const GranularityCost& cost : lesson::granularityCosts(sample(), m_bits->value()))
            m_granularity->addItem(nameOf(cost));
        const int same = m_granularity->findText(before);
        m_granularity->setCurrentIndex(same >= 0 ? same : std::max(0, m_granularity->findText(blockName(lesson::kBlock))));
    }

    void redraw() override
    {
        const auto costs = lesson::granularityCosts(sample(), m_bits->value());
        const int chosen = std::clamp(m_granularity->currentIndex(), 0, int(costs.size()) - 1);
        CurvePlot::Picture picture;
        picture.across = tr("bits per weight, scales included");
        picture.up = tr("RMSE");
        CurvePlot::Curve curve{{}, CurvePlot::Ink::Weights, {}, {}, true};
        for (int i = 0; i < int(costs.size()); ++i) {
            const GranularityCost& cost = costs[std::size_t(i)];
            curve.x << cost.bitsPerWeight;
            curve.y << cost.rmse;
            picture.labels.append({cost.bitsPerWeight, cost.rmse, nameOf(cost), i == chosen});
        }
        picture.curves.append(curve);
        static_cast<CurvePlot*>(figure())->setPicture(picture);
        showFacts(costs[std::size_t(chosen)], costs.front());
    }

private:
    static Text words()
    {
        return {QStringLiteral("granularity"), tr("Per tensor, row, block"),
                tr("A scale has to reach the largest weight it serves. One scale for the whole tensor serves the one largest of all, and "
                   "leaves coarse steps for everyone else. Smaller groups have finer steps, but each brings 16 bits more. Follow the "
                   "curve: where it gets flat, smaller blocks buy little."),
                QStringLiteral("plan")};
    }

    static QString blockName(std::size_t size) { return tr("block of %1").arg(size); }
    static QString nameOf(const GranularityCost& cost)
    {
        return cost.granularity == Granularity::Tensor ? tr("tensor")
            : cost.granularity == Granularity::Row     ? tr("row")
                                                       : blockName(cost.size);
    }

    void showFacts(const GranularityCost& cost, const GranularityCost& tensor)
    {
        panel()->setFacts({
            {tr("Weights per scale"), countText(cost.size)},
            {tr("Bits per weight"), digitsText(cost.bitsPerWeight)},
            {tr("RMSE"), digitsText(cost.rmse)},
            {tr("Error against one scale"),
             tensor.rmse > 0 ? QStringLiteral("× %1").arg(QLocale().toString(cost.rmse / tensor.rmse, 'f', 2)) : QStringLiteral("–"),
             {},
             tr("RMSE, as a multiple of what one scale for the whole tensor leaves")},
        });
    }

    Knob* m_bits;
    QComboBox* m_granularity;
};

}  // namespace

std::unique_ptr<Lesson> makeGranularityLesson()
{
    return std::make_unique<GranularityLesson>();
}

}  // namespace halftone::app
