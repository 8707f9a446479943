// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace halftone::app {

/// A rounded surface with a header (title, muted note, controls at the right end) and a body. Pages are made of cards.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title, QWidget* parent = nullptr);

    /// A long one is elided; whole in the tool tip.
    void setTitle(const QString& title);
    QString title() const { return m_titleText; }
    /// A few muted words beside the title; elided when the card is narrow, whole in the tool tip.
    void setNote(const QString& note);
    QString note() const { return m_noteText; }

    /// Controls added here stand at the right end of the header.
    QHBoxLayout* controls() { return m_controls; }
    QVBoxLayout* body() { return m_body; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void elideNote();
    void updateColours();

    QLabel* m_title;
    QLabel* m_note;
    QString m_titleText, m_noteText;
    QHBoxLayout* m_controls;
    QVBoxLayout* m_body;
};

}  // namespace halftone::app
