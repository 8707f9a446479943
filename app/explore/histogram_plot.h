// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"
#include "core/inspect/statistics.h"

#include <QWidget>

#include <memory>
#include <vector>

namespace halftone::app {

/// A histogram of weights with the levels of a format as sticks over it, or a histogram of errors. Wheel and rubber band
/// zoom along the values, double-click or Home shows all, the arrow keys shift, + and - zoom. The bars follow the zoom.
class HistogramPlot : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Weights, Errors };

    explicit HistogramPlot(QWidget* parent = nullptr);
    ~HistogramPlot() override;

    /// Shows this histogram and forgets levels and message. The zoom is kept when the range is the same as before.
    void setHistogram(inspect::Histogram histogram, Kind kind);
    /// Sticks at `levels` (ascending); `errorPerBin` has one mean error for each bin of the histogram, or is empty.
    void setGrid(std::vector<float> levels, std::vector<double> errorPerBin);
    void setLogarithmic(bool logarithmic);
    /// Clears the plot and says why; an empty message hides the sentence.
    void setMessage(const QString& message);
    QString message() const;

    struct Range { double low = 0, high = 0; };
    Range range() const;                   ///< visible
    void setRange(double low, double high);
    void showAll();

    int barCount() const;
    int stickCount() const;                ///< drawn in the visible range
    /// What the read-out says at this value: range, number of weights, nearest level, mean error. Rich text.
    QString readOut(double value) const;
    /// Position of a value inside this widget, for the mouse.
    QPoint pointAt(double value) const;

    Chart chart(const QString& name) const;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildPlot();
    void updateColours();
    void updateBars();
    void updateSticks();
    void updateValueAxis(double highest);
    void placeMessage();
    void showReadOut(const QPoint& position);
    void zoom(double factor, double around);
    QString csv() const;

    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
