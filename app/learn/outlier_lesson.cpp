// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "core/lesson/outliers.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kTenths = 10;  // the slider counts tenths of a multiple

/// One weight grows, and all others pay.
class OutlierLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(OutlierLesson)
public:
    OutlierLesson() : Lesson(words(), new NumberLine)
    {
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 4);
        m_size = panel()->addKnob(tr("The largest weight"), kTenths, 20 * kTenths, 4 * kTenths, [](int tenths) {
            return QStringLiteral("× %1").arg(QLocale().toString(double(tenths) / kTenths, 'f', 1));
        });
        m_aside = panel()->addKnob(tr("Kept aside at 16 bits"), 0, 4, 0);
    }

protected:
    void redraw() override
    {
        const auto source = sample().block(sample().blocks(lesson::kBlock) / 2, lesson::kBlock);
        const auto block = lesson::withOutlier(source, double(m_size->value()) / kTenths, std::size_t(m_aside->value()), m_bits->value());
        const double reach = lesson::largestMagnitude(block.weights);
        auto picture = blockPicture(block.weights, block.grid, -reach, reach);
        picture.points[qsizetype(block.enlarged)].mark = NumberLine::Mark::Enlarged;
        for (const std::size_t index : block.aside) {
            picture.points[qsizetype(index)].mark = NumberLine::Mark::KeptAside;
            picture.points[qsizetype(index)].stored = block.stored(index);
        }
        static_cast<NumberLine*>(figure())->setPicture(picture);
        const auto before = lesson::withOutlier(source, 1, 0, m_bits->value());
        panel()->setFacts({
            {tr("Step"), digitsText(block.grid.step)},
            {tr("RMSE of the others"), digitsText(block.rmseOfOthers), {}, tr("Of the weights that are neither enlarged nor kept aside")},
            {tr("… as it was"),
             digitsText(before.rmseOfOthers),
             {},
             tr("With the largest weight as it is in the tensor, and none kept aside")},
            {tr("Bits per weight"),
             digitsText(block.bitsPerWeight),
             {},
             tr("Codes and scale, and 16 bits and a place of 5 bits for each weight kept aside")},
        });
    }

private:
    static Text words()
    {
        return {QStringLiteral("outliers"), tr("Outliers"),
                tr("Make the block's largest weight (blue) larger still. The levels stretch to reach it, and the others find ever fewer of "
                   "them near zero, where they all are. Small blocks limit the damage to few neighbours; keeping the largest weights aside "
                   "(blue rings) ends it, for some bits more."),
                QStringLiteral("explore")};
    }

    Knob* m_bits;
    Knob* m_size;
    Knob* m_aside;
};

}  // namespace

std::unique_ptr<Lesson> makeOutlierLesson()
{
    return std::make_unique<OutlierLesson>();
}

}  // namespace halftone::app
