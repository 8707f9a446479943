// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

class QCPBars;
class QCPGraph;
class QCustomPlot;

namespace halftone::app {

/// Bars side by side, and sticks that stand among them.
class BarPlot : public QWidget {
    Q_OBJECT
public:
    struct Picture {
        QVector<double> at, height;  ///< of the bars; at ascending and evenly spaced
        QVector<double> sticks;  ///< places
        QString across, up;  ///< titles of the axes
    };

    explicit BarPlot(QWidget* parent = nullptr);
    void setPicture(Picture picture);
    const Picture& picture() const { return m_picture; }
    QString readOut(double place) const;  ///< of the bar there; empty where there is none

    QSize sizeHint() const override { return {320, 200}; }  ///< grows where there is room
    QSize minimumSizeHint() const override { return {200, 180}; }

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void draw();
    void updateColours();
    double spacing() const;
    qsizetype barAt(double place) const;  ///< -1: none

    QCustomPlot* m_plot;
    QCPBars* m_bars;
    QCPGraph* m_sticks;
    Picture m_picture;
};

}  // namespace halftone::app
