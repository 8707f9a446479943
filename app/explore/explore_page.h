// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_data.h"
#include "app/window/page.h"

#include <QStringList>

#include <functional>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QTimer;

namespace halftone {
class Error;
}

namespace halftone::app {

class Card;
class ErrorPlot;
class HeatMapView;
class HistogramPlot;
class RidgeView;
class Segmented;
struct Chart;

/// Looks into the selected tensors: histogram with the chosen format's levels, all layers of the role, error against bits
/// and a map of |w|. Everything is computed in jobs; the newest selection wins.
class ExplorePage : public Page {
    Q_OBJECT
public:
    explicit ExplorePage(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildHistogramCard();
    QWidget* buildRidgeCard();
    QWidget* buildErrorCard();
    QWidget* buildHeatMapCard();
    template <class View>
    void offerExport(View* view, const QString& what);

    void refresh();
    void showSentence(const QString& sentence);
    void onRecipeChanged();
    void requestHistogram();
    void requestJointHistogram();
    void requestCandidate();
    void requestErrors();
    void requestRidge();
    void requestHeatMap();
    void showHistogram();
    void showStatistics();
    void showOutliers(const std::vector<std::uint64_t>& columns);
    void fillGridMenu();
    void showBusy();

    const model::Tensor* tensor() const;              ///< the current one, null when there is none
    std::optional<quant::Type> plannedType() const;
    std::optional<quant::Type> gridType() const;      ///< what the menu says; empty where the tensor keeps its type
    bool hasImportance(const model::Tensor& tensor) const;
    bool showsErrors() const;
    std::function<void(const Error&)> reportTo(bool& pending, std::function<void(const QString&)> show);

    Card* m_histogramCard = nullptr;
    HistogramPlot* m_histogram = nullptr;
    Segmented* m_kind = nullptr;
    Segmented* m_scale = nullptr;
    QComboBox* m_grid = nullptr;
    QLabel* m_statistics = nullptr;
    Card* m_ridgeCard = nullptr;
    RidgeView* m_ridge = nullptr;
    Card* m_errorCard = nullptr;
    ErrorPlot* m_errors = nullptr;
    Card* m_heatCard = nullptr;
    HeatMapView* m_heatMap = nullptr;

    // What came back for the current selection.
    std::shared_ptr<const model::Model> m_model;      ///< the one the views show
    std::optional<inspect::Inspection> m_inspection;
    std::optional<inspect::Candidate> m_candidate;
    std::optional<quant::Type> m_candidateType;
    std::string m_ridgeKind;                          ///< empty: none shown

    // What is under way.
    struct Pending { bool histogram = false, candidate = false, errors = false, ridge = false, heatMap = false; };
    Pending m_pending;
    QTimer* m_busyTimer;
    bool m_stale = true;                              ///< the selection changed while the page was hidden
};

}  // namespace halftone::app
