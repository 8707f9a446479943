// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace halftone::app {

/// Labels whose look follows the theme. All show plain text; what comes from a file is never read as markup.
QLabel* mutedLabel(const QString& text = {}, QWidget* parent = nullptr);
QLabel* strongLabel(const QString& text = {}, QWidget* parent = nullptr);
/// Warning ink on warning ground.
QLabel* badgeLabel(const QString& text = {}, QWidget* parent = nullptr);

/// One line that gives way when room is short: the middle is left out unless another part is, the whole text is in the tool tip.
class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget* parent = nullptr, Qt::TextElideMode mode = Qt::ElideMiddle);
    void setFullText(const QString& text);
    QString fullText() const { return m_full; }
    /// What the tool tip says beside the text.
    void setDetails(const QString& details);
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();
    Qt::TextElideMode m_mode;
    QString m_full, m_details;
};

}  // namespace halftone::app
