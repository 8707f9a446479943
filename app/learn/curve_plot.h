// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QVector>
#include <QWidget>

class QCustomPlot;

namespace halftone::app {

/// One or more curves over a common axis, with marked points. The vertical axis begins at zero.
class CurvePlot : public QWidget {
    Q_OBJECT
public:
    enum class Ink { Weights, Error, Muted };
    struct Curve {
        QString name;  ///< in the legend, where there are several
        Ink ink = Ink::Weights;
        QVector<double> x, y;  ///< as many of each; x ascending
        bool dotted = false;  ///< with a dot at each point
    };
    struct Label {
        double x = 0, y = 0;
        QString text;
        bool chosen = false;  ///< drawn large
    };
    struct Picture {
        QList<Curve> curves;
        QList<Label> labels;
        QString across, up;  ///< titles of the axes
    };

    explicit CurvePlot(QWidget* parent = nullptr);
    void setPicture(Picture picture);
    const Picture& picture() const { return m_picture; }
    QString readOut(double x) const;  ///< each curve's point nearest to x; empty without curves

    QSize sizeHint() const override { return {320, 200}; }  ///< grows where there is room
    QSize minimumSizeHint() const override { return {200, 180}; }

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void draw();
    void addCurve(const Curve& curve);

    QCustomPlot* m_plot;
    Picture m_picture;
};

}  // namespace halftone::app
