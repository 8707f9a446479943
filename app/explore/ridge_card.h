// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"

#include <string>

namespace halftone::app {

class RidgeView;

/// The histograms of all layers' tensors of the current one's kind; a click selects the layer.
class RidgeCard : public ExploreCard {
    Q_OBJECT
public:
    explicit RidgeCard(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void refresh() override;
    void onCleared(const QString& sentence) override;
    void say(const QString& message) override;

private:
    /// What the ridge is of: it stays while the user walks through its layers.
    struct Shown {
        std::shared_ptr<const model::Model> model;
        std::string kind;
        int expert = -1;
        friend bool operator==(const Shown&, const Shown&) = default;
    };

    RidgeView* m_ridge;
    Shown m_shown;
};

}  // namespace halftone::app
