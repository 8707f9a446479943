// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/bar_plot.h"
#include "app/learn/block_picture.h"
#include "app/learn/lessons.h"
#include "app/learn/number_texts.h"
#include "core/lesson/code_counts.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QSignalBlocker>

#include <algorithm>
#include <numeric>

namespace halftone::app {
namespace {

using Picture = BarPlot::Picture;

constexpr std::size_t kBlocks[] = {16, 32, 64, 128, 256};

/// Some codes are rare: bits that say little.
class EntropyLesson : public Lesson {
    Q_DECLARE_TR_FUNCTIONS(EntropyLesson)
public:
    EntropyLesson() : Lesson(words(), new BarPlot)
    {
        QStringList sizes;
        for (const std::size_t size : kBlocks)
            sizes << QString::number(size);
        m_type = panel()->addChoice(tr("Codes of"), {});
        m_bits = panel()->addKnob(tr("Bits"), 2, 8, 4);
        m_block = panel()->addChoice(tr("Weights per scale"), sizes);
        m_block->setCurrentIndex(1);
    }

    QString obstacle(const Material&) const override { return {}; }

protected:
    void takeMaterial() override
    {
        const QSignalBlocker quiet(m_type);
        const QString before = m_type->currentText();
        m_types = lesson::countableTypes(sample());
        m_type->clear();
        for (const quant::Type type : m_types)
            m_type->addItem(QString::fromUtf8(quant::name(type).data()));
        m_type->addItem(tr("even levels"));
        const int same = m_type->findText(before), usual = m_type->findText(QStringLiteral("Q8_0"));
        m_type->setCurrentIndex(same >= 0 ? same : std::max(0, usual));
    }

    void redraw() override
    {
        const auto chosen = std::size_t(m_type->currentIndex());
        const bool isEven = chosen >= m_types.size();
        m_bits->setVisible(isEven);
        m_block->parentWidget()->setVisible(isEven);
        const auto counts = isEven ? lesson::countCodes(sample(), m_bits->value(), kBlocks[m_block->currentIndex()])
                                   : lesson::countCodes(sample(), m_types[chosen]);
        static_cast<BarPlot*>(figure())->setPicture(pictureOf(counts));
        panel()->setFacts({
            {tr("Bits stored per code"), digitsText(counts.storedBits)},
            {tr("Entropy"),
             tr("%1 bits").arg(digitsText(counts.entropyBits)),
             {},
             tr("What an ideal coder needs per code, if it knows how often each one comes")},
            {tr("It would save"), percentText(counts.savedShare()), {}, tr("Of the codes' bits")},
            {tr("Most frequent code"), percentText(largestShare(counts))},
        });
    }

private:
    static Text words()
    {
        return {QStringLiteral("entropy"), tr("Entropy"),
                tr("Every code takes as many bits as the next, but they do not come equally often. Entropy is what the codes would take if "
                   "frequent ones got short names and rare ones long names. The closer it is to the bits stored, the better the format "
                   "uses them. It is also why zipping a quantized model gains so little."),
                QStringLiteral("explore")};
    }

    static double largestShare(const lesson::CodeCounts& counts)
    {
        const double all = double(std::accumulate(counts.counts.begin(), counts.counts.end(), std::uint64_t(0)));
        return all > 0 ? double(*std::ranges::max_element(counts.counts)) / all : 0;
    }

    static Picture pictureOf(const lesson::CodeCounts& counts)
    {
        Picture picture;
        picture.across = tr("code");
        picture.up = tr("% of the weights");
        const double all = double(std::accumulate(counts.counts.begin(), counts.counts.end(), std::uint64_t(0)));
        for (std::size_t i = 0; i < counts.counts.size(); ++i) {
            picture.at << counts.first + int(i);
            picture.height << (all > 0 ? 100 * double(counts.counts[i]) / all : 0);
        }
        return picture;
    }

    QComboBox* m_type;
    Knob* m_bits;
    QComboBox* m_block;
    std::vector<quant::Type> m_types;
};

}  // namespace

std::unique_ptr<Lesson> makeEntropyLesson()
{
    return std::make_unique<EntropyLesson>();
}

}  // namespace halftone::app
