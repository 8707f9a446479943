// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"

#include <QComboBox>
#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

/// The block that lies farthest to one side, under levels around zero and under levels from its least to its largest weight.
class AffineLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(AffineLesson)
public:
    AffineLesson() : Lesson(words(), new NumberLine)
    {
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 3);
        m_kind = panel()->addChoice(tr("Levels"), {tr("symmetric"), tr("affine")});
    }

protected:
    void redraw() override
    {
        const auto weights = sample().block(material().asideBlock, lesson::kBlock);
        const auto [low, high] = std::ranges::minmax(weights);
        const double reach = lesson::largestMagnitude(weights);
        const auto symmetric = lesson::symmetricGrid(reach, m_bits->value());
        const auto affine = lesson::affineGrid(double(low), double(high), m_bits->value());
        const bool isAffine = m_kind->currentIndex() == 1;
        const auto& grid = isAffine ? affine : symmetric;
        static_cast<NumberLine*>(figure())->setPicture(blockPicture(weights, grid, -reach, reach));
        const int numbers = isAffine ? 2 : 1;
        panel()->setFacts({
            {tr("Scale"), digitsText(grid.step)},
            {tr("Minimum"), isAffine ? digitsText(grid.offset) : QStringLiteral("–")},
            {tr("Zero point"), zeroPoint(grid, isAffine), {}, tr("The code that stands for zero, or where it would lie")},
            {tr("Bits per weight"), digitsText(m_bits->value() + double(numbers * lesson::kScaleBits) / lesson::kBlock)},
            {tr("RMSE, symmetric"), digitsText(lesson::rmse(weights, symmetric))},
            {tr("RMSE, affine"), digitsText(lesson::rmse(weights, affine))},
        });
    }

private:
    static Text words()
    {
        return {QStringLiteral("affine"), tr("Affine and symmetric"),
                tr("Symmetric levels lie around zero and need a scale only. Affine levels begin at the block's least weight and end at its "
                   "largest, so none is wasted, but the minimum has to be stored too. This is the block of the tensor that lies farthest "
                   "to one side, where that pays most. Q4_0 is of the first kind, Q4_1 and Q4_K are of the second."),
                QStringLiteral("plan")};
    }

    static QString zeroPoint(const lesson::Grid& grid, bool isAffine)
    {
        return !isAffine ? QStringLiteral("0") : grid.step > 0 ? digitsText(std::round(-grid.offset / grid.step)) : QStringLiteral("–");
    }

    Knob* m_bits;
    QComboBox* m_kind;
};

}  // namespace

std::unique_ptr<Lesson> makeAffineLesson()
{
    return std::make_unique<AffineLesson>();
}

}  // namespace halftone::app
