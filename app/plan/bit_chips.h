// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QAbstractButton;

namespace halftone::app {

/// The brushes: one chip for each width. At most one is on; a click on it puts it down again.
class BitChips : public QWidget {
    Q_OBJECT
public:
    explicit BitChips(QWidget* parent = nullptr);

    int bits() const { return m_bits; }       ///< of the chosen brush, 0 for none
    void setBits(int bits);
    QAbstractButton* chip(int bits) const;

Q_SIGNALS:
    void bitsChanged(int bits);

private:
    QList<QAbstractButton*> m_chips;
    int m_bits = 0;
};

}  // namespace halftone::app
