// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/bar_plot.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "app/widgets/format_text.h"

#include <QComboBox>
#include <QCoreApplication>

namespace halftone::app {
namespace {

using Picture = BarPlot::Picture;

constexpr int kBins = 100;
constexpr int kTableBits = 4;  // IQ4_NL has one table

/// Levels need not be evenly spaced.
class CodeBookLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(CodeBookLesson)
public:
    CodeBookLesson() : Lesson(words(), new BarPlot)
    {
        m_book = panel()->addChoice(tr("Levels"), {tr("evenly spaced"), tr("IQ4_NL's table"), tr("best for these weights")});
        m_bits = panel()->addKnob(tr("Bits"), 2, 4, 4);
    }

protected:
    void redraw() override
    {
        const bool isTable = m_book->currentIndex() == Table;
        m_bits->setEnabled(!isTable);
        const int bits = isTable ? kTableBits : m_bits->value();
        const auto& values = material().normalised;
        const auto uniform = lesson::uniformLevels(bits), table = lesson::iq4Levels(), best = lesson::lloydMax(values, uniform);
        const auto& shown = isTable ? table : m_book->currentIndex() == Best ? best : uniform;
        Picture picture = histogram();
        picture.sticks = {shown.begin(), shown.end()};
        static_cast<BarPlot*>(figure())->setPicture(picture);
        panel()->setFacts({
            {tr("Levels"), countText(shown.size())},
            {tr("RMSE, evenly spaced"), digitsText(lesson::rmse(values, uniform)), {}, unit()},
            {tr("RMSE, IQ4_NL's table"), bits == kTableBits ? digitsText(lesson::rmse(values, table)) : tr("4 bits only"), {}, unit()},
            {tr("RMSE, best"), digitsText(lesson::rmse(values, best)), {}, unit()},
        });
    }

private:
    enum Book { Uniform, Table, Best };

    static Text words()
    {
        return {QStringLiteral("books"), tr("Code books"),
                tr("Divide every weight by the largest of its block, and all blocks look alike: the largest itself lies at 1, most others "
                   "near zero. Levels that "
                   "lie closer together there lose less than even ones of as many bits. IQ4_NL has one fixed table for all models; the "
                   "best levels for these weights (each the mean of the weights it serves) show how much is left to gain."),
                QStringLiteral("explore")};
    }

    static QString unit() { return tr("As a share of the block's largest weight"); }

    Picture histogram() const
    {
        const auto& values = material().normalised;
        Picture picture;
        picture.across = tr("weight, as a share of its block's largest");
        picture.up = tr("% of the weights");
        std::size_t below = 0;
        for (int bin = 0; bin < kBins; ++bin) {
            const double end = -1 + 2.0 * (bin + 1) / kBins;
            const std::size_t next = bin + 1 == kBins ? values.count() : values.countBelow(end);
            picture.at << end - 1.0 / kBins;
            picture.height << (values.count() ? 100.0 * double(next - below) / double(values.count()) : 0);
            below = next;
        }
        return picture;
    }

    QComboBox* m_book;
    Knob* m_bits;
};

}  // namespace

std::unique_ptr<Lesson> makeCodeBookLesson()
{
    return std::make_unique<CodeBookLesson>();
}

}  // namespace halftone::app
