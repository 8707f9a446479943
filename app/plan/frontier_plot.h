// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"
#include "app/window/forecast.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace halftone::app {

/// Quality against size: the best recipes as a line with its band, presets as points, the user's recipe as a star. A click on
/// a preset applies it, a click or drag elsewhere asks for the best recipe of that size.
class FrontierPlot : public QWidget {
    Q_OBJECT
public:
    struct Content {
        QList<Forecast::Point> frontier, presets, measured;
        std::optional<Forecast::Point> own;
    };

    explicit FrontierPlot(QWidget* parent = nullptr);
    ~FrontierPlot() override;

    void setContent(Content content);
    /// Where a preset's point is in this widget; empty when it has none.
    std::optional<QPoint> pointOf(const QString& preset) const;
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void presetClicked(const QString& preset);
    void sizeClicked(quint64 bytes);           ///< the pointer went down there
    void sizeDragged(quint64 bytes);           ///< and moved on
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Private;
    const Forecast::Point* presetAt(const QPoint& position) const;
    const Forecast::Point* nearestOf(const QList<Forecast::Point>& points, const QPoint& position) const;
    quint64 bytesAt(const QPoint& position) const;
    void pointAt(const QPoint& position, const QPoint& globalPosition);
    void updateGraphs();
    void updateColours();
    QString csv() const;

    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
