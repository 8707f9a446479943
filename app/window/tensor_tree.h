// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QList>

#include <optional>

class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;


namespace halftone::app {

class TensorTreeModel;
class Workspace;

/// The left side of the window: a filter and the tree of tensors. Its selection is the workspace's; number keys choose bits,
/// 0 keeps the source's type, P pins.
class TensorTree : public QFrame {
    Q_OBJECT
public:
    explicit TensorTree(Workspace& workspace, QWidget* parent = nullptr);
    void focusFilter();
    QTreeView* view() const { return m_view; }

Q_SIGNALS:
    void tensorActivated();   ///< double-clicked, or Return: it is the selected one

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildView();
    void reset();
    void pushSelection();
    void pullSelection();
    QList<int> selectedTensors() const;
    bool handleKey(int key);
    void keepSource(const QList<int>& tensors);
    void togglePinned(const QList<int>& tensors);
    void showMenu(const QPoint& position);
    void showSensitivities();
    void setFilter(const QString& text);

    Workspace& m_workspace;
    TensorTreeModel* m_model;
    QSortFilterProxyModel* m_filtered;
    QLineEdit* m_filter;
    QTreeView* m_view;
    bool m_syncing = false;   ///< the view follows the workspace; its own changes are not echoed
    quint64 m_keys = 0;       ///< names each "keep" step for undo
};

}  // namespace halftone::app
