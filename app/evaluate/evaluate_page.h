// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/evaluate/evaluation_job.h"
#include "app/window/page.h"

#include <filesystem>
#include <memory>

class QLabel;
class QPushButton;
class QSpinBox;
class QTimer;
class QToolButton;

namespace halftone::app {

class Card;
class EvaluationModel;
class EvaluationPlots;
class EvaluationTable;
class HistoryMenu;
class KvTypeButton;
class VariantMenu;

/// Measures variants of the open model on a text: a table, four plots, and a history to reopen. Figures come in while they
/// are measured; a run that was stopped goes on.
class EvaluatePage : public Page {
    Q_OBJECT
public:
    explicit EvaluatePage(Workspace& workspace, QWidget* parent = nullptr);
    ~EvaluatePage() override;

    bool isRunning() const { return m_running; }
    /// Windows of text to measure on; 0: all.
    void setWindows(int windows);

public Q_SLOTS:
    void run();
    void stop();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildContent();
    QWidget* buildResults();
    QWidget* buildNotice();
    QWidget* buildControls();
    QWidget* buildProblem(QWidget* parent);
    QToolButton* buildTextButton(QWidget* parent);
    QToolButton* buildExportButton(QWidget* parent);

    void modelChanged();
    void chooseText(const std::filesystem::path& text);
    EvaluationJob job() const;
    void takeStates();
    void finish(const EvaluationOutcome& outcome);
    void jobEnded();
    /// `own`: of this page's last run, which can be continued.
    void showEvaluation(const evaluate::Evaluation& evaluation, bool own);
    void showRows(const evaluate::Evaluation& evaluation);
    void showHeader(const evaluate::Evaluation& shown);
    void showProblem(const QString& sentence);
    void refresh();

    void compareWith(const evaluate::Evaluation& other);

    std::filesystem::path m_text;  ///< empty: the model's own
    std::shared_ptr<EvaluationStream> m_stream;
    bool m_running = false;
    bool m_complete = false, m_own = false;  ///< what is shown; see showEvaluation()
    quint64 m_job = 0;

    QLabel* m_notice = nullptr;
    QPushButton* m_begin = nullptr;
    QToolButton* m_variants = nullptr;
    VariantMenu* m_variantMenu = nullptr;
    QToolButton* m_textButton = nullptr;
    KvTypeButton* m_kvType = nullptr;
    QSpinBox* m_context = nullptr;
    QSpinBox* m_windows = nullptr;
    HistoryMenu* m_history;
    QToolButton* m_historyButton = nullptr;
    QToolButton* m_earlier = nullptr;  ///< the history, where nothing is shown yet
    QPushButton* m_run = nullptr;
    QLabel* m_problem = nullptr;
    Card* m_card = nullptr;
    QWidget* m_results = nullptr;
    EvaluationModel* m_model = nullptr;
    EvaluationTable* m_table = nullptr;
    EvaluationPlots* m_plots = nullptr;
    QTimer* m_poll;
};

}  // namespace halftone::app
