// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace halftone::app {

/// A row of joined buttons of which exactly one is on. Arrow keys move between them, as in a group of radio buttons.
class Segmented : public QWidget {
    Q_OBJECT
public:
    explicit Segmented(const QStringList& labels, QWidget* parent = nullptr);

    int index() const;
    void setIndex(int index);   ///< emits indexChanged if it is another one
    QStringList labels() const { return m_labels; }

Q_SIGNALS:
    void indexChanged(int index);

private:
    QStringList m_labels;
    QButtonGroup* m_group;
};

}  // namespace halftone::app
