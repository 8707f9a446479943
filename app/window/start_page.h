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
    /// Files that earlier runs left unfinished, with how many bytes of each are done.
    void setUnfinished(const QList<std::pair<UnfinishedFile, quint64>>& files);

Q_SIGNALS:
    void recentChosen(const QString& path);
    void continueChosen(const UnfinishedFile& file);
    void removeChosen(const UnfinishedFile& file);

private:
    QLabel* m_recentTitle;
    QVBoxLayout* m_recent;
    QList<QWidget*> m_rows;
    QVBoxLayout* m_unfinished;
    QList<QWidget*> m_unfinishedRows;
};

/// "yesterday", "Thursday", "12 November".
QString dayText(const QDateTime& time, const QDateTime& now);

}  // namespace halftone::app
