// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/lesson_list.h"

#include "app/widgets/theme.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>

namespace halftone::app {
namespace {

constexpr int kIcon = 18;

QPixmap signOf(const QString& number, bool visited, const QWidget& widget)
{
    const double ratio = widget.devicePixelRatioF();
    QPixmap picture(QSize(kIcon, kIcon) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& theme = Theme::current();
    if (visited) {
        QPainterPath tick(QPointF(4, 9.5));
        tick.lineTo(7.5, 13);
        tick.lineTo(14, 5.5);
        painter.setPen(QPen(theme.accent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(tick);
    } else {
        painter.setFont(widget.font());
        painter.setPen(theme.muted);
        painter.drawText(QRect(0, 0, kIcon, kIcon), Qt::AlignCenter, number);
    }
    return picture;
}

}  // namespace

LessonList::LessonList(QWidget* parent) : QListWidget(parent)
{
    setAccessibleName(tr("Lessons"));
    setIconSize(QSize(kIcon, kIcon));
    setWordWrap(true);
    setSpacing(1);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setResizeMode(QListView::Adjust);
    setFrameShape(QFrame::NoFrame);
}

void LessonList::setTitles(const QStringList& titles)
{
    clear();
    addItems(titles);
    for (int i = 0; i < count(); ++i)
        updateIcon(i);
}

void LessonList::setVisited(int lesson)
{
    m_visited.insert(lesson);
    updateIcon(lesson);
}

void LessonList::updateIcon(int lesson)
{
    QIcon icon;
    const QPixmap sign = signOf(QString::number(lesson + 1), isVisited(lesson), *this);
    for (const auto mode : {QIcon::Normal, QIcon::Selected})  // a selected one would be tinted
        icon.addPixmap(sign, mode);
    item(lesson)->setIcon(icon);
    item(lesson)->setData(Qt::AccessibleDescriptionRole, isVisited(lesson) ? tr("visited") : QString());
}

void LessonList::changeEvent(QEvent* event)
{
    QListWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        for (int i = 0; i < count(); ++i)
            updateIcon(i);
}

}  // namespace halftone::app
