// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/compare_column.h"
#include "app/compare/comparison_export.h"
#include "app/window/page.h"

#include <map>
#include <memory>
#include <vector>

class QLabel;
class QStackedLayout;
class QTimer;

namespace halftone::app {

class Card;
class ColumnBoard;
class PromptBar;
class TokenDetailsModel;

/// One prompt, two to eight columns: the original and its quantized versions continue it in step, made in memory.
class ComparePage : public Page {
    Q_OBJECT
public:
    explicit ComparePage(Workspace& workspace, QWidget* parent = nullptr);
    ~ComparePage() override;

    const std::vector<CompareColumn*>& columns() const;
    bool isRunning() const { return m_running; }

public Q_SLOTS:
    void run();
    void stop();
    void measure();
    void showPrompt();
    void showAllWidths();

private:
    void connectParts();
    QWidget* buildColumns();
    QWidget* buildDetails();
    QWidget* buildNotice();
    void modelChanged();
    ComparisonRequest request() const;
    void runOrStop();
    void cancelJobs();
    void jobCancelled(quint64 job);
    void finish(const QString& state);
    void setRunning(bool running);
    void updateControls();
    void takeEvents();
    void tell(ColumnEvent event);
    void showTurns(const ColumnEvent& event);
    ComparisonReport report() const;
    void keepVariants(const std::vector<plan::Recipe>& recipes, const Variants& variants);
    void showToken(int token);
    void showFirstDifference();
    void setBlind(bool blind);
    void vote(CompareColumn* column);

    std::shared_ptr<ColumnStream> m_stream;
    std::map<std::string, std::shared_ptr<const infer::Variant>> m_variants;  ///< by recipe, of the open model
    bool m_running = false;
    std::map<QString, int> m_votes;  ///< of blind votes, by title
    QString m_shownPrompt;  ///< what the columns read
    quint64 m_runJob = 0;
    quint64 m_measureJob = 0;

    QStackedLayout* m_stack;
    QLabel* m_notice;
    PromptBar* m_bar;
    ColumnBoard* m_board;
    Card* m_details;
    TokenDetailsModel* m_detailsModel;
    QTimer* m_poll;
};

}  // namespace halftone::app
