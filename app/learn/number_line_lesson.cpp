// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "app/widgets/format_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kMostBlocks = 1000;
constexpr double kWidest = 1.2;  // times the largest |w|

/// 32 weights, the levels they share, and what each loses.
class NumberLineLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(NumberLineLesson)
public:
    NumberLineLesson() : Lesson(words(), new NumberLine)
    {
        const auto percent = [](int value) { return QStringLiteral("%1 %").arg(QLocale().toString(value)); };
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 4);
        m_range = panel()->addKnob(tr("Range, share of the largest |w|"), 20, int(100 * kWidest), 100, percent);
        m_block = panel()->addKnob(tr("Block"), 0, 0, 0);
    }

protected:
    void takeMaterial() override { m_block->reset(0, int(std::min<std::size_t>(sample().blocks(lesson::kBlock), kMostBlocks)) - 1, 0); }

    void redraw() override
    {
        const auto weights = sample().block(std::size_t(m_block->value()), lesson::kBlock);
        const double largest = lesson::largestMagnitude(weights);
        const auto grid = lesson::symmetricGrid(largest * m_range->value() / 100, m_bits->value());
        static_cast<NumberLine*>(figure())->setPicture(blockPicture(weights, grid, -kWidest * largest, kWidest * largest));
        const auto best = lesson::bestReach(weights, m_bits->value());
        panel()->setFacts({
            {tr("Levels"), countText(quint64(grid.last - grid.first + 1))},
            {tr("Step"), digitsText(grid.step)},
            {tr("Bits per weight"),
             digitsText(m_bits->value() + double(lesson::kScaleBits) / lesson::kBlock),
             {},
             tr("The codes, and a scale of 16 bits for every 32 weights")},
            {tr("RMSE"), digitsText(lesson::rmse(weights, grid)), {}, tr("Root of the mean squared error")},
            {tr("Best RMSE"), digitsText(best.rmse), {}, tr("Exactly the least of all ranges")},
            {tr("Best range"), largest > 0 ? percentText(best.reach / largest) : QStringLiteral("–")},
        });
    }

private:
    static Text words()
    {
        return {QStringLiteral("line"), tr("A number line"),
                tr("These are 32 weights that share one scale. The bits say how many levels there are, the scale how far they reach; each "
                   "weight is stored as the nearest level. The orange strokes are what is lost. Levels that do not reach the largest "
                   "weight lie closer together for all others: often that is the better bargain."),
                QStringLiteral("explore")};
    }

    Knob* m_bits;
    Knob* m_range;
    Knob* m_block;
};

}  // namespace

std::unique_ptr<Lesson> makeNumberLineLesson()
{
    return std::make_unique<NumberLineLesson>();
}

}  // namespace halftone::app
