// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace halftone::app {

class Segmented;
class Workspace;

/// A budget to drag: the size of the file, or the quality to keep. Every position makes the best recipe for it the user's.
class BudgetPanel : public QWidget {
    Q_OBJECT
public:
    explicit BudgetPanel(Workspace& workspace, QWidget* parent = nullptr);

private:
    void refresh();
    void follow();
    void slide(int position);
    QString comparison() const;
    QString reasons() const;
    quint64 bytesAt(int position) const;
    int positionOf(quint64 bytes) const;

    Workspace& m_workspace;
    Segmented* m_kind;
    QLabel* m_value;
    QSlider* m_slider;
    QLabel* m_least;
    QLabel* m_most;
    QLabel* m_sentence;
    QLabel* m_reasons;
    bool m_following = false;          ///< the slider is being set from the recipe
    quint64 m_strokes = 0;
};

}  // namespace halftone::app
