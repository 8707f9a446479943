// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/compare_column.h"

#include "app/compare/token_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/placement_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

constexpr int kRadius = 8;
constexpr int kSmallestWidth = 172;
constexpr int kStripe = 4;  ///< the coloured edge that tells the bits

}  // namespace

CompareColumn::CompareColumn(ColumnChoice choice, bool isOriginal, QWidget* parent)
    : QFrame(parent),
      m_choice(std::move(choice)),
      m_isOriginal(isOriginal),
      m_title(new QLabel(this)),
      m_size(new QLabel(this)),
      m_speed(new ElidedLabel(this, Qt::ElideRight)),
      m_quality(new QLabel(this)),
      m_menu(new QToolButton(this)),
      m_vote(new QPushButton(tr("This is the best"), this)),
      m_text(new TokenText(this))
{
    setMinimumWidth(kSmallestWidth);
    m_quality->setMinimumWidth(1);  // a long state is cut, the column stays
    m_title->setFont(strongFont(font()));
    m_menu->setText(QStringLiteral("⋯"));
    m_menu->setPopupMode(QToolButton::InstantPopup);
    m_menu->setProperty("plain", true);
    m_menu->setAccessibleName(tr("Change this column"));
    m_menu->setToolTip(tr("Change this column"));

    // The menu's height is kept where it is hidden: the original's text begins on the others' line.
    QSizePolicy policy = m_menu->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_menu->setSizePolicy(policy);

    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(m_title);
    first->addWidget(m_size);
    first->addStretch(1);
    first->addWidget(m_menu);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, kStripe + 8, 12, 12);
    layout->setSpacing(2);
    layout->addLayout(first);
    layout->addWidget(m_quality);
    layout->addWidget(m_speed);
    layout->addSpacing(6);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_vote);
    m_vote->hide();
    connect(m_vote, &QPushButton::clicked, this, &CompareColumn::chosen);
    updateLabels();
}

void CompareColumn::setChoice(ColumnChoice choice)
{
    m_choice = std::move(choice);
    m_divergence.reset();
    m_tokensPerSecond = 0;
    m_share = {};
    m_text->begin({});
    updateLabels();
    update();
}

void CompareColumn::setDisguise(const QString& name)
{
    m_disguise = name;
    m_vote->setVisible(isDisguised());
    m_menu->setVisible(!isDisguised() && !m_isOriginal);
    m_text->setPlain(isDisguised());
    updateLabels();
    update();
}

void CompareColumn::begin(const QString& prompt)
{
    m_tokensPerSecond = 0;
    m_share = {};
    m_text->begin(prompt);
    updateLabels();
}

void CompareColumn::setSpeed(double tokensPerSecond)
{
    m_tokensPerSecond = tokensPerSecond;
    updateLabels();
}

void CompareColumn::setDevice(const QString& device, const infer::DeviceShare& share)
{
    m_device = device;
    m_share = share;
    updateLabels();
}

void CompareColumn::setDivergence(const std::optional<evaluate::Divergence>& divergence, const QString& device)
{
    m_divergence = divergence;
    m_measuredOn = device;
    updateLabels();
}

void CompareColumn::setState(const QString& state)
{
    m_state = state;
    updateLabels();
}

QString CompareColumn::facts() const
{
    QStringList facts;
    for (const QString& fact : {m_size->text(), m_quality->text(), m_speed->fullText()})
        if (!fact.isEmpty())
            facts << fact;
    return facts.join(QStringLiteral(" · "));
}

void CompareColumn::updateLabels()
{
    for (QLabel* label : std::initializer_list<QLabel*>{m_size, m_speed, m_quality}) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, Theme::current().muted);
        label->setPalette(palette);
    }
    m_title->setText(m_choice.title);
    m_size->setText(bytesText(m_choice.fileBytes));
    m_size->setToolTip(exactBytesText(m_choice.fileBytes));
    updateSpeed();
    updateQuality();
    setAccessibleName(m_choice.title);
    if (isDisguised())
        hideFacts();
}

void CompareColumn::updateSpeed()
{
    QStringList parts;
    if (m_tokensPerSecond > 0)
        parts << tr("%1 tok/s").arg(QLocale().toString(m_tokensPerSecond, 'f', m_tokensPerSecond < 10 ? 1 : 0));
    if (m_share.allLayers > 0)
        parts << onDeviceText(m_device, m_share);
    m_speed->setFullText(parts.join(QLatin1Char(' ')));
    m_speed->setDetails(m_share.allLayers > 0 ? shareText(m_device, m_share) : QString());
}

void CompareColumn::updateQuality()
{
    const QLocale locale;
    QString quality = m_state;
    if (quality.isEmpty() && m_divergence && m_isOriginal)
        quality = tr("perplexity %1").arg(locale.toString(m_divergence->quantized.perplexity, 'f', 2));
    else if (quality.isEmpty() && m_divergence)
        quality = tr("KL %1 · ppl %2")
                      .arg(locale.toString(m_divergence->meanKld, 'g', 2), locale.toString(m_divergence->quantized.perplexity, 'f', 2));
    else if (quality.isEmpty())
        quality = m_isOriginal ? tr("reference") : tr("not measured yet");
    m_quality->setText(quality);
    m_quality->setToolTip(
        m_divergence ? divergenceText(*m_divergence) + QLatin1Char('\n') + tr("measured %1").arg(onDeviceText(m_measuredOn)) : QString());
}

QString CompareColumn::divergenceText(const evaluate::Divergence& divergence)
{
    const QLocale locale;
    return tr("perplexity %1, KL divergence %2 ± %3, 99 % below %4, the same most probable token in %5 % of %6 places")
        .arg(locale.toString(divergence.quantized.perplexity, 'f', 3), locale.toString(divergence.meanKld, 'g', 4),
             locale.toString(divergence.meanKldError, 'g', 2), locale.toString(divergence.p99Kld, 'g', 3),
             locale.toString(100 * divergence.top1Agreement, 'f', 1), countText(divergence.quantized.tokens));
}

void CompareColumn::hideFacts()
{
    m_title->setText(m_disguise);
    setAccessibleName(m_disguise);
    m_speed->setFullText({});
    m_speed->setDetails({});
    for (QLabel* label : {m_size, m_quality}) {
        label->setText({});
        label->setToolTip({});
    }
}

void CompareColumn::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape;
    shape.addRoundedRect(box, kRadius, kRadius);
    painter.fillPath(shape, theme.surface);
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(QRectF(0, 0, width(), kStripe), isDisguised() ? theme.muted : theme.bits(m_choice.bits));
    painter.restore();
    painter.setPen(theme.line);
    painter.drawPath(shape);
}

void CompareColumn::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateLabels();
}

}  // namespace halftone::app
