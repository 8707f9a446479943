// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plan/budget_scale.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;

namespace halftone::app {

class Segmented;
class Workspace;

/// A budget to drag: the size of the file, the memory, the speed or the quality to keep. Every position makes the best recipe for
/// it the user's; what that recipe is worth stands below and moves with the drag.
class BudgetPanel : public QWidget {
    Q_OBJECT
public:
    explicit BudgetPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The choice of what is limited, for the header of the panel's card.
    QWidget* kinds() const;

private:
    QWidget* buildOptions();
    QWidget* buildText();
    void connectAll();
    void resetContext();
    void refresh();
    void showScale();
    void follow();
    void slide(int position);
    BudgetKind kind() const;
    double cacheBytes() const;
    std::optional<BudgetScale> scale() const;
    double ownValue(const BudgetScale& scale) const;
    QString missing() const;
    QString figures() const;
    QString speedOf(double secondsPerToken) const;
    QString comparison() const;
    QString reasons() const;

    Workspace& m_workspace;
    Segmented* m_kind;
    QSlider* m_slider;
    QLabel* m_least;
    QLabel* m_value;
    QLabel* m_most;
    QWidget* m_options;
    QSpinBox* m_context;
    QCheckBox* m_onlyFast;
    QPushButton* m_measureSpeed;
    QLabel* m_figures;
    QLabel* m_sentence;
    QLabel* m_reasons;
    bool m_following = false;          ///< the slider is being set from the recipe
    quint64 m_strokes = 0;
};

}  // namespace halftone::app
