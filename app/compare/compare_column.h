// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison.h"

#include <QFrame>

#include <optional>

class QLabel;
class QPushButton;
class QToolButton;

namespace halftone::app {

class ElidedLabel;
class TokenText;

/// What a column of the comparison is made of.
struct ColumnChoice {
    QString title;  ///< "Original", "4 bits", the recipe's name
    plan::Recipe recipe;
    int bits = 16;  ///< nominal width, for the colour
    std::uint64_t fileBytes = 0;  ///< exact size the file would have
};

/// One column: a header with size, speed and (once measured) divergence, and the text below.
class CompareColumn : public QFrame {
    Q_OBJECT
public:
    explicit CompareColumn(ColumnChoice choice, bool isOriginal, QWidget* parent = nullptr);

    const ColumnChoice& choice() const { return m_choice; }
    void setChoice(ColumnChoice choice);
    /// Size, quality and speed as the header shows them.
    QString facts() const;
    TokenText& text() const { return *m_text; }
    QToolButton& menuButton() const { return *m_menu; }

    /// Under another name nothing tells what the column is, and it can be voted for; empty: as itself.
    void setDisguise(const QString& name);
    bool isDisguised() const { return !m_disguise.isEmpty(); }

    void begin(const QString& prompt);
    void setSpeed(double tokensPerSecond);
    /// What runs the column's network; see ColumnEvent.
    void setDevice(const QString& device, const infer::DeviceShare& share);
    /// `device` is what it was measured on; empty: the CPU.
    void setDivergence(const std::optional<evaluate::Divergence>& divergence, const QString& device);
    void setState(const QString& state);  ///< "preparing...", "stopped"; "" when there is nothing to say

Q_SIGNALS:
    void chosen();  ///< as the best

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateLabels();
    void updateSpeed();
    void updateQuality();
    static QString divergenceText(const evaluate::Divergence& divergence);
    void hideFacts();
    ColumnChoice m_choice;
    bool m_isOriginal;
    double m_tokensPerSecond = 0;
    QString m_state, m_disguise;
    QString m_device, m_measuredOn;  ///< empty: the CPU
    infer::DeviceShare m_share;
    std::optional<evaluate::Divergence> m_divergence;
    QLabel* m_title;
    QLabel* m_size;
    ElidedLabel* m_speed;
    QLabel* m_quality;
    QToolButton* m_menu;
    QPushButton* m_vote;
    TokenText* m_text;
};

}  // namespace halftone::app
