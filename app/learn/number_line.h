// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QPainter;

namespace halftone::app {

/// Weights of a block and the levels they go to. Across lies the number line; each weight has a row of its own, from top to bottom in the
/// block's order, with a stroke from the weight to its level: the error. At the foot all of them lie on the line itself.
class NumberLine : public QWidget {
    Q_OBJECT
public:
    enum class Mark { None, Enlarged, KeptAside };
    struct Point {
        double weight = 0, stored = 0;
        int code = 0;
        Mark mark = Mark::None;
    };
    struct Picture {
        QList<Point> points;
        QList<double> levels;
        double low = -1, high = 1;  ///< what is shown of the line; low < high
    };

    explicit NumberLine(QWidget* parent = nullptr);
    void setPicture(Picture picture);
    const Picture& picture() const { return m_picture; }
    QString readOut(const QPoint& position) const;  ///< of the weight whose row is there

    QSize sizeHint() const override { return {320, 200}; }  ///< grows where there is room
    QSize minimumSizeHint() const override { return {200, 180}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QRect area() const;  ///< of the rows
    double xOf(double value) const;
    double yOf(qsizetype point) const;
    qsizetype pointAt(const QPoint& position) const;  ///< -1: none
    void drawLevels(QPainter& painter) const;
    void drawPoint(QPainter& painter, qsizetype index) const;
    void drawFoot(QPainter& painter) const;

    Picture m_picture;
    qsizetype m_hovered = -1;
};

}  // namespace halftone::app
