// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"
#include "core/inspect/spectrum.h"

#include <QWidget>

#include <memory>

namespace halftone::app {

/// How much of a matrix's energy its first k singular values hold, over k, with the k of 50, 90 and 99 %; the dotted line is a matrix
/// all of whose values are equal, which no low rank comes near.
class SpectrumPlot : public QWidget {
    Q_OBJECT
public:
    explicit SpectrumPlot(QWidget* parent = nullptr);
    ~SpectrumPlot() override;

    /// Forgets the error's.
    void setSpectrum(inspect::Spectrum spectrum);
    /// A second curve, of what a type changes.
    void setError(const inspect::Spectrum& spectrum, const QString& typeName);
    bool hasError() const;
    /// Clears the plot and says why; an empty message hides the sentence.
    void setMessage(const QString& message);
    QString message() const;

    int markCount() const;  ///< of 50, 90 and 99 %, those that are known
    QString readOut(std::size_t count) const;  ///< of the first `count` values; empty where nothing is known
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildPlot();
    void clearError();
    void updatePlot();
    void updateColours();
    QString csv() const;

    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace halftone::app
