// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_data.h"
#include "app/widgets/chart_export.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace halftone::app {

/// Error against bits per weight: one point for each type, in decibels below the signal. A click chooses the type.
class ErrorPlot : public QWidget {
    Q_OBJECT
public:
    explicit ErrorPlot(QWidget* parent = nullptr);
    ~ErrorPlot() override;

    void setErrors(std::vector<TypeError> errors);
    /// The chosen type's point is ringed.
    void setChosen(std::optional<quant::Type> type);
    /// Clears the plot and says why; an empty message hides the sentence.
    void setMessage(const QString& message);
    QString message() const;

    /// Where a type's point is in this widget; empty when it has none.
    std::optional<QPoint> pointOf(quant::Type type) const;
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void typeClicked(halftone::quant::Type type);
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    std::optional<TypeError> errorAt(const QPoint& position) const;
    void updateColours();
    void updateAxes();
    QString csv() const;

    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
