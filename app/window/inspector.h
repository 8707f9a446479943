// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/distortion.h"
#include "core/inspect/statistics.h"
#include "core/quant/type.h"

#include <QFrame>

#include <optional>

class QLabel;
class QToolButton;

namespace halftone::app {

class ElidedLabel;
class FactTable;
class TokenizerCard;
class Workspace;

/// The right side of the window: what is selected. One tensor with its weights and what the chosen type does to them (both
/// measured in jobs and filled in as they come), the totals of several, or the model when nothing is selected.
class Inspector : public QFrame {
    Q_OBJECT
public:
    explicit Inspector(Workspace& workspace, QWidget* parent = nullptr);

private:
    void buildLayout();
    void refresh();
    void refreshPlan();
    bool concernsTokenizer() const;
    void showModel();
    void showTensor(int tensor);
    void showSeveral();
    void showChoice(int tensor);
    void requestStatistics(int tensor);
    void requestDistortion(int tensor);
    void showStatistics(const inspect::Statistics& statistics);
    void showDistortion(const inspect::Distortion& distortion);

    Workspace& m_workspace;
    QToolButton* m_whole;  ///< the way back from a tensor to its model
    ElidedLabel* m_name;
    QLabel* m_subtitle;
    FactTable* m_facts;
    QLabel* m_badge;
    QLabel* m_weightsTitle;
    FactTable* m_weights;
    QLabel* m_lossTitle;
    FactTable* m_loss;
    TokenizerCard* m_tokenizer;
    std::optional<std::pair<int, quant::Type>> m_measured;  ///< what the loss table shows or waits for
};

}  // namespace halftone::app
