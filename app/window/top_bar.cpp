// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/top_bar.h"

#include "app/widgets/icons.h"
#include "app/widgets/segmented.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/window_actions.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace halftone::app {
namespace {

QToolButton* actionButton(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setIconSize({16, 16});
    button->setToolButtonStyle(action->icon().isNull() ? Qt::ToolButtonTextOnly : Qt::ToolButtonIconOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    return button;
}

QToolButton* menuButton(const QString& text, QMenu* menu, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

}  // namespace

TopBar::TopBar(const WindowActions& actions, QMenu* openMenu, QMenu* moreMenu, const QStringList& pages, QWidget* parent)
    : QFrame(parent), m_tabs(new Segmented(pages, this)), m_left(new QWidget(this)), m_right(new QWidget(this)), m_device(mutedLabel({}, this))
{
    setProperty("bar", true);
    setFixedHeight(45);
    auto* mark = new QLabel(this);
    mark->setPixmap(tintedIcon(QStringLiteral("mark")).pixmap(QSize(15, 15), devicePixelRatioF()));
    mark->setProperty("mark", true);
    auto* name = strongLabel(tr("Halftone"), this);
    QFont font = name->font();
    font.setPointSizeF(font.pointSizeF() * 1.08);
    name->setFont(font);
    auto* open = menuButton(tr("Open"), openMenu, this);
    open->setProperty("framed", true);
    open->setObjectName(QStringLiteral("openButton"));

    auto* left = new QHBoxLayout(m_left);
    left->setContentsMargins(12, 0, 0, 0);
    left->setSpacing(6);
    left->addWidget(mark);
    left->addWidget(name);
    left->addSpacing(8);
    left->addWidget(open);
    for (QAction* action : {actions.saveRecipe, actions.loadRecipe, actions.undo, actions.redo})
        left->addWidget(actionButton(action, this));

    auto* more = menuButton({}, moreMenu, this);
    more->setIcon(tintedIcon(QStringLiteral("more")));
    more->setAccessibleName(tr("More"));
    more->setToolTip(tr("Help, theme, language"));
    more->setObjectName(QStringLiteral("moreButton"));
    more->setProperty("plain", true);
    auto* right = new QHBoxLayout(m_right);
    right->setContentsMargins(0, 0, 12, 0);
    right->setSpacing(6);
    right->addWidget(m_device);
    right->addWidget(more);

    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setAccessibleName(tr("Screens"));
    connect(m_tabs, &Segmented::indexChanged, this, &TopBar::pageChosen);
    placeTabs();
}

void TopBar::setPage(int index)
{
    m_tabs->setIndex(index);
}

void TopBar::setDevice(const QString& text, const QString& toolTip)
{
    m_device->setText(text);
    m_device->setToolTip(toolTip);
    placeTabs();
}

void TopBar::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    placeTabs();
}

/// The tabs stand in the middle of the window, or right of the buttons where that is too narrow.
void TopBar::placeTabs()
{
    const int bottom = height() - 1;
    m_left->setGeometry(0, 0, m_left->sizeHint().width(), bottom);
    const int rightWidth = m_right->sizeHint().width();
    m_right->setGeometry(width() - rightWidth, 0, rightWidth, bottom);
    const QSize tabs = m_tabs->sizeHint();
    const int x = std::max((width() - tabs.width()) / 2, m_left->width() + 12);
    m_tabs->setGeometry(x, (bottom - tabs.height()) / 2, tabs.width(), tabs.height());
    setMinimumWidth(m_left->width() + tabs.width() + 24);
}

}  // namespace halftone::app
