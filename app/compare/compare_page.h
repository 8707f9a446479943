// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/compare_column.h"
#include "app/window/page.h"

#include <initializer_list>
#include <map>
#include <memory>
#include <vector>

class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QLayout;
class QLineEdit;
class QMenu;
class QPushButton;
class QSpinBox;
class QStackedLayout;
class QTimer;
class QToolButton;

namespace halftone::app {

class Card;
class ChatBar;
class TokenDetailsModel;

/// One prompt, two to eight columns: the original and its quantized versions continue it in step, made in memory.
class ComparePage : public Page {
    Q_OBJECT
public:
    explicit ComparePage(Workspace& workspace, QWidget* parent = nullptr);
    ~ComparePage() override;

    const std::vector<CompareColumn*>& columns() const { return m_columns; }
    bool isRunning() const { return m_running; }

public Q_SLOTS:
    void run();
    void stop();
    void measure();
    void showAllWidths();

private:
    void jobCancelled(quint64 job);
    QWidget* buildPromptRow();
    QLayout* buildOptions(QWidget* parent);
    QWidget* buildColumns();
    QWidget* buildDetails();
    QWidget* buildNotice();
    void modelChanged();
    void resetColumns();
    void addColumn(ColumnChoice choice);
    void addPresets(std::initializer_list<const char*> presets);
    void removeColumn(CompareColumn* column);
    void fillColumnMenu(QMenu& menu, CompareColumn* replaced);
    void addFromFile(CompareColumn* replaced);
    void place(ColumnChoice choice, CompareColumn* replaced);
    ColumnChoice choiceFor(const QString& title, plan::Recipe recipe, int bits) const;
    ColumnChoice presetChoice(const QString& preset) const;
    ComparisonRequest request() const;
    void takeEvents();
    void markFirstDifference(int column);
    void runOrStop();
    void finish(const QString& state);
    void showProblem(const QString& sentence);
    void showFirstDifference();
    void keepVariants(const std::vector<plan::Recipe>& recipes, const Variants& variants);
    void showToken(int token);
    void setRunning(bool running);

    std::vector<CompareColumn*> m_columns;
    std::shared_ptr<ColumnStream> m_stream;
    std::map<std::string, std::shared_ptr<const infer::Variant>> m_variants;   ///< by recipe, of the open model
    bool m_running = false;
    quint64 m_runJob = 0;
    quint64 m_measureJob = 0;

    QStackedLayout* m_stack;
    QLabel* m_notice;
    QLabel* m_problem;
    QLabel* m_note;
    QLineEdit* m_prompt;
    QToolButton* m_topics;
    ChatBar* m_chat;
    QSpinBox* m_seed;
    QDoubleSpinBox* m_temperature;
    QSpinBox* m_length;
    QPushButton* m_follow;
    QPushButton* m_measure;
    QPushButton* m_run;
    QToolButton* m_add;
    QHBoxLayout* m_columnsLayout;
    Card* m_details;
    TokenDetailsModel* m_detailsModel;
    QTimer* m_poll;
};

}  // namespace halftone::app
