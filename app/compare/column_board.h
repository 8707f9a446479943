// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/compare_column.h"

#include <QScrollArea>

#include <initializer_list>
#include <vector>

class QHBoxLayout;
class QMenu;

namespace halftone::app {

class Workspace;

/// Two to eight columns side by side, the original first. They share the width; where that is too little for all, they scroll.
class ColumnBoard : public QScrollArea {
    Q_OBJECT
public:
    explicit ColumnBoard(Workspace& workspace, QWidget* parent = nullptr);

    const std::vector<CompareColumn*>& columns() const { return m_columns; }
    bool hasRoom() const;
    /// The columns that the open model is first shown with; none without a model.
    void reset();
    /// The original beside 8, 6, 5, 4, 3 and 2 bits.
    void showAllWidths();
    /// What `replaced` can become, or what can be added where that is null.
    void fillMenu(QMenu& menu, CompareColumn* replaced);
    /// While columns are written none is added, changed or removed.
    void setLocked(bool locked) { m_locked = locked; }

    /// Puts the columns in an order drawn by chance, under names that do not tell them.
    void disguise();
    /// Every column is itself again, where it stands.
    void reveal();
    /// The original first.
    void restoreOrder();
    bool isDisguised() const { return !m_columns.empty() && m_columns.front()->isDisguised(); }

    void begin(const QString& prompt);
    void setState(const QString& state);
    void setHighlighted(int token);
    /// Marks where a column leaves the original. The original writes first in each round, so a column's newest token can be
    /// judged as it comes.
    void markFirstDifference(int column);
    /// The earliest token where any column leaves the original; -1 for none.
    int firstDifference() const;

Q_SIGNALS:
    void tokenHovered(int token);
    void columnsChanged();
    void voted(halftone::app::CompareColumn* column);
    void failed(const QString& sentence);

private:
    void arrange(const std::vector<CompareColumn*>& order);
    void addColumn(ColumnChoice choice);
    void addPresets(std::initializer_list<const char*> presets);
    void removeColumn(CompareColumn* column);
    void addFromFile(CompareColumn* replaced);
    void place(ColumnChoice choice, CompareColumn* replaced);
    ColumnChoice choiceFor(const QString& title, plan::Recipe recipe, int bits) const;
    ColumnChoice presetChoice(const QString& preset) const;

    Workspace& m_workspace;
    std::vector<CompareColumn*> m_columns;
    QHBoxLayout* m_layout;
    bool m_locked = false;
};

}  // namespace halftone::app
