// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"
#include "core/plan/explain.h"
#include "core/plan/recipe.h"
#include "core/plan/solver.h"
#include "core/sense/prediction.h"
#include "core/sense/sensitivity.h"

#include <QList>
#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>

namespace halftone {
class Error;
}
namespace halftone::infer {
struct Hyperparameters;
}

namespace halftone::app {

class Workspace;

/// What fewer bits will cost: the sensitivity of the open model's tensors, once it is measured, and what follows from it for
/// the recipe, for every size and, where TypeSpeeds are known, for every speed. Lives on the UI thread beside the workspace;
/// measuring and solving are jobs. Figures are kept in the user's data folder and found again when the same model is opened.
class Forecast : public QObject {
    Q_OBJECT
public:
    /// A file that could be written.
    struct Point {
        QString name;                 ///< of a preset or recipe; empty on the frontier
        quint64 bytes = 0;
        sense::Prediction kld;
        quint64 tensorBytes = 0;      ///< 0 for measured recipes
        double seconds = 0;           ///< of a token; 0 while the machine's speed is not known
        QString measuredOn = {};      ///< of measured recipes: "on the CPU"
    };

    explicit Forecast(Workspace& workspace);
    ~Forecast() override;

    /// `text` is a file to measure on; the level of weights needs none. Ends in changed() or failed().
    void measure(sense::Level level, const std::filesystem::path& text);
    bool measuring() const { return m_measuring; }
    /// Measures what the recipe's KL divergence really is, on the bundled held-out text. Ends in changed() or failed().
    void measureRecipe();

    std::optional<double> secondsPerToken() const;                 ///< of the recipe
    /// Budgets choose only from types that run fast here (plan::fastTypes), once that is known.
    void setOnlyFastTypes(bool only);
    bool onlyFastTypes() const { return m_onlyFast; }
    /// The cache of a running text so long; empty for a model that cannot be run.
    std::optional<double> cacheBytes(std::size_t context) const;

    bool known() const { return bool(m_figures); }
    sense::Level level() const;                                    ///< of the figures; only while known()
    const sense::Fit& fit() const;                                 ///< the same
    std::optional<sense::Prediction> own() const;                  ///< of the recipe
    std::optional<sense::Prediction> predictionOf(const plan::Plan& plan) const;   ///< of another on the open model
    const QList<Point>& frontier() const { return m_frontier; }    ///< the best recipes, from small to large
    const QList<Point>& speedFrontier() const { return m_speedFrontier; }   ///< the best, from fast to slow; empty while no speeds are known
    const QList<Point>& presets() const { return m_presets; }
    const QList<Point>& measured() const { return m_measured; }    ///< recipes whose divergence was measured
    /// The original's on the held-out text; known once a recipe was measured.
    std::optional<double> basePerplexity() const { return m_basePerplexity; }
    /// How much a tensor suffers from about three bits: 0 for the least sensitive or unknown, 1 for the most, logarithmic.
    double sensitivity(int tensor) const;
    /// Predicted divergence with this tensor alone in its planned type.
    std::optional<double> alone(int tensor) const;

    /// What each type would do to this tensor alone: predicted KL divergences, nats, from few bits to many. Empty where unknown.
    std::vector<plan::TypeError> divergences(int tensor) const;

    /// A type that a tensor could be given.
    struct TypeCost {
        quant::Type type;
        quint64 bytes = 0;
        std::optional<double> error = {};   ///< as measured, below the level of outputs
        std::optional<double> kld = {};     ///< nats, with this tensor alone in the type
        bool carried = false;               ///< not measured, see sense::carried()
    };
    /// All that can be chosen or was measured, from few bits to many.
    QList<TypeCost> costs(int tensor) const;
    /// Something of the figures was not measured but carried from the weights'.
    bool carried() const;

    /// Why tensors have another type than most, what matters most first.
    std::vector<plan::Explanation> reasons() const;

    /// Makes the best recipe within the budget the workspace's: at once a good one, then the proven best from a job.
    /// Strokes with the same merge key are one undo step.
    void choose(const plan::Budget& budget, const QString& mergeKey);
    /// What choose() was last asked for and still holds for the recipe; empty: another choice came since.
    const std::optional<plan::Budget>& chosen() const { return m_chosen; }

Q_SIGNALS:
    void changed();
    void failed(const QString& reason);

private:
    struct Figures;      ///< the sensitivity and its table
    struct Outlook;      ///< what follows from it for these pins
    void onModelChanged();
    void onImportanceChanged();
    void onRecipeChanged();
    void forget();
    void loadKept();
    void onSpeedsChanged();
    void takeFigures(sense::Sensitivity figures);
    void requestOutlook();
    void apply(plan::Recipe recipe, const QString& mergeKey);
    void addMeasured(QList<TypeCost>& costs, const std::string& tensor) const;
    std::optional<double> errorAt(int tensor, quant::Type type) const;

    Workspace& m_workspace;
    std::shared_ptr<const Figures> m_figures;
    std::shared_ptr<const Outlook> m_outlook;
    plan::Recipe m_outlookFor;        ///< the pinned part of the recipe that the outlook holds for
    std::shared_ptr<const infer::Hyperparameters> m_hyperparameters;   ///< of a model that can be run
    QList<Point> m_frontier, m_speedFrontier, m_presets, m_measured;
    std::optional<double> m_basePerplexity;
    std::optional<plan::Budget> m_chosen;
    quint64 m_measureJob = 0;
    quint64 m_choices = 0;            ///< calls of choose()
    bool m_measuring = false, m_onlyFast = false;
    bool m_applying = false;
};

}  // namespace halftone::app
