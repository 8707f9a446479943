// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"
#include "app/learn/layout_bar.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "core/lesson/anatomy.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {
namespace {

using lesson::Anatomy;
using lesson::Dial;
using lesson::FieldKind;
using Part = LayoutBar::Part;

/// The layout of the block, above the weights of one of its sub-blocks.
class AnatomyFigure : public QWidget {
public:
    AnatomyFigure() : bar(new LayoutBar), line(new NumberLine)
    {
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(10);
        layout->addWidget(bar);
        layout->addWidget(line, 1);
    }

    LayoutBar* bar;
    NumberLine* line;
};

/// A real packed block taken apart; a sub-block's scale and minimum can be turned.
class AnatomyLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(AnatomyLesson)
public:
    AnatomyLesson() : Lesson(words(), new AnatomyFigure)
    {
        m_format = panel()->addChoice(tr("Format"), {});
        m_sub = panel()->addKnob(tr("Sub-block"), 0, 0, 0);
        m_scale = panel()->addKnob(tr("Its scale"), 0, 1, 0, [this](int at) { return dialText(&lesson::SubBlock::scaleDial, at); });
        m_minimum = panel()->addKnob(tr("Its minimum"), 0, 1, 0, [this](int at) { return dialText(&lesson::SubBlock::minimumDial, at); });
    }

    QString obstacle(const Material& material) const override
    {
        return fitting(material.sample).isEmpty()
            ? tr("The rows of this tensor do not divide into blocks of these formats. Select another one.")
            : QString();
    }

protected:
    void takeMaterial() override
    {
        const QSignalBlocker quiet(m_format);
        const QString before = m_format->currentText();
        m_format->clear();
        m_format->addItems(fitting(sample()));
        const int same = m_format->findText(before), usual = m_format->findText(nameOf(quant::Type::Q4_K));
        m_format->setCurrentIndex(same >= 0 ? same : std::max(0, usual));
        m_anatomy.subBlocks.clear();
    }

    void redraw() override
    {
        const quant::Type type = quant::findType(m_format->currentText().toStdString())->type;
        if (m_anatomy.subBlocks.empty() || m_anatomy.type != type)
            takeBlock(type);
        else if (std::size_t(m_sub->value()) != m_shown)
            takeSubBlock();
        const auto grid = m_anatomy.grid(m_shown, m_scale->value(), m_minimum->value());
        const auto weights = m_anatomy.weightsOf(m_shown);
        const double reach = 1.25 * std::max(lesson::largestMagnitude(weights), 1e-9);
        figureOf()->line->setPicture(blockPicture(weights, grid, -reach, reach));
        showFacts(grid);
    }

private:
    static Text words()
    {
        return {QStringLiteral("anatomy"), tr("Anatomy of a format"),
                tr("This is one block of the tensor as it lies in the file, each field as wide as it has bits. In a k-quant 256 weights "
                   "form a super-block: its sub-blocks have scales (and minimums) of a few bits, which two 16-bit numbers multiply. Turn "
                   "those of a sub-block: its weights snap to new levels, and only its own."),
                QStringLiteral("plan")};
    }

    static QString nameOf(quant::Type type) { return QString::fromUtf8(quant::name(type).data()); }

    static QStringList fitting(const lesson::Sample& sample)
    {
        QStringList names;
        for (const quant::Type type : lesson::anatomyTypes())
            if (sample.columns % quant::info(type).blockSize == 0)
                names << nameOf(type);
        return names;
    }

    AnatomyFigure* figureOf() const { return static_cast<AnatomyFigure*>(figure()); }
    const lesson::SubBlock& subBlock() const { return m_anatomy.subBlocks[m_shown]; }

    QString dialText(Dial lesson::SubBlock::*which, int at) const
    {
        if (m_anatomy.subBlocks.empty())
            return {};
        const Dial& dial = subBlock().*which;
        return dial.isPercent ? QStringLiteral("%1 %").arg(at)
                              : tr("%1 of %2", "a stored number and the largest one").arg(at).arg(dial.high);
    }

    void takeBlock(quant::Type type)
    {
        const std::size_t size = quant::info(type).blockSize;
        m_anatomy = lesson::dissect(type, sample().block(sample().blocks(size) / 2, size));
        m_shown = 0;
        m_sub->reset(0, int(m_anatomy.subBlocks.size()) - 1, 0);
        m_sub->setVisible(m_anatomy.subBlocks.size() > 1);
        takeSubBlock();
        showLayout();
    }

    void takeSubBlock()
    {
        m_shown = std::size_t(m_sub->value());
        const Dial& scale = subBlock().scaleDial;
        const Dial& minimum = subBlock().minimumDial;
        m_scale->reset(scale.low, scale.high, scale.packed);
        m_minimum->reset(minimum.low, minimum.high, minimum.packed);
        m_minimum->setVisible(minimum.exists());
        m_best = lesson::bestDials(m_anatomy, m_shown);
    }

    Part partOf(const lesson::Field& field) const
    {
        const int bits = int(field.bits), subs = int(m_anatomy.subBlocks.size()), codes = int(m_anatomy.codes.size());
        const auto shared = [&](int parts) { return QStringLiteral("%1 × %2").arg(subs * parts).arg(bits / subs / parts); };
        const auto each = [&] { return QStringLiteral("%1 × %2").arg(codes).arg(bits / codes); };
        const int width = quant::info(m_anatomy.type).bits;
        switch (field.kind) {
        case FieldKind::Scale: return {tr("d, scale"), digitsText(m_anatomy.d), bits, 16};
        case FieldKind::Minimum:
            return {m_anatomy.type == quant::Type::Q4_1 ? tr("m, minimum") : tr("dmin"), digitsText(m_anatomy.dmin), bits, 8};
        case FieldKind::SubScales: return {tr("scales"), shared(1), bits, 5};
        case FieldKind::SubScalesAndMinimums: return {tr("scales and minimums"), shared(2), bits, 5};
        case FieldKind::Codes: return {tr("codes"), each(), bits, width == 8 ? 6 : width};
        case FieldKind::LowBits: return {tr("low bits of the codes"), each(), bits, 4};
        case FieldKind::HighBits: return {tr("high bits"), each(), bits, 3};
        }
        return {};
    }

    void showLayout()
    {
        QList<Part> parts;
        for (const lesson::Field& field : lesson::fieldsOf(m_anatomy.type))
            parts << partOf(field);
        figureOf()->bar->setParts(parts);
    }

    void showFacts(const lesson::Grid& grid)
    {
        const auto best = m_anatomy.grid(m_shown, m_best.scale, m_best.minimum);
        const auto weights = m_anatomy.weightsOf(m_shown);
        QList<FactTable::Fact> facts{
            {tr("Bits per weight"), digitsText(quant::info(m_anatomy.type).bitsPerWeight())},
            {tr("Step"), digitsText(grid.step)},
            {tr("RMSE, block"), digitsText(m_anatomy.rmse(m_shown, grid))},
        };
        if (m_anatomy.subBlocks.size() > 1)
            facts << FactTable::Fact{tr("RMSE, sub-block"), digitsText(lesson::rmse(weights, grid))};
        facts << FactTable::Fact{tr("Best possible"),
                                 digitsText(lesson::rmse(weights, best)),
                                 {},
                                 tr("RMSE of these weights with the best of all positions of the knobs")};
        facts << FactTable::Fact{tr("Best scale"), dialText(&lesson::SubBlock::scaleDial, m_best.scale)};
        if (subBlock().minimumDial.exists())
            facts << FactTable::Fact{tr("Best minimum"), dialText(&lesson::SubBlock::minimumDial, m_best.minimum)};
        panel()->setFacts(facts);
    }

    QComboBox* m_format;
    Knob* m_sub;
    Knob* m_scale;
    Knob* m_minimum;
    Anatomy m_anatomy;  ///< without sub-blocks until a block was taken
    std::size_t m_shown = 0;  ///< of its sub-blocks
    lesson::BestDials m_best;
};

}  // namespace

std::unique_ptr<Lesson> makeAnatomyLesson()
{
    return std::make_unique<AnatomyLesson>();
}

}  // namespace halftone::app
