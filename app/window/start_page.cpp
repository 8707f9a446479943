// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/start_page.h"

#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

constexpr int kWidth = 620;

/// A card that is a button: a name and a sentence.
class ChoiceCard : public QAbstractButton {
public:
    ChoiceCard(const QString& title, const QString& explanation, bool inviting, QWidget* parent) : QAbstractButton(parent), m_explanation(explanation), m_inviting(inviting)
    {
        setText(title);
        setAccessibleName(title);
        setAccessibleDescription(explanation);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setFixedHeight(96);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_inviting || hasFocus() || underMouse() ? theme.accent : theme.line, hasFocus() ? 2 : 1));
        painter.setBrush(isDown() ? theme.selection : theme.surface);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
        const QRect inner = rect().adjusted(18, 18, -18, -12);
        painter.setFont(strongFont(font()));
        painter.setPen(m_inviting ? theme.accent : theme.text);
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop, text());
        painter.setFont(font());
        painter.setPen(theme.muted);
        painter.drawText(inner.adjusted(0, QFontMetrics(font()).height() + 4, 0, 0), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_explanation);
    }

private:
    QString m_explanation;
    bool m_inviting;
};

/// A line of the list of recent models.
class RecentRow : public QAbstractButton {
public:
    RecentRow(const RecentModel& model, QWidget* parent) : QAbstractButton(parent), m_size(bytesText(model.bytes)), m_day(dayText(model.opened, QDateTime::currentDateTime()))
    {
        setText(QFileInfo(model.path).fileName());
        setToolTip(model.path);
        setAccessibleName(StartPage::tr("Open %1, %2, %3").arg(text(), m_size, m_day));
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setFixedHeight(32);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse() || hasFocus() || isDown()) {
            painter.setPen(hasFocus() ? QPen(theme.accent) : QPen(Qt::NoPen));
            painter.setBrush(theme.selection);
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        } else {
            painter.setPen(theme.grid);
            painter.drawLine(0, height() - 1, width(), height() - 1);
        }
        const QRect inner = rect().adjusted(10, 0, -10, 0);
        const QRect name(inner.left(), 0, inner.width() / 2, height());
        painter.setFont(strongFont(font()));
        painter.setPen(theme.text);
        painter.drawText(name, Qt::AlignVCenter, QFontMetrics(painter.font()).elidedText(text(), Qt::ElideMiddle, name.width() - 8));
        painter.setFont(font());
        painter.setPen(theme.muted);
        painter.drawText(inner.adjusted(inner.width() / 2, 0, 0, 0), Qt::AlignVCenter, m_size);
        painter.drawText(inner, Qt::AlignVCenter | Qt::AlignRight, m_day);
    }

private:
    QString m_size, m_day;
};

ChoiceCard* choice(QAction* action, const QString& explanation, bool inviting, QWidget* parent)
{
    auto* card = new ChoiceCard(action->text(), explanation, inviting, parent);
    QObject::connect(card, &QAbstractButton::clicked, action, &QAction::trigger);
    return card;
}

}  // namespace

QString dayText(const QDateTime& time, const QDateTime& now)
{
    const auto days = time.date().daysTo(now.date());
    if (days == 0)
        return StartPage::tr("today");
    if (days == 1)
        return StartPage::tr("yesterday");
    const QLocale locale;
    if (days > 1 && days < 7)
        return locale.standaloneDayName(time.date().dayOfWeek());
    return time.date().year() == now.date().year() ? locale.toString(time.date(), StartPage::tr("d MMMM", "date without a year")) : locale.toString(time.date(), QLocale::ShortFormat);
}

StartPage::StartPage(QAction* open, QAction* openSample, QWidget* parent) : QWidget(parent), m_recentTitle(strongLabel(tr("Recent"))), m_recent(new QVBoxLayout), m_unfinished(new QVBoxLayout)
{
    auto* column = new QWidget(this);
    column->setFixedWidth(kWidth);
    auto* heading = strongLabel(tr("What does every bit cost?"), column);
    QFont large = strongFont(heading->font());
    large.setPointSizeF(large.pointSizeF() * 2);
    heading->setFont(large);
    auto* subtitle = mutedLabel(tr("Open a language model, look into its layers, choose their bits, read the difference."), column);
    QFont larger = subtitle->font();
    larger.setPointSizeF(larger.pointSizeF() * 1.12);
    subtitle->setFont(larger);

    auto* cards = new QHBoxLayout;
    cards->setSpacing(12);
    cards->addWidget(choice(open, tr("A .gguf file, any part of a split one, or a Hugging Face folder. Or drop it here."), false, column));
    auto* sample = choice(openSample, tr("fairytale-7m, 15 MB, comes with the program. Everything works on it."), true, column);
    sample->setObjectName(QStringLiteral("openSampleCard"));
    cards->addWidget(sample);
    m_recent->setSpacing(0);

    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(heading);
    layout->addWidget(subtitle);
    layout->addSpacing(12);
    layout->addLayout(cards);
    layout->addLayout(m_unfinished);
    layout->addSpacing(16);
    layout->addWidget(m_recentTitle);
    layout->addLayout(m_recent);
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    outer->addWidget(column, 0, Qt::AlignHCenter);
    outer->addStretch(3);
    setRecent({});
}

void StartPage::setUnfinished(const QList<std::pair<UnfinishedFile, quint64>>& files)
{
    qDeleteAll(m_unfinishedRows);
    m_unfinishedRows.clear();
    for (const auto& [file, bytes] : files) {
        auto* row = new QWidget(m_recentTitle->parentWidget());
        auto* text = new QLabel(tr("%1 was not finished: %2 are done.").arg(QFileInfo(file.destination).fileName(), bytesText(bytes)), row);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setToolTip(file.destination);
        auto* go = new QPushButton(tr("Continue..."), row);
        auto* remove = new QPushButton(tr("Remove"), row);
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(10, 8, 0, 0);
        layout->addWidget(text, 1);
        layout->addWidget(go);
        layout->addWidget(remove);
        connect(go, &QPushButton::clicked, this, [this, chosen = file] { Q_EMIT continueChosen(chosen); }, Qt::QueuedConnection);
        connect(remove, &QPushButton::clicked, this, [this, chosen = file] { Q_EMIT removeChosen(chosen); }, Qt::QueuedConnection);
        m_unfinished->addWidget(row);
        m_unfinishedRows.append(row);
    }
}

void StartPage::setRecent(const QList<RecentModel>& models)
{
    qDeleteAll(m_rows);
    m_rows.clear();
    constexpr int kMostShown = 6;
    for (const RecentModel& model : models.mid(0, kMostShown)) {
        auto* row = new RecentRow(model, m_recentTitle->parentWidget());
        connect(row, &QAbstractButton::clicked, this, [this, path = model.path] { Q_EMIT recentChosen(path); }, Qt::QueuedConnection);
        m_recent->addWidget(row);
        m_rows.append(row);
    }
    m_recentTitle->setVisible(!models.isEmpty());
}

}  // namespace halftone::app
