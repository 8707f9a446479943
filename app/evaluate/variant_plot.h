// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>

#include <memory>
#include <optional>

namespace halftone::app {

/// One figure of every variant against another: points with names, or one line for each. A click chooses the variant, and the
/// chosen one is drawn strongly.
class VariantPlot : public QWidget {
    Q_OBJECT
public:
    struct Series {
        QString name;
        int bits = 16;  ///< for the colour
        int row = 0;  ///< of the variant
        QList<QPointF> points;
    };
    struct Content {
        QString xLabel;
        bool joined = false;
        bool logarithmic = false;  ///< the vertical axis
        QList<Series> series;
    };

    explicit VariantPlot(QWidget* parent = nullptr);
    ~VariantPlot() override;

    void setContent(Content content);
    void setCurrent(int row);
    /// Where a variant's first point is in this widget; empty when it has none.
    std::optional<QPoint> pointOf(int row) const;
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void variantClicked(int row);

protected:
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Private;
    void updateAxes();
    void updateColours();
    QString csv() const;

    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
