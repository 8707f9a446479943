// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison_export.h"
#include "app/widgets/card.h"

class QDoubleSpinBox;
class QLabel;
class QLayout;
class QLineEdit;
class QMenu;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace halftone::model {
class Model;
}

namespace halftone::app {

class ChatBar;
class KvTypeButton;

/// What is asked and how it is answered: prompt, chat, sampling; and what went wrong, in words below.
class PromptBar : public Card {
    Q_OBJECT
public:
    explicit PromptBar(QWidget* parent = nullptr);

    /// Null: no model.
    void setModel(const model::Model* model);
    QString prompt() const;
    /// Prompt, chat, sampling, what the past is kept as and whether the original is followed.
    void fill(ComparisonRequest& request) const;

    void setRunning(bool running);
    void setMeasurable(bool measurable);
    void setRoomForColumns(bool room);
    void setExportable(bool exportable);
    bool isBlind() const;
    /// Filled by who listens to its aboutToShow().
    QMenu& columnMenu() const { return *m_columnMenu; }
    /// Takes the place of the note; empty: nothing is wrong.
    void showProblem(const QString& sentence);
    void showNote(const QString& sentence);

Q_SIGNALS:
    void runRequested();
    void runOrStopRequested();
    void measureRequested();
    void promptRequested();  ///< to be shown as it is read
    void blindToggled(bool blind);
    void exportRequested(halftone::app::ComparisonFormat format);

private:
    QLayout* buildPrompt();
    QLayout* buildOptions();
    QMenu* buildExportMenu();
    QLabel* addSentence(QLabel* label);

    QLineEdit* m_prompt;
    ChatBar* m_chat;
    QSpinBox* m_seed;
    QDoubleSpinBox* m_temperature;
    QSpinBox* m_length;
    KvTypeButton* m_kvType;
    QPushButton* m_follow;
    QPushButton* m_blind;
    QPushButton* m_measure;
    QPushButton* m_run;
    QToolButton* m_add;
    QToolButton* m_export;
    QMenu* m_columnMenu;
    QLabel* m_problem;
    QLabel* m_note;
};

}  // namespace halftone::app
