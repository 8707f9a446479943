// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_card.h"
#include "core/inspect/distortion.h"
#include "core/inspect/statistics.h"

class QComboBox;
class QLabel;

namespace halftone::app {

class HistogramPlot;
class Segmented;

/// The weights of the selected tensors, or the error of the single one, with the levels of the planned or another format.
class HistogramCard : public ExploreCard {
    Q_OBJECT
public:
    explicit HistogramCard(Workspace& workspace, QWidget* parent = nullptr);

    void onRecipeChanged() override;

protected:
    void refresh() override;
    void onCleared(const QString& sentence) override;
    void say(const QString& message) override;
    void onBusy() override;

private:
    void buildControls();
    void forget();
    void fillGridMenu();
    void countSingle();
    void countTogether();
    void requestCandidate();
    void showHistogram();
    void showStatistics();
    QStringList weightItems() const;
    QStringList candidateItems() const;
    std::optional<quant::Type> gridType() const;  ///< what the menu says; empty where the tensor keeps its type
    bool showsErrors() const;

    Segmented* m_kind;
    Segmented* m_scale;
    QComboBox* m_grid;
    HistogramPlot* m_histogram;
    QLabel* m_statistics;

    // What came back for the subject.
    std::optional<inspect::Inspection> m_inspection;
    std::optional<inspect::Candidate> m_candidate;
    std::optional<quant::Type> m_candidateType;
};

}  // namespace halftone::app
