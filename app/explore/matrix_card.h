// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"

namespace halftone::app {

class HeatMapView;

/// Where in the current tensor the large weights are.
class MatrixCard : public ExploreCard {
    Q_OBJECT
public:
    explicit MatrixCard(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void refresh() override;
    void say(const QString& message) override;

private:
    void showOutliers(const std::vector<std::uint64_t>& columns);

    HeatMapView* m_heatMap;
};

}  // namespace halftone::app
