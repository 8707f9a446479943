// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"

namespace halftone::app {

class ErrorPlot;

/// What each type would do to the current tensor.
class ErrorCard : public ExploreCard {
    Q_OBJECT
public:
    explicit ErrorCard(Workspace& workspace, QWidget* parent = nullptr);

    void onRecipeChanged() override;

protected:
    void refresh() override;
    void say(const QString& message) override;

private:
    bool isKept() const;

    ErrorPlot* m_errors;
};

}  // namespace halftone::app
