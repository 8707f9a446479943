// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

namespace halftone::app {

class SizeRowsModel;

/// Stacked bars of bytes in the colours of their bits, one a row. Behind each bar, in outline, what the source takes; a
/// dashed line marks the user's recipe. A click or Enter picks a row.
class SizeList : public QListView {
    Q_OBJECT
public:
    explicit SizeList(SizeRowsModel& model, QWidget* parent = nullptr);

Q_SIGNALS:
    void rowPicked(int row);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
};

}  // namespace halftone::app
