// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/evaluation_store.h"

#include <QMenu>

#include <vector>

namespace halftone::app {

class Workspace;

/// Earlier evaluations, the newest first: to reopen one, or to lay it beside the one that is shown. The store is read in
/// jobs.
class HistoryMenu : public QMenu {
    Q_OBJECT
public:
    explicit HistoryMenu(Workspace& workspace, QWidget* parent = nullptr);

    void load();  ///< looks into the store again
    const std::vector<store::RunSummary>& runs() const { return m_runs; }
    void setComparable(bool comparable);  ///< something is shown that another can be laid beside

Q_SIGNALS:
    void loaded();
    void reopened(const halftone::evaluate::Evaluation& evaluation);
    void compared(const halftone::evaluate::Evaluation& evaluation);
    void problem(const QString& sentence);

private:
    enum class Use { Reopen, Compare };
    void fill();
    void read(store::RunId run, Use use);

    Workspace& m_workspace;
    std::vector<store::RunSummary> m_runs;
    bool m_comparable = false;
};

}  // namespace halftone::app
