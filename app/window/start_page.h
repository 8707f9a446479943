// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/settings.h"

#include <QWidget>

class QAction;
class QLabel;
class QVBoxLayout;

namespace halftone::app {

/// What the middle shows while no model is open: ways in.
class StartPage : public QWidget {
    Q_OBJECT
public:
    StartPage(QAction* open, QAction* openSample, QWidget* parent = nullptr);
    void setRecent(const QList<RecentModel>& models);

Q_SIGNALS:
    void recentChosen(const QString& path);

private:
    QLabel* m_recentTitle;
    QVBoxLayout* m_recent;
    QList<QWidget*> m_rows;
};

/// "yesterday", "Thursday", "12 November".
QString dayText(const QDateTime& time, const QDateTime& now);

}  // namespace halftone::app
