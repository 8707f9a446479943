// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace halftone::app {

class Workspace;

/// What each type would cost the selected tensor, in a list: bytes, bits per weight and, where its sensitivity is known, the KL divergence
/// with it alone, or below that level the error that was measured. A click or Enter gives the tensor that type. Hidden unless one tensor is
/// selected that can be given another.
class TypeCosts : public QWidget {
    Q_OBJECT
public:
    explicit TypeCosts(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void fill(int tensor);
    void choose(QTreeWidgetItem* item);
    void fitHeight();

    Workspace& m_workspace;
    QLabel* m_title;
    QTreeWidget* m_list;
    int m_tensor = -1;  ///< that the list is of
};

}  // namespace halftone::app
