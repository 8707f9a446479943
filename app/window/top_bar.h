// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QAction;
class QLabel;
class QMenu;

namespace halftone::app {

class Segmented;
struct WindowActions;

/// The window's first line: mark, Open, recipe and undo actions, the tabs in the middle, the device at the right.
class TopBar : public QFrame {
    Q_OBJECT
public:
    TopBar(const WindowActions& actions, QMenu* openMenu, QMenu* moreMenu, const QStringList& pages, QWidget* parent = nullptr);

    void setPage(int index);
    void setDevice(const QString& text, const QString& toolTip);

Q_SIGNALS:
    void pageChosen(int index);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void placeTabs();
    Segmented* m_tabs;
    QWidget* m_left;
    QWidget* m_right;
    QLabel* m_device;
};

}  // namespace halftone::app
