// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListWidget>
#include <QSet>

namespace halftone::app {

/// The lessons in their order, each with its number, or a tick once it was visited. Arrow keys move between them.
class LessonList : public QListWidget {
    Q_OBJECT
public:
    explicit LessonList(QWidget* parent = nullptr);
    void setTitles(const QStringList& titles);
    void setVisited(int lesson);
    bool isVisited(int lesson) const { return m_visited.contains(lesson); }

protected:
    void changeEvent(QEvent* event) override;

private:
    void updateIcon(int lesson);

    QSet<int> m_visited;
};

}  // namespace halftone::app
