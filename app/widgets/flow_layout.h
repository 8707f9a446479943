// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

namespace halftone::app {

/// Widgets in their own width one after the other, in as many lines as the width asks for.
class FlowLayout : public QLayout {
public:
    FlowLayout() = default;
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { m_items.append(item); }
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem* takeAt(int index) override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    Qt::Orientations expandingDirections() const override { return {}; }
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;  ///< of the widest widget
    void setGeometry(const QRect& rect) override;

private:
    /// The height that is used; moves the widgets only if asked to.
    int arrange(const QRect& rect, bool move) const;

    QList<QLayoutItem*> m_items;
};

}  // namespace halftone::app
