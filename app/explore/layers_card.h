// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"

#include <string>

class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace halftone::app {

class CostView;
class ElidedLabel;
class RidgeView;

/// All layers: the histograms of the current tensor's kind, or what fewer bits cost each tensor of the model. A click selects.
class LayersCard : public ExploreCard {
    Q_OBJECT
public:
    explicit LayersCard(Workspace& workspace, QWidget* parent = nullptr);

    void onRecipeChanged() override;

protected:
    void refresh() override;
    void onCleared(const QString& sentence) override;
    void say(const QString& message) override;
    void showEvent(QShowEvent* event) override;

private:
    /// What the ridge is of: it stays while the user walks through its layers.
    struct Shown {
        std::shared_ptr<const model::Model> model;
        std::string kind;
        int expert = -1;
        friend bool operator==(const Shown&, const Shown&) = default;
    };
    enum View { Histograms, CostAsPlanned, CostOfFewBits };

    QWidget* buildCosts();
    QWidget* buildQuestion();
    View view() const;
    void showView();
    void requestRidge();
    void showCosts();
    std::optional<double> costOf(int tensor) const;
    QString levelText() const;
    void scrollToCurrent();

    QComboBox* m_view;
    QStackedWidget* m_pages;
    RidgeView* m_ridge;
    CostView* m_costs;
    QScrollArea* m_ridgeScroll;
    QScrollArea* m_costScroll;
    ElidedLabel* m_level;
    QLabel* m_answer;
    QPushButton* m_measure;
    Shown m_shown;
};

}  // namespace halftone::app
