// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/difference/model_pair.h"
#include "app/widgets/chart_export.h"

#include <QWidget>

#include <memory>

namespace halftone::app {

/// The histograms of one tensor in two models over each other: A filled, B a line. Heights are shares of the weights per
/// unit of value, so that differently fine histograms can be compared.
class OverlayPlot : public QWidget {
    Q_OBJECT
public:
    explicit OverlayPlot(QWidget* parent = nullptr);
    ~OverlayPlot() override;

    void setWeights(WeightPair weights);
    void setLogarithmic(bool logarithmic);
    /// Clears the plot and says why.
    void setMessage(const QString& message);
    QString message() const;
    int barCount(int side) const;  ///< 0: A, 1: B
    Chart chart(const QString& name) const;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void redraw();
    void updateColours();
    QString csv() const;
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
