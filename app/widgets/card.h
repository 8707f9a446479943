// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QBoxLayout;
class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace halftone::app {

class ElidedLabel;

/// A rounded surface with a header (title, muted note, controls at the right end) and a body. Pages are made of cards. In a
/// narrow card the controls stand below the title.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title, QWidget* parent = nullptr);

    /// A long one is elided; whole in the tool tip.
    void setTitle(const QString& title);
    QString title() const;
    /// A few muted words beside the title; elided when the card is narrow, whole in the tool tip, which says `details` below.
    void setNote(const QString& note, const QString& details = {});
    QString note() const { return m_noteText; }

    /// Controls added here stand at the right end of the header.
    QHBoxLayout* controls() { return m_controls; }
    QVBoxLayout* body() { return m_body; }

    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void elideNote();
    void placeControls();
    void updateColours();

    ElidedLabel* m_title;
    QLabel* m_note;
    QString m_noteText;
    QHBoxLayout* m_names;      ///< title and note
    QHBoxLayout* m_controls;
    QBoxLayout* m_header;      ///< both, beside or below each other
    QVBoxLayout* m_body;
};

}  // namespace halftone::app
