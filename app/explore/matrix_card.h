// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"
#include "core/inspect/channels.h"
#include "core/inspect/heat_map.h"
#include "core/inspect/spectrum.h"

class QComboBox;
class QStackedWidget;

namespace halftone::app {

class ChannelsView;
class HeatMapView;
class SpectrumPlot;

/// The current tensor as a matrix: where its large weights are, which rows and columns stand out, how much of it few directions
/// hold.
class MatrixCard : public ExploreCard {
    Q_OBJECT
public:
    explicit MatrixCard(Workspace& workspace, QWidget* parent = nullptr);

    void onRecipeChanged() override;

protected:
    void refresh() override;
    void onCleared(const QString& sentence) override;
    void say(const QString& message) override;
    void onBusy() override;

private:
    enum View { MeanMap, MaxMap, Columns, Rows, Singular };
    struct Seen {
        inspect::HeatMap map;
        inspect::Channels channels;
    };

    View view() const;
    void forget();
    void showView();
    void requestMap();
    void requestSpectrum();
    void requestErrorSpectrum();
    void showSeen();
    void showSpectrum();
    QString outlierText() const;

    QComboBox* m_view;
    QStackedWidget* m_pages;
    HeatMapView* m_heatMap;
    ChannelsView* m_channels;
    SpectrumPlot* m_spectrum;

    // What came back for the subject.
    std::optional<Seen> m_seen;
    std::optional<inspect::Spectrum> m_found;
    std::optional<quant::Type> m_errorType;  ///< whose error the plot shows, or will
};

}  // namespace halftone::app
