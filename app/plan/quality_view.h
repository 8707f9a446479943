// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sense/sensitivity.h"

#include <QStackedWidget>

#include <filesystem>

class QLabel;
class QPushButton;

namespace halftone::app {

class FrontierPlot;
class Segmented;
class Workspace;

/// Quality against size, or, while nothing is known of the tensors' sensitivity, the choice of how to measure it.
class QualityView : public QStackedWidget {
    Q_OBJECT
public:
    explicit QualityView(Workspace& workspace, QWidget* parent = nullptr);

private:
    QWidget* buildQuestion();
    QWidget* buildPlot();
    void refresh();
    void showDevice();
    void showLevel();
    void chooseText();
    void measure();
    void chooseSize(quint64 bytes);
    sense::Level chosenLevel() const;

    Workspace& m_workspace;
    std::filesystem::path m_text;          ///< to measure on
    bool m_asking = false;                 ///< the user wants to measure again

    Segmented* m_levels = nullptr;
    QLabel* m_levelText = nullptr;
    QLabel* m_textName = nullptr;
    QPushButton* m_textButton = nullptr;
    QPushButton* m_measure = nullptr;
    QPushButton* m_back = nullptr;
    QLabel* m_problem = nullptr;
    FrontierPlot* m_plot = nullptr;
    QLabel* m_note = nullptr;
    QPushButton* m_truth = nullptr;        ///< measures the recipe itself
    QString m_stroke;                      ///< merge key of the drag under way
    quint64 m_strokes = 0;
};

}  // namespace halftone::app
